namespace CharRnn.Engine;

/// <summary>
/// A pool of matrices that are allocated one after another and released all at once. After <see cref="Restart"/> the
/// same memory is allocated again: windows of different shapes, of which one is in use at a time, take no more memory
/// than the largest. Matrices are not cleared.
/// </summary>
internal sealed class MatrixPool : IDisposable
{
    private readonly List<AlignedBuffer> _buffers = [];
    private int _allocated;

    /// <summary>
    /// Number of buffers that were replaced by larger ones, which invalidates all matrices allocated before.
    /// </summary>
    public int Replacements { get; private set; }

    /// <summary>Releases all matrices: the next one reuses the memory of the first.</summary>
    public void Restart() => _allocated = 0;

    /// <summary>The next matrix of (rows, columns).</summary>
    public Matrix Allocate(int rows, int columns)
    {
        long length = (long)rows * columns;
        if (_allocated == _buffers.Count)
            _buffers.Add(new AlignedBuffer(length));
        else if (_buffers[_allocated].Length < length)
        {
            _buffers[_allocated].Dispose();
            _buffers[_allocated] = new AlignedBuffer(length);
            Replacements++;
        }
        return new Matrix(_buffers[_allocated++], rows, columns);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }
}
