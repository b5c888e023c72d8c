using System.Runtime.CompilerServices;
using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

public sealed class MappedFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Slice_IsTheFilesBytes_AndStaysInIt()
    {
        using var mapped = Map([.. Enumerable.Range(0, 250).Select(i => (byte)i)]);
        Assert.Equal(250, mapped.Length);
        Assert.Equal([100, 101, 102], mapped.Slice(100, 3).ToArray());
        Assert.True(mapped.Slice(250, 0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(249, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(-1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(long.MaxValue, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => mapped.Slice(0, -1).Length);
    }

    [Fact]
    public void AnEmptyFile_CannotBeMapped_AndIsClosed()
    {
        string path = _folder.Write("empty", Array.Empty<byte>());
        var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        Assert.ThrowsAny<ArgumentException>(() => new MappedFile(file));
        Assert.True(file.SafeFileHandle.IsClosed);
    }

    [Fact]
    public void WhatIsForgotten_IsUnmappedByTheCollector()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("what a process has mapped is read from Linux's /proc");
        Forget();
        for (int time = 0; time < 10 && IsMapped(); time++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(IsMapped());

        bool IsMapped() => File.ReadAllText("/proc/self/maps").Contains(_folder.Path, StringComparison.Ordinal);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget()
    {
        var mapped = Map([1, 2, 3]);
        Assert.Equal(2, mapped.Slice(1, 1)[0]);
        Assert.Contains(_folder.Path, File.ReadAllText("/proc/self/maps"));
        GC.KeepAlive(mapped);
    }

    private MappedFile Map(byte[] bytes) =>
        new(new FileStream(_folder.Write("bytes", bytes), FileMode.Open, FileAccess.Read));
}
