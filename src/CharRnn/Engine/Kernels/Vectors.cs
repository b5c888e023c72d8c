using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Products of single rows with numbers and with each other. All rows are multiples of <see cref="Padding.Unit"/> long.
/// </summary>
internal static class Vectors
{
    /// <summary>Σ a·b: sixteen partial sums whatever the width of the vectors, added up in one tree.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        Lanes.AreWide ? Dot<Lanes16>(a, b) : Dot<Lanes8>(a, b);

    /// <summary>destination += scale · source.</summary>
    public static void AddScaled(float scale, ReadOnlySpan<float> source, Span<float> destination)
    {
        if (Lanes.AreWide)
            AddScaled<Lanes16>(scale, source, destination);
        else
            AddScaled<Lanes8>(scale, source, destination);
    }

    /// <summary>destination = scale · source.</summary>
    public static void Scale(float scale, ReadOnlySpan<float> source, Span<float> destination)
    {
        if (Lanes.AreWide)
            Scale<Lanes16>(scale, source, destination);
        else
            Scale<Lanes8>(scale, source, destination);
    }

    private static float Dot<TLanes>(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(a.Length == b.Length && a.Length % Padding.Unit == 0);
        // Eight lanes take two vectors of partial sums.
        TLanes sums = 0f,
            moreSums = 0f;
        for (int i = 0; i <= a.Length - Padding.Unit; i += Padding.Unit)
        {
            sums = TLanes.MultiplyAdd(Lanes.Load<TLanes>(a, i), Lanes.Load<TLanes>(b, i), sums);
            if (TLanes.Count == Padding.Unit)
                continue;
            moreSums = TLanes.MultiplyAdd(
                Lanes.Load<TLanes>(a, i + TLanes.Count),
                Lanes.Load<TLanes>(b, i + TLanes.Count),
                moreSums
            );
        }
        return (TLanes.Count < Padding.Unit ? sums + moreSums : sums).Sum();
    }

    private static void AddScaled<TLanes>(TLanes scale, ReadOnlySpan<float> source, Span<float> destination)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(source.Length == destination.Length);
        for (int i = 0; i <= source.Length - TLanes.Count; i += TLanes.Count)
            TLanes
                .MultiplyAdd(scale, Lanes.Load<TLanes>(source, i), Lanes.Load<TLanes>(destination, i))
                .Store(destination, i);
    }

    private static void Scale<TLanes>(TLanes scale, ReadOnlySpan<float> source, Span<float> destination)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(source.Length == destination.Length);
        for (int i = 0; i <= source.Length - TLanes.Count; i += TLanes.Count)
            (scale * Lanes.Load<TLanes>(source, i)).Store(destination, i);
    }
}
