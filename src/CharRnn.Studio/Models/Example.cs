namespace CharRnn.Studio.Models;

/// <summary>Unit of the example that was found beforehand.</summary>
/// <param name="Name">The unit, as addresses have it.</param>
/// <param name="About">What it tells.</param>
internal sealed record ExampleUnit(string Name, string About);

/// <summary>
/// The model that comes with the studio: what is known of it. <c>Example/README.md</c> has the command that made it,
/// and the one that found the units.
/// </summary>
internal static class Example
{
    /// <summary>Its hidden units.</summary>
    public const int HiddenSize = 144;

    /// <summary>The units, the clearest first.</summary>
    public static IReadOnlyList<ExampleUnit> Units { get; } =
    [new("0:141", "inside quotation marks"), new("0:127", "where a line begins"), new("0:74", "upper case")];
}
