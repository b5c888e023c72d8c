using System.Diagnostics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Sums and copies over rows of matrices. Every column keeps its own sum, and rows are added in order.</summary>
internal static unsafe class Rows
{
    /// <summary>destination += source.</summary>
    public static void Add(Matrix source, Matrix destination)
    {
        Debug.Assert(source.Rows == destination.Rows && source.Columns == destination.Columns);
        for (int row = 0; row < source.Rows; row++) Sum(RowOf(destination, row), RowOf(source, row), source.Columns, RowOf(destination, row));
    }

    /// <summary>destination = a + b, row by row.</summary>
    public static void Sum(Matrix a, Matrix b, Matrix destination)
    {
        Debug.Assert(a.Rows == b.Rows && a.Columns == b.Columns && a.Rows == destination.Rows && a.Columns == destination.Columns);
        for (int row = 0; row < a.Rows; row++) Sum(RowOf(a, row), RowOf(b, row), a.Columns, RowOf(destination, row));
    }

    /// <summary>sums += the sum of the rows of <paramref name="source"/>.</summary>
    /// <param name="source">(M, N).</param>
    /// <param name="sums">(1, N), accumulated.</param>
    public static void AddColumnSums(Matrix source, Matrix sums)
    {
        Debug.Assert(sums.Rows == 1 && source.Columns == sums.Columns);
        for (int row = 0; row < source.Rows; row++) Sum(sums.Data, RowOf(source, row), source.Columns, sums.Data);
    }

    /// <summary>destination[i] = table[rows[i]]: a gather.</summary>
    /// <param name="table">(n, N).</param>
    /// <param name="rows">(M): which row each row comes from.</param>
    /// <param name="destination">(M, N).</param>
    public static void Gather(Matrix table, ReadOnlySpan<int> rows, Matrix destination)
    {
        Debug.Assert(rows.Length == destination.Rows && table.Columns == destination.Columns);
        for (int row = 0; row < rows.Length; row++) table.Row(rows[row]).CopyTo(destination.Row(row));
    }

    /// <summary>destination[i] += table[rows[i]].</summary>
    /// <param name="table">(n, N).</param>
    /// <param name="rows">(M): which row is added to each row.</param>
    /// <param name="destination">(M, N), accumulated.</param>
    public static void AddGathered(Matrix table, ReadOnlySpan<int> rows, Matrix destination)
    {
        Debug.Assert(rows.Length == destination.Rows && table.Columns == destination.Columns);
        for (int row = 0; row < rows.Length; row++)
        {
            float* into = RowOf(destination, row);
            Sum(into, RowOf(table, rows[row]), table.Columns, into);
        }
    }

    /// <summary>table[rows[i]] += source[i], i in order: a scatter.</summary>
    /// <param name="source">(M, N).</param>
    /// <param name="rows">(M): which row each row goes to.</param>
    /// <param name="table">(n, N), accumulated.</param>
    public static void AddScattered(Matrix source, ReadOnlySpan<int> rows, Matrix table)
    {
        Debug.Assert(rows.Length == source.Rows && table.Columns == source.Columns);
        for (int row = 0; row < rows.Length; row++)
        {
            float* into = RowOf(table, rows[row]);
            Sum(into, RowOf(source, row), source.Columns, into);
        }
    }

    private static float* RowOf(Matrix matrix, int row)
    {
        Debug.Assert((uint)row < (uint)matrix.Rows);
        return matrix.Data + (long)row * matrix.Stride;
    }

    private static void Sum(float* a, float* b, int count, float* destination)
    {
        if (Lanes.AreWide) Sum<Lanes16>(a, b, count, destination);
        else Sum<Lanes8>(a, b, count, destination);
    }

    private static void Sum<TLanes>(float* a, float* b, int count, float* destination) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i <= count - TLanes.Count; i += TLanes.Count) (TLanes.Load(a + i) + TLanes.Load(b + i)).Store(destination + i);
    }
}
