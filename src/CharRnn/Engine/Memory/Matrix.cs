using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// A view of (Rows, Columns) floats, row-major with a stride, in an <see cref="AlignedBuffer"/> that outlives it.
/// Columns are padded to <see cref="Padding.Unit"/>, so that loops over a row have no tail.
/// </summary>
internal readonly unsafe struct Matrix
{
    internal readonly float* Data;

    internal Matrix(float* data, int rows, int columns, int stride)
    {
        Debug.Assert(rows >= 0 && columns >= 0 && stride >= columns);
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>A view of a whole buffer as (rows, columns).</summary>
    public Matrix(AlignedBuffer buffer, int rows, int columns)
        : this(buffer.Data, rows, columns, columns) => Debug.Assert((long)rows * columns <= buffer.Length);

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Floats from one row's start to the next one's.</summary>
    public int Stride { get; }

    /// <summary>Whether this is the default view, without a buffer.</summary>
    public bool IsEmpty => Data is null;

    /// <summary>One element.</summary>
    public ref float this[int row, int column]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)row < (uint)Rows && (uint)column < (uint)Columns);
            return ref Data[(long)row * Stride + column];
        }
    }

    /// <summary>One row, (Columns).</summary>
    public Span<float> Row(int row)
    {
        Debug.Assert((uint)row < (uint)Rows);
        return new Span<float>(Data + (long)row * Stride, Columns);
    }

    /// <summary><paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    public Matrix RowRange(int start, int count)
    {
        Debug.Assert(start >= 0 && count >= 0 && start + count <= Rows);
        return new Matrix(Data + (long)start * Stride, count, Columns, Stride);
    }

    /// <summary><paramref name="count"/> columns from <paramref name="start"/> on.</summary>
    public Matrix ColumnRange(int start, int count)
    {
        Debug.Assert(start >= 0 && count >= 0 && start + count <= Columns);
        return new Matrix(Data + start, Rows, count, Stride);
    }

    /// <summary>Copies rows of the same shape into <paramref name="destination"/>.</summary>
    public void CopyTo(Matrix destination)
    {
        Debug.Assert(destination.Rows == Rows && destination.Columns == Columns);
        for (int row = 0; row < Rows; row++)
            Row(row).CopyTo(destination.Row(row));
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear()
    {
        for (int row = 0; row < Rows; row++)
            Row(row).Clear();
    }
}
