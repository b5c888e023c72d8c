using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class FileStampTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OnLinux_ARewriteShows_EvenOfOneByteUnderTheOldTime()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("elsewhere samples take the place of the time of change");
        string path = _folder.Write("text", new byte[5_000_000]);
        var before = FileStamp.Of(path)!;
        Assert.Equal(before, FileStamp.Of(path));
        Assert.Equal((5_000_000, ""), (before.Length, before.Samples));
        Assert.Equal(File.GetLastWriteTimeUtc(path), DateTime.UnixEpoch.AddTicks(before.Modified / 100));
        before.WaitForNextTime();
        var time = File.GetLastWriteTimeUtc(path);
        using (var file = File.OpenWrite(path))
        {
            file.Position = 1_234_567;
            file.WriteByte(1);
        }
        File.SetLastWriteTimeUtc(path, time);
        var after = FileStamp.Of(path)!;
        Assert.Equal((before.Length, before.Number), (after.Length, after.Number));
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void Samples_AreOfTheWholeOfASmallFile_AndOfBeginningMiddleAndEndOfALargeOne()
    {
        foreach (
            (int length, int place) in new[]
            {
                (300, 17),
                (5_000_000, 0),
                (5_000_000, 4_999_999),
                (5_000_000, 5_000_000 / 63 * 31),
            }
        )
        {
            byte[] bytes = new byte[length];
            string path = _folder.Write("text", bytes);
            var time = File.GetLastWriteTimeUtc(path);
            var before = FileStamp.WithSamples(path);
            bytes[place] = 1;
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, time);
            var after = FileStamp.WithSamples(path);
            Assert.Equal((before.Length, before.Modified), (after.Length, after.Modified));
            Assert.NotEqual(before.Samples, after.Samples);
        }
    }

    [Fact]
    public void WhatIsNoRegularFile_HasNoStamp()
    {
        Assert.Null(FileStamp.Of(_folder.In("missing")));
        Assert.Null(FileStamp.Of(_folder.Path));
        if (OperatingSystem.IsLinux())
            Assert.Null(FileStamp.Of("/dev/zero"));
    }
}
