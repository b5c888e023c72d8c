using System.IO.MemoryMappedFiles;

namespace CharRnn.Engine;

/// <summary>
/// A file mapped into memory for reading: the system loads pages on access and may drop them again, so they count as
/// its cache and not as memory of the process. They add no pressure to the garbage collector, since collecting would
/// free none.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _data;

    /// <summary>
    /// Maps a whole file, which must not become shorter. This object then owns the file: it closes it when disposed,
    /// and at once if it cannot be mapped.
    /// </summary>
    /// <param name="file">An open file of at least one byte.</param>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    public MappedFile(FileStream file)
    {
        _file = file;
        try
        {
            Length = file.Length;
            // Without a capacity the map is as long as the file.
            _map = MemoryMappedFile.CreateFromFile(
                file,
                mapName: null,
                capacity: 0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: true
            );
            _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* data = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
            _data = data + _view.PointerOffset;
        }
        catch
        {
            _view?.Dispose();
            _map?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <summary>
    /// Bytes of the file. They are valid while this object is: readers keep it alive (<see cref="GC.KeepAlive"/>) until
    /// they are done.
    /// </summary>
    /// <param name="start">Index of the first byte.</param>
    /// <param name="length">Number of bytes.</param>
    public ReadOnlySpan<byte> Slice(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_data is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new ReadOnlySpan<byte>(_data + start, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unmap();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Unmaps a file that was never disposed: the view's own finaliser waits until its pointer is released.
    /// </summary>
    ~MappedFile() => Unmap();

    private void Unmap()
    {
        if (_data is null)
            return;
        _data = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
