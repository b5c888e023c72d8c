using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Sums, copies and counts over rows of matrices. Every column keeps its own sum, and rows are added in order.
/// </summary>
internal static unsafe class RowOperations
{
    /// <summary>destination += source.</summary>
    public static void Add(Matrix source, Matrix destination)
    {
        Debug.Assert(source.Rows == destination.Rows && source.Columns == destination.Columns);
        for (int row = 0; row < source.Rows; row++)
            Sum(RowOf(destination, row), RowOf(source, row), source.Columns, RowOf(destination, row));
    }

    /// <summary>destination = a + b, row by row.</summary>
    public static void Sum(Matrix a, Matrix b, Matrix destination)
    {
        Debug.Assert(
            a.Rows == b.Rows && a.Columns == b.Columns && a.Rows == destination.Rows && a.Columns == destination.Columns
        );
        for (int row = 0; row < a.Rows; row++)
            Sum(RowOf(a, row), RowOf(b, row), a.Columns, RowOf(destination, row));
    }

    /// <summary>sums += the sum of the rows of <paramref name="source"/>.</summary>
    /// <param name="source">(M, N).</param>
    /// <param name="sums">(1, N), accumulated.</param>
    public static void AddColumnSums(Matrix source, Matrix sums)
    {
        Debug.Assert(sums.Rows == 1 && source.Columns == sums.Columns);
        for (int row = 0; row < source.Rows; row++)
            Sum(sums.Data, RowOf(source, row), source.Columns, sums.Data);
    }

    /// <summary>destination[i] = table[rows[i]]: a gather.</summary>
    /// <param name="table">(n, N).</param>
    /// <param name="rows">(M): the source row of each row.</param>
    /// <param name="destination">(M, N).</param>
    public static void Gather(Matrix table, ReadOnlySpan<int> rows, Matrix destination)
    {
        Debug.Assert(rows.Length == destination.Rows && table.Columns == destination.Columns);
        for (int row = 0; row < rows.Length; row++)
            table.Row(rows[row]).CopyTo(destination.Row(row));
    }

    /// <summary>destination[i] += table[rows[i]].</summary>
    /// <param name="table">(n, N).</param>
    /// <param name="rows">(M): the row added to each row.</param>
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
    /// <param name="rows">(M): the destination of each row.</param>
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
        if (Lanes.AreWide)
            Sum<Lanes16>(a, b, count, destination);
        else
            Sum<Lanes8>(a, b, count, destination);
    }

    private static void Sum<TLanes>(float* a, float* b, int count, float* destination)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i <= count - TLanes.Count; i += TLanes.Count)
            (TLanes.Load(a + i) + TLanes.Load(b + i)).Store(destination + i);
    }

    /// <summary>The number of v with scale · v &lt; low or scale · v &gt; high.</summary>
    /// <param name="values">A multiple of sixteen floats, fewer than 2²⁴ (each lane counts in floats).</param>
    /// <param name="scale">Factor applied to each first.</param>
    /// <param name="low">The interval's lower end.</param>
    /// <param name="high">The interval's upper end.</param>
    public static long CountOutside(ReadOnlySpan<float> values, float scale, float low, float high)
    {
        Debug.Assert(values.Length % Padding.Unit == 0 && values.Length < 1 << 24);
        return Lanes.AreWide
            ? CountOutside<Lanes16>(values, scale, low, high)
            : CountOutside<Lanes8>(values, scale, low, high);
    }

    /// <summary>The same over all rows of a matrix, unscaled.</summary>
    public static long CountOutside(Matrix values, float low, float high)
    {
        long count = 0;
        for (int row = 0; row < values.Rows; row++)
            count += CountOutside(values.Row(row), scale: 1, low, high);
        return count;
    }

    private static long CountOutside<TLanes>(ReadOnlySpan<float> values, TLanes scale, TLanes low, TLanes high)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes count = 0f,
            one = 1f,
            zero = 0f;
        for (int i = 0; i <= values.Length - TLanes.Count; i += TLanes.Count)
        {
            var value = Lanes.Load<TLanes>(values, i) * scale;
            count += TLanes.WhereLess(value, low, one, TLanes.WhereLess(high, value, one, zero));
        }
        return (long)count.Sum();
    }
}
