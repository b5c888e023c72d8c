using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

/// <summary>Billions of ids in a file that takes almost no space: all zero but for those that are set.</summary>
internal sealed class SparseIds : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileStream _writer;

    public SparseIds(long length, int vocabularyCount)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("on Windows files are not sparse unless they are made so");
        _writer = new FileStream(
            _folder.In("ids"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        _writer.SetLength(length * PackedIds.BytesPerId(vocabularyCount));
        var reader = new FileStream(
            _folder.In("ids"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        Ids = new SymbolIds(new MappedFile(reader), fileStart: 0, length, vocabularyCount);
    }

    public SymbolIds Ids { get; }

    /// <summary>Sets ids from a place on; who has mapped the file sees it.</summary>
    public void Set(long start, params int[] ids)
    {
        byte[] packed = new byte[ids.Length * Ids.BytesPerId];
        PackedIds.Pack(ids, Ids.BytesPerId, packed);
        RandomAccess.Write(_writer.SafeFileHandle, packed, start * Ids.BytesPerId);
    }

    public void Dispose()
    {
        Ids?.Dispose();
        _writer.Dispose();
        _folder.Dispose();
    }
}
