using System.Diagnostics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Sums and copies over rows of matrices. Every column keeps its own sum, and rows are added in order.</summary>
internal static class Rows
{
    /// <summary>destination += source.</summary>
    public static void Add(Matrix source, Matrix destination)
    {
        Debug.Assert(source.Rows == destination.Rows && source.Columns == destination.Columns);
        for (int row = 0; row < source.Rows; row++)
        {
            for (int column = 0; column < source.Columns; column += Lanes8.Count)
                destination.Store(row, column, destination.Load<Lanes8>(row, column) + source.Load<Lanes8>(row, column));
        }
    }

    /// <summary>destination = a + b, row by row.</summary>
    public static void Sum(Matrix a, Matrix b, Matrix destination)
    {
        Debug.Assert(a.Rows == b.Rows && a.Columns == b.Columns && a.Rows == destination.Rows && a.Columns == destination.Columns);
        for (int row = 0; row < a.Rows; row++)
        {
            for (int column = 0; column < a.Columns; column += Lanes8.Count)
                destination.Store(row, column, a.Load<Lanes8>(row, column) + b.Load<Lanes8>(row, column));
        }
    }

    /// <summary>sums += the sum of the rows of <paramref name="source"/>.</summary>
    /// <param name="source">(M, N).</param>
    /// <param name="sums">(1, N), accumulated.</param>
    public static void AddColumnSums(Matrix source, Matrix sums)
    {
        Debug.Assert(sums.Rows == 1 && source.Columns == sums.Columns);
        for (int column = 0; column < source.Columns; column += Lanes8.Count)
        {
            var sum = sums.Load<Lanes8>(0, column);
            for (int row = 0; row < source.Rows; row++) sum += source.Load<Lanes8>(row, column);
            sums.Store(0, column, sum);
        }
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

    /// <summary>table[rows[i]] += source[i], i in order: a scatter.</summary>
    /// <param name="source">(M, N).</param>
    /// <param name="rows">(M): which row each row goes to.</param>
    /// <param name="table">(n, N), accumulated.</param>
    public static void AddScattered(Matrix source, ReadOnlySpan<int> rows, Matrix table)
    {
        Debug.Assert(rows.Length == source.Rows && table.Columns == source.Columns);
        for (int row = 0; row < rows.Length; row++)
        {
            int into = rows[row];
            for (int column = 0; column < source.Columns; column += Lanes8.Count)
                table.Store(into, column, table.Load<Lanes8>(into, column) + source.Load<Lanes8>(row, column));
        }
    }
}
