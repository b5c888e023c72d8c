namespace CharRnn.Engine;

/// <summary>
/// Room for matrices that are given out one after another and all taken back together. Who asks again after
/// <see cref="Restart"/> gets the same memory: windows of different shapes, of which one is in use at a time, so take
/// no more of it than the largest. What is in it is whatever was left there.
/// </summary>
internal sealed class MatrixPool : IDisposable
{
    private readonly List<AlignedBuffer> _buffers = [];
    private int _given;

    /// <summary>
    /// How many times memory was replaced by more, which leaves all matrices given out before without theirs.
    /// </summary>
    public int Replacements { get; private set; }

    /// <summary>Begins anew: the next matrix takes the place of the first.</summary>
    public void Restart() => _given = 0;

    /// <summary>The next matrix of (rows, columns).</summary>
    public Matrix Allocate(int rows, int columns)
    {
        long length = (long)rows * columns;
        if (_given == _buffers.Count)
            _buffers.Add(new AlignedBuffer(length));
        else if (_buffers[_given].Length < length)
        {
            _buffers[_given].Dispose();
            _buffers[_given] = new AlignedBuffer(length);
            Replacements++;
        }
        return new Matrix(_buffers[_given++], rows, columns);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }
}
