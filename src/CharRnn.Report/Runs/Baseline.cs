using System.Text.Json;

namespace CharRnn.Report.Runs;

/// <summary>Score of a simpler model on the same text.</summary>
/// <param name="Name">unigram, bigram, gzip.</param>
/// <param name="NatsPerChar">Nats per character.</param>
public sealed record Baseline(string Name, double NatsPerChar)
{
    private const string Key = "baselines";
    private const string Unit = "_bpc";

    /// <summary>Bits per character.</summary>
    public double BitsPerChar => NatsPerChar / Math.Log(2);

    /// <summary>
    /// Those that a configuration names: <c>"baselines": {"unigram_bpc": 4.4, …}</c>, in bits per character; null or
    /// missing ones are left out.
    /// </summary>
    internal static IReadOnlyList<Baseline> In(JsonElement configuration)
    {
        if (!configuration.TryGetProperty(Key, out var baselines) || baselines.ValueKind != JsonValueKind.Object)
            return [];
        return
        [
            .. from entry in baselines.EnumerateObject()
            where entry.Name.EndsWith(Unit, StringComparison.Ordinal) && entry.Value.ValueKind == JsonValueKind.Number
            select new Baseline(entry.Name[..^Unit.Length].Replace('_', ' '), entry.Value.GetDouble() * Math.Log(2)),
        ];
    }
}
