using System.Runtime.InteropServices;

namespace CharRnn.Engine;

/// <summary>
/// A buffer of zeroed floats outside the managed heap, aligned to a cache line, so that no vector load crosses one and
/// no garbage collection moves it.
/// </summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Bytes in a cache line, and the alignment of every buffer, row and panel.</summary>
    public const int Alignment = 64;

    private float* _data;

    /// <summary>Allocates <paramref name="length"/> floats, all zero.</summary>
    /// <param name="length">Number of floats; 0 is allowed.</param>
    /// <exception cref="OutOfMemoryException">The machine has less memory.</exception>
    public AlignedBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)Math.Max(length, 1) * sizeof(float));
        // Some systems grant more memory than they have, and kill the process when it is touched.
        long machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (machine > 0 && bytes > (nuint)machine)
            throw new InsufficientMemoryException($"{bytes} bytes are needed; the machine has {machine}.");
        _data = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(_data, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>The first float; null once disposed.</summary>
    internal float* Data => _data;

    /// <summary>The floats from <paramref name="start"/> on.</summary>
    /// <param name="start">Index of the first float.</param>
    /// <param name="length">Number of floats.</param>
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

    /// <summary>Frees a buffer that was never disposed.</summary>
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

/// <summary>
/// Row widths padded to a cache line of floats, so that vector loops have no tail. The padding holds zeros that stay
/// zero: every cell maps a zero row of weights to a zero activation and a zero gradient.
/// </summary>
internal static class Padding
{
    /// <summary>
    /// Floats in a cache line: one <c>Vector512</c>, two <c>Vector256</c>, and the width of a weight panel.
    /// </summary>
    public const int Unit = AlignedBuffer.Alignment / sizeof(float);

    /// <summary><paramref name="width"/> rounded up to a multiple of <see cref="Unit"/>.</summary>
    public static int RoundUp(int width) => checked(width + Unit - 1) / Unit * Unit;
}
