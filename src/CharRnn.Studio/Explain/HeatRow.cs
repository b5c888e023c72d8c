namespace CharRnn.Studio.Explain;

/// <summary>Row of a heat map.</summary>
/// <param name="Name">Its name or equation.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="Places">Their places in their tensor, where they can be changed.</param>
public sealed record HeatRow(string Name, IReadOnlyList<double> Values, IReadOnlyList<int> Places)
{
    internal static HeatRow Of(string name, double[] values, IEnumerable<int> which) =>
        new(name, [.. which.Select(place => values[place])], []);
}
