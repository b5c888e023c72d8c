using System.Runtime.InteropServices;

namespace CharRnn.Engine;

/// <summary>
/// Zeroed floats outside the managed heap, aligned to a cache line, so that no vector load crosses one and no
/// collection moves them.
/// </summary>
public sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Bytes in a cache line, and the alignment of every buffer, row and panel.</summary>
    public const int Alignment = 64;

    private float* _data;

    /// <summary>Allocates <paramref name="length"/> floats, all zero.</summary>
    /// <param name="length">How many floats; 0 is allowed.</param>
    /// <exception cref="OutOfMemoryException">The machine has no such room.</exception>
    public AlignedBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)Math.Max(length, 1) * sizeof(float));
        // Some systems promise more than they have, and kill the process when it is touched.
        long machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (machine > 0 && bytes > (nuint)machine)
            throw new InsufficientMemoryException($"{bytes} bytes are needed; the machine has {machine}.");
        _data = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_data, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>How many floats the buffer holds.</summary>
    public long Length { get; }

    /// <summary>The first float; null once disposed.</summary>
    internal float* Data => _data;

    /// <summary>The floats from <paramref name="start"/> on.</summary>
    /// <param name="start">Index of the first float.</param>
    /// <param name="length">How many.</param>
    public Span<float> Slice(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        return new Span<float>(_data + start, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what was never disposed.</summary>
    ~AlignedBuffer() => Free();

    private void Free()
    {
        if (_data is null)
            return;
        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.RemoveMemoryPressure(Math.Max(Length, 1) * sizeof(float));
    }
}
