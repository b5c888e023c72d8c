using CharRnn.Datasets;

namespace CharRnn.Tests;

/// <summary>Corpora of records: each symbol but the boundary says which record it is of.</summary>
internal static class Records
{
    public const int Boundary = 0;

    /// <summary>Records of those lengths; record i is made of i + 1.</summary>
    public static SymbolIds Of(params int[] lengths) =>
        SymbolIds.Pack(
            [Boundary, .. lengths.SelectMany((length, i) => Enumerable.Repeat(i + 1, length).Append(Boundary))],
            lengths.Length + 1
        );

    /// <summary>Lengths that differ, from 1 on.</summary>
    public static int[] Lengths(int count, int most) => [.. Enumerable.Range(0, count).Select(i => 1 + i * 31 % most)];
}
