using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class CacheBoundTests
{
    private const int TextLength = 1000;

    [Fact]
    public void WhatWasNotUsedForLong_GoesWhenSomethingNewIsBuilt()
    {
        using var ground = new CacheGround();
        Keep(ground, "old.txt", unusedFor: TimeSpan.FromDays(31));
        string recent = Keep(ground, "recent.txt", unusedFor: TimeSpan.FromDays(29));
        string last = Keep(ground, "new.txt", unusedFor: TimeSpan.Zero);
        Assert.Equal(new[] { recent, last }.Order(StringComparer.Ordinal), ground.Kept);
    }

    [Fact]
    public void BeyondItsSize_ThoseUnusedForLongestGo_AndANewOneIsKeptWhateverItsSize()
    {
        using var ground = new CacheGround();
        // A file has a header and details beside the ids; what is to come is allowed for generously.
        var limited = new CacheGround { Cache = new IdCache(ground.Cache.Folder) { MaxBytes = 70_000 } };
        string[] kept =
        [
            .. Enumerable.Range(0, 4).Select(i => Keep(ground, $"{i}.txt", unusedFor: TimeSpan.FromHours(10 - i))),
        ];
        Assert.Equal(4, ground.Kept.Length);
        string last = Keep(limited, ground.Write("4.txt", Text(4)), unusedFor: TimeSpan.Zero);
        Assert.Equal(new[] { kept[2], kept[3], last }.Order(StringComparer.Ordinal), ground.Kept);

        var tiny = new CacheGround { Cache = new IdCache(ground.Cache.Folder) { MaxBytes = 1 } };
        string alone = Keep(tiny, ground.Write("5.txt", Text(5)), unusedFor: TimeSpan.Zero);
        Assert.Equal([alone], ground.Kept);
        limited.Dispose();
        tiny.Dispose();
    }

    [Fact]
    public void UsingAFile_MakesItYoungAgain()
    {
        using var ground = new CacheGround();
        string kept = Keep(ground, "text.txt", unusedFor: TimeSpan.FromDays(29));
        var before = File.GetLastWriteTimeUtc(ground.KeptPath(kept));
        ground.Read(ground.In("text.txt")).Dispose();
        Assert.True(File.GetLastWriteTimeUtc(ground.KeptPath(kept)) > before.AddDays(28));
    }

    [Fact]
    public void ATextThatChanged_TakesItsOwnPlace()
    {
        using var ground = new CacheGround();
        string first = Keep(ground, "text.txt", unusedFor: TimeSpan.Zero);
        File.AppendAllText(ground.In("text.txt"), "more");
        ground.Read(ground.In("text.txt")).Dispose();
        Assert.Equal([first], ground.Kept);
    }

    // Keeps the ids of a text, and gives the name of their file.
    private static string Keep(CacheGround ground, string text, TimeSpan unusedFor)
    {
        string path = Path.IsPathRooted(text) ? text : ground.Write(text, Text(text.Length));
        string[] before = ground.Kept;
        ground.Read(path, ground.Options with { Cache = ground.Cache }).Dispose();
        string name = Assert.Single(ground.Kept.Except(before));
        File.SetLastWriteTimeUtc(ground.KeptPath(name), DateTime.UtcNow - unusedFor);
        return name;
    }

    private static string Text(int start) =>
        string.Concat(Enumerable.Range(start, TextLength).Select(i => (char)('a' + (i * i % 26))));
}
