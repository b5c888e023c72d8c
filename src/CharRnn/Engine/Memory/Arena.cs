using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>What a slice of an arena holds, and in which order.</summary>
internal enum SliceForm
{
    /// <summary>One row: a vector, as a bias.</summary>
    Row,

    /// <summary>Rows, read one at a time.</summary>
    Rows,

    /// <summary>Panels, multiplied with.</summary>
    Panels,
}

/// <summary>A named matrix in an arena: its offset and its (Rows, Columns).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">What it holds.</param>
/// <param name="Start">Index of its first float.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns, a multiple of <see cref="Padding.Unit"/>.</param>
internal sealed record ArenaSlice(string Name, SliceForm Form, long Start, int Rows, int Columns)
{
    /// <summary>Number of floats.</summary>
    public long Length => (long)Rows * Columns;
}

/// <summary>
/// The layout of an arena: slices one after another, each on a cache line. Weights, gradients and moments share one
/// layout.
/// </summary>
internal sealed class ArenaLayout
{
    private readonly List<ArenaSlice> _slices = [];

    /// <summary>The slices in the order they were added.</summary>
    public IReadOnlyList<ArenaSlice> Slices => _slices;

    /// <summary>Number of floats in all, padding included.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a slice of (rows, columns), the columns rounded up to <see cref="Padding.Unit"/>.</summary>
    public ArenaSlice Add(string name, SliceForm form, int rows, int columns)
    {
        var slice = new ArenaSlice(name, form, Length, rows, Padding.RoundUp(columns));
        _slices.Add(slice);
        Length = checked(Length + slice.Length);
        return slice;
    }
}

/// <summary>Floats by their offset in an <see cref="ArenaLayout"/>.</summary>
internal interface IArenaFloats
{
    /// <summary>One float.</summary>
    ref float this[long index] { get; }
}

/// <summary>A buffer laid out by an <see cref="ArenaLayout"/>.</summary>
internal sealed unsafe class Arena(ArenaLayout layout) : IArenaFloats, IDisposable
{
    private readonly AlignedBuffer _buffer = new(layout.Length);

    /// <summary>The arena's layout.</summary>
    public ArenaLayout Layout => layout;

    /// <summary>Number of floats, padding included.</summary>
    public long Length => layout.Length;

    /// <summary>A slice as rows.</summary>
    public Matrix Matrix(ArenaSlice slice) => new(_buffer.Data + slice.Start, slice.Rows, slice.Columns, slice.Columns);

    /// <summary>A slice of rows = inputs and columns = outputs, as panels.</summary>
    public Panels Panels(ArenaSlice slice) => new(_buffer.Data + slice.Start, slice.Rows, slice.Columns);

    /// <inheritdoc/>
    public ref float this[long index]
    {
        get
        {
            Debug.Assert(index >= 0 && index < Length);
            return ref _buffer.Data[index];
        }
    }

    /// <summary>Floats from anywhere in the arena, across slices, as optimizers need them.</summary>
    public Span<float> Span(long start, int length) => _buffer.Slice(start, length);

    /// <summary>Copies another arena of the same layout.</summary>
    public void CopyFrom(Arena source)
    {
        for (long start = 0; start < Length; start += int.MaxValue)
        {
            int length = (int)Math.Min(int.MaxValue, Length - start);
            source.Span(start, length).CopyTo(Span(start, length));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
