using System.Security.Cryptography;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class IdCacheTests : IDisposable
{
    private readonly CacheGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData(60, 1)]
    [InlineData(300, 2)]
    [InlineData(70_000, 4)]
    public void MappedIds_AreThoseInMemory_WhenTheyAreBuiltAndWhenTheyAreFound(int vocabularyCount, int bytesPerId)
    {
        string text = string.Concat(
            Enumerable
                .Range(0, vocabularyCount)
                .Concat(Enumerable.Range(0, 1000))
                .Select(i => i % vocabularyCount)
                .Select(i => new System.Text.Rune(0x10000 + i).ToString())
        );
        string path = _ground.Write("text.txt", text);
        using Corpus memory = Corpus.FromText("text", text),
            built = Corpus.Load([path], _ground.Options),
            found = Corpus.Load([path], _ground.Options);
        Assert.Equal((false, true, true), (memory.Ids.IsMapped, built.Ids.IsMapped, found.Ids.IsMapped));
        foreach (var corpus in new[] { built, found })
        {
            Assert.Equal(bytesPerId, corpus.Ids.BytesPerId);
            Assert.Equal(CacheGround.IdsOf(memory.Ids), CacheGround.IdsOf(corpus.Ids));
            Assert.Equal(memory.Vocabulary.Symbols.ToArray(), corpus.Vocabulary.Symbols.ToArray());
            Assert.Equal(memory.Sha256, corpus.Sha256);
            Assert.Equal((memory.Name, memory.Ids.Length), (corpus.Name, corpus.Ids.Length));
        }
        Assert.Contains("are kept in", built.Hints[^1]);
        Assert.Equal(built.Hints.SkipLast(1), found.Hints);
    }

    [Fact]
    public void AnUnchangedText_IsNotOpenedAgain()
    {
        string path = _ground.Write("text.txt", "a dragon\n");
        using var first = _ground.Read(path);
        Assert.Equal(2, _ground.Opened);
        using var second = _ground.Read(path);
        Assert.Equal(2, _ground.Opened);
        Assert.Equal("a dragon\n", CacheGround.TextOf(second));
        Assert.Equal(first.Details.Sha256, second.Details.Sha256);
        Assert.Single(_ground.Kept);
        Assert.Empty(_ground.Temporaries);
    }

    [Fact]
    public void AnotherTextOfTheSameLength_IsRead_EvenUnderTheOldTimeOfModification()
    {
        string path = _ground.Write("text.txt", "one dragon\n");
        var time = File.GetLastWriteTimeUtc(path);
        using var before = _ground.Read(path);
        File.WriteAllText(path, "two dragon\n");
        File.SetLastWriteTimeUtc(path, time);
        using var after = _ground.Read(path);
        Assert.Equal("two dragon\n", CacheGround.TextOf(after));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("two dragon\n"u8)), after.Details.Sha256);
        // The old file was replaced while it was mapped, and its ids are what they were.
        Assert.Equal("one dragon\n", CacheGround.TextOf(before));
        Assert.Single(_ground.Kept);
    }

    [Fact]
    public void ATouchedText_AndOneThatGrew_AreReadAgain()
    {
        string path = _ground.Write("text.txt", "a dragon\n");
        _ground.Read(path).Dispose();
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1));
        _ground.Read(path).Dispose();
        Assert.Equal(4, _ground.Opened);
        File.AppendAllText(path, "more");
        using var grown = _ground.Read(path);
        Assert.Equal("a dragon\nmore", CacheGround.TextOf(grown));
        Assert.Equal(6, _ground.Opened);
    }

    [Fact]
    public void AnotherWayOfReading_IsKeptApart()
    {
        string path = _ground.Write("text.txt", "łał");
        var vocabulary = new Vocabulary("ałb".Select(c => (int)c), TextEncoding.Utf8);
        var narrow = new Vocabulary("ab".Select(c => (int)c), TextEncoding.Utf8);
        for (int time = 0; time < 2; time++)
        {
            using CorpusReading own = _ground.Read(path),
                bytes = _ground.Read(path, _ground.Options with { Encoding = TextEncoding.Bytes });
            using var given = _ground.Read(path, _ground.Options with { Vocabulary = vocabulary });
            using var skipping = _ground.Read(path, _ground.Options with { Vocabulary = narrow }, skipUnknown: true);
            Assert.Equal((3, 5, 3, 1), (own.Ids.Length, bytes.Ids.Length, given.Ids.Length, skipping.Ids.Length));
            Assert.Equal(
                (2, 3, 3, 2),
                (own.Vocabulary.Count, bytes.Vocabulary.Count, given.Vocabulary.Count, skipping.Vocabulary.Count)
            );
            Assert.Equal(2, skipping.Details.Skipped);
            Assert.Equal(4, _ground.Kept.Length);
        }
        Assert.Equal(8, _ground.Opened);
    }

    [Fact]
    public void SeveralFiles_AreFoundAgainWithTheirHintsAndRefusals()
    {
        string first = _ground.Write("texts/a.txt", "a\r\nb\r\n"),
            empty = _ground.Write("texts/empty.txt", "");
        using Corpus built = Corpus.Load([_ground.In("texts")], _ground.Options),
            found = Corpus.Load([_ground.In("texts")], _ground.Options);
        Assert.Equal(2, built.Hints.Count);
        Assert.Equal(built.Hints[0], Assert.Single(found.Hints));
        Assert.Contains("CRLF", found.Hints[0]);
        Assert.Equal([first, empty], found.Sources);
        // What a folder may hold, an argument may not be.
        Assert.Contains(
            "empty.txt is empty",
            Assert.Throws<CorpusException>(() => Corpus.Load([first, empty], _ground.Options)).Message
        );
    }

    [Fact]
    public void SmallTexts_AndTextsInMemory_LeaveTheCacheAlone()
    {
        string path = _ground.Write("text.txt", "a dragon\n");
        using Corpus small = Corpus.Load([path], _ground.Options with { MapFrom = 10 }),
            memory = Corpus.FromText("text", "a dragon\n", _ground.Options);
        Assert.Equal((false, false), (small.Ids.IsMapped, memory.Ids.IsMapped));
        Assert.False(Directory.Exists(_ground.Cache.Folder));
    }

    [Fact]
    public void ALink_IsAsLargeAsWhatItLeadsTo_AndChangesWithIt()
    {
        string target = _ground.Write("target.txt", string.Concat(Enumerable.Repeat("a dragon\n", 1000))),
            link = _ground.In("link.txt");
        File.CreateSymbolicLink(link, target);
        var options = _ground.Options with { MapFrom = 5000 };
        _ground.Read(link, options).Dispose();
        _ground.Read(link, options).Dispose();
        Assert.Equal(2, _ground.Opened);
        File.AppendAllText(target, "the end");
        using var changed = _ground.Read(link, options);
        Assert.Equal(9007, changed.Ids.Length);
        Assert.Single(_ground.Kept);
    }

    [Fact]
    public void WithoutACache_LargeTextsAreMappedAllTheSame_AndNothingIsKept()
    {
        string path = _ground.Write("text.txt", "a dragon\n");
        using var reading = _ground.Read(path, new CorpusOptions { MapFrom = 1 });
        Assert.True(reading.Ids.IsMapped);
        Assert.Equal("a dragon\n", CacheGround.TextOf(reading));
        Assert.Empty(reading.Notes);
        Assert.False(Directory.Exists(_ground.Cache.Folder));
    }

    [Fact]
    public void AFolderThatCannotBeMade_CostsAHintAndNoMore()
    {
        string path = _ground.Write("text.txt", "a dragon\n"),
            file = _ground.Write("file", "in the way");
        var options = _ground.Options with { Cache = new IdCache(Path.Combine(file, "ids")) };
        using var reading = _ground.Read(path, options);
        Assert.True(reading.Ids.IsMapped);
        Assert.Equal("a dragon\n", CacheGround.TextOf(reading));
        string note = Assert.Single(reading.Notes);
        Assert.Contains("cannot be kept in", note);
        Assert.DoesNotContain('\n', note);
    }

    [Fact]
    public void DisposedMappedIds_AreRefused_AndDisposingTwiceIsFine()
    {
        var corpus = Corpus.Load([_ground.Write("text.txt", "a dragon\n")], _ground.Options);
        corpus.Dispose();
        corpus.Dispose();
        Assert.Throws<ObjectDisposedException>(() => corpus.Ids[0]);
    }

    [Fact]
    public void Files_AreForTheirOwnerAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no Unix permissions; there the folder is among the user's own data");
            return;
        }

        _ground.Read(_ground.Write("text.txt", "a dragon\n")).Dispose();
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(_ground.KeptPath(Assert.Single(_ground.Kept)))
        );
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_ground.Cache.Folder)
        );
    }
}
