using System.Text.Json;

namespace CharRnn.Training;

/// <summary>What tells, while a run goes, whether gradients still pass. Looking changes nothing.</summary>
/// <param name="ClippedShare">
/// The share of the gradients' elements that the limit on elements cut; where only the norm has a limit, 1 when it was
/// cut and 0 when not. Null without a limit.
/// </param>
/// <param name="SaturatedShare">
/// The share of sigmoid gates below 0.05 or above 0.95 over a window, or of hidden values beyond ±0.95 where the cell
/// has no such gate; null where nobody looked.
/// </param>
public readonly record struct GradientHealth(double? ClippedShare, double? SaturatedShare)
{
    /// <summary>
    /// Writes <c>clipped_share</c> and <c>saturated_share</c>, as properties of a JSON object that is already begun.
    /// </summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        Write(json, "clipped_share", ClippedShare);
        Write(json, "saturated_share", SaturatedShare);
    }

    private static void Write(Utf8JsonWriter json, string name, double? share)
    {
        if (share is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}
