using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

/// <summary>A whole corpus as it is prepared, in memory and in a mapped file.</summary>
public sealed class PreparedCorpusTests : IDisposable
{
    private readonly CacheGround _ground = new();

    public void Dispose() => _ground.Dispose();

    public static TheoryData<string, string> Preparations =>
        new()
        {
            { "", "Żółw\r\nżółw\nłódź\nŻółw\nxé" },
            { "--normalize nfc", "e\u0301 é \u0301\na\u0323\u0302 e" },
            { "--normalize nfkc --fold ascii", "ﬁn “Żółw” 漢\nfin" },
            { "--fold ascii --skip-chars 2 --max-chars 6", "ßßßłłłłł" },
            { "--unique-lines", "a\nb\na\n\nb\nc" },
            { "--min-count 2", "aabbcdd" },
            { "--records --unique-lines --min-count 2", "ann\nbo\r\n\nann\nnan\nob\n" },
        };

    [Theory]
    [MemberData(nameof(Preparations))]
    public void Ids_AreThoseOfTheVocabulary_InMemory_WhenMapped_AndWhenFoundAgain(string flags, string text)
    {
        var preparation = TextPreparation.Parse(flags);
        string path = _ground.Write("text.txt", text);
        using var memory = Corpus.FromText("text", text, new CorpusOptions { Preparation = preparation });
        using Corpus built = Corpus.Load([path], _ground.Options with { Preparation = preparation }),
            found = Corpus.Load([path], _ground.Options with { Preparation = preparation });
        Assert.Equal((false, true, true), (memory.Ids.IsMapped, built.Ids.IsMapped, found.Ids.IsMapped));
        Assert.Equal(preparation, found.Preparation);
        foreach (var mapped in new[] { built, found })
        {
            Assert.Equal(SymbolsOf(memory), SymbolsOf(mapped));
            Assert.Equal(memory.Vocabulary.Symbols.ToArray(), mapped.Vocabulary.Symbols.ToArray());
            Assert.Equal(memory.Sha256, mapped.Sha256);
            Assert.Equal(memory.Notes, mapped.Notes);
        }
        // No symbol of the vocabulary is one that the text lacks.
        Assert.Equal(memory.Vocabulary.Symbols.ToArray(), SymbolsOf(memory).Distinct().Order());
    }

    [Fact]
    public void OtherPreparations_AreKeptApart()
    {
        string path = _ground.Write("text.txt", "łódź\nłódź\n"),
            other = _ground.Write("other.txt", "ab\n");
        var folded = _ground.Options with { Preparation = new() { Fold = Folding.Ascii } };
        for (int time = 0; time < 2; time++)
        {
            using Corpus plain = Corpus.Load([path], _ground.Options),
                ascii = Corpus.Load([path], folded);
            using Corpus joined = Corpus.Load(
                    [path, other],
                    _ground.Options with
                    {
                        Preparation = new() { JoinFiles = true },
                    }
                ),
                parted = Corpus.Load([path, other], _ground.Options);
            Assert.Equal("łódź\nłódź\n", plain.Vocabulary.Decode(CacheGround.IdsOf(plain.Ids)));
            Assert.Equal("lodz\nlodz\n", ascii.Vocabulary.Decode(CacheGround.IdsOf(ascii.Ids)));
            Assert.Equal((13, 16), (joined.Ids.Length, parted.Ids.Length));
            Assert.Equal(4, _ground.Kept.Length);
        }
    }

    [Fact]
    public void RareCharacters_BecomeTheUnknownSymbol_AndAreCounted()
    {
        using var corpus = Corpus.FromText(
            "t",
            "aaaxbbby\n\n",
            new CorpusOptions { Preparation = new() { MinCount = 3 } }
        );
        Assert.Equal(['a', 'b', Vocabulary.UnknownSymbol], corpus.Vocabulary.Symbols.ToArray());
        Assert.Equal(2, corpus.Vocabulary.UnknownId);
        Assert.Equal("aaa\uFFFDbbb\uFFFD\uFFFD\uFFFD", corpus.Vocabulary.Decode(CacheGround.IdsOf(corpus.Ids)));
        Assert.Equal(
            "characters seen fewer than 3 times, now one unknown symbol: 3 distinct, 4 in all",
            Assert.Single(corpus.Notes)
        );
        Assert.Null(
            Corpus
                .FromText("t", "aabb", new CorpusOptions { Preparation = new() { MinCount = 2 } })
                .Vocabulary.UnknownId
        );
    }

    [Fact]
    public void Records_KnowThatTheyAre_AndTheirStatisticsAreOfTheText()
    {
        const string Lines = "ann\nbo\nann\n";
        using var corpus = Corpus.FromText("t", Lines, new CorpusOptions { Preparation = new() { Records = true } });
        Assert.True(corpus.IsRecords);
        Assert.Equal(Lines.Length + 1, corpus.Ids.Length);
        Assert.Equal(corpus.Vocabulary.BoundaryId, corpus.Ids[0]);
        TextStatistics records = TextStatistics.Of(corpus),
            plain = TextStatistics.Of(Corpus.FromText("t", Lines));
        Assert.Equal(
            (plain.Characters, plain.Distinct, plain.Lines, plain.RepeatedLines),
            (records.Characters, records.Distinct, records.Lines, records.RepeatedLines)
        );
        Assert.Equal(plain.UnigramBitsPerChar, records.UnigramBitsPerChar, 12);
        Assert.Equal(@"ann\nbo\nann\n", records.First500);
    }

    [Fact]
    public void BoundariesBetweenFiles_AreNoCharactersOfTheText()
    {
        string first = _ground.Write("1.txt", "one\ntwo\n"),
            second = _ground.Write("2.txt", "two\n");
        TextStatistics parted = TextStatistics.Of(Corpus.Load([first, second])),
            whole = TextStatistics.Of(Corpus.FromText("t", "one\ntwo\ntwo\n"));
        Assert.Equal(
            (whole.Characters, whole.Distinct, whole.Lines, whole.RepeatedLines),
            (parted.Characters, parted.Distinct, parted.Lines, parted.RepeatedLines)
        );
        Assert.Equal(whole.UnigramBitsPerChar, parted.UnigramBitsPerChar, 12);
    }

    [Fact]
    public void FoldersAndGlobs_OfSeveralArguments_HaveBoundariesBetweenAllOfTheirFiles()
    {
        _ground.Write("a/1.md", "A");
        _ground.Write("a/2.txt", "B");
        _ground.Write("a/deep/3.md", "C");
        _ground.Write("b/4.md", "D");
        string last = _ground.Write("5.log", "E");
        using var corpus = Corpus.Load(
            [_ground.In("a"), _ground.In("b"), last],
            new CorpusOptions { Include = ["*.md"] }
        );
        Assert.Equal(
            [
                Vocabulary.BoundarySymbol,
                'A',
                Vocabulary.BoundarySymbol,
                'C',
                Vocabulary.BoundarySymbol,
                'D',
                Vocabulary.BoundarySymbol,
                'E',
                Vocabulary.BoundarySymbol,
            ],
            SymbolsOf(corpus)
        );
        Assert.Contains("texts: 4,", Assert.Single(corpus.Notes));
    }

    [Fact]
    public void AnotherText_IsPreparedAsTheModelsWas_ButNotCut()
    {
        var preparation = new TextPreparation
        {
            Fold = Folding.Ascii,
            Records = true,
            UniqueLines = true,
            SkipChars = 100,
            MinCount = 2,
        };
        var vocabulary = new Vocabulary(
            [.. "anbo".Select(c => (int)c), Vocabulary.BoundarySymbol, Vocabulary.UnknownSymbol],
            TextEncoding.Utf8
        );
        string path = _ground.Write("eval.txt", "ánn\n\nbó\nbó\nxan\n");
        using var text = Corpus.EncodeFile(
            path,
            vocabulary,
            skipUnknown: false,
            new CorpusOptions { Preparation = preparation }
        );
        Assert.Equal("\nann\nbo\nbo\n\uFFFDan\n", vocabulary.Decode(CacheGround.IdsOf(text.Ids)));
        Assert.Equal((1, 0), (text.Unknown, text.Skipped));
        using var skipping = Corpus.EncodeFile(
            path,
            vocabulary,
            skipUnknown: true,
            new CorpusOptions { Preparation = preparation }
        );
        Assert.Equal((0, 1), (skipping.Unknown, skipping.Skipped));

        var narrow = new Vocabulary([.. "anbo".Select(c => (int)c), Vocabulary.BoundarySymbol], TextEncoding.Utf8);
        Assert.StartsWith(
            $"{path}:4:1: 'x'",
            Assert
                .Throws<CorpusException>(() =>
                    Corpus.EncodeFile(path, narrow, false, new CorpusOptions { Preparation = preparation })
                )
                .Message
        );
        var without = new Vocabulary("anbo\n".Select(c => (int)c), TextEncoding.Utf8);
        Assert.Contains(
            "no boundary symbol",
            Assert
                .Throws<SettingsException>(() =>
                    Corpus.EncodeFile(path, without, false, new CorpusOptions { Preparation = preparation })
                )
                .Message
        );
    }

    [Fact]
    public void AGivenVocabularyWithoutABoundary_GetsNone()
    {
        string first = _ground.Write("1.txt", "ab"),
            second = _ground.Write("2.txt", "ba");
        var vocabulary = new Vocabulary("ab".Select(c => (int)c), TextEncoding.Utf8);
        Assert.Equal(4, Corpus.Load([first, second], new CorpusOptions { Vocabulary = vocabulary }).Ids.Length);
        var refusal = Assert.Throws<SettingsException>(() =>
            Corpus.Load(
                [first],
                new CorpusOptions
                {
                    Vocabulary = vocabulary,
                    Preparation = new() { Records = true },
                }
            )
        );
        Assert.Contains("'Records'", refusal.Message);
    }

    [Fact]
    public void WhatIsLeftOfATooShortText_IsSaidWithTheFlagsThatLeftIt()
    {
        string path = _ground.Write("text.txt", "a dragon");
        var refusal = Assert.Throws<CorpusException>(() =>
            Corpus.Load([path], new CorpusOptions { Preparation = new() { SkipChars = 7 } })
        );
        Assert.StartsWith($"{path} holds 1 characters after --skip-chars 7; at least 2", refusal.Message);
    }

    [Fact]
    public void AMixtureOfSpellings_IsHintedAt_UnlessItIsNormalised()
    {
        const string Mixed = "é e\u0301";
        Assert.Contains("(NFC): 1;", Assert.Single(Corpus.FromText("t", Mixed).Hints));
        Assert.Empty(
            Corpus
                .FromText("t", Mixed, new CorpusOptions { Preparation = new() { Normalize = Normalization.Nfc } })
                .Hints
        );
        Assert.Empty(Corpus.FromText("t", "é ł 漢字 👩\u200D🚀").Hints);
        Assert.Empty(Corpus.FromText("t", Mixed, new CorpusOptions { Encoding = TextEncoding.Bytes }).Hints);
    }

    [Fact]
    public void ALargeOneLineText_IsPreparedWithoutHoldingTheLine()
    {
        string path = _ground.In("line.txt");
        const int Characters = 24 << 20;
        using (var file = new StreamWriter(path))
        {
            string some = string.Concat(Enumerable.Repeat("żółw e\u0301 ", 1000));
            for (int written = 0; written < Characters; written += some.Length)
                file.Write(some);
        }
        var preparation = new TextPreparation
        {
            Normalize = Normalization.Nfc,
            Fold = Folding.Ascii,
            UniqueLines = true,
            Records = true,
        };
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var corpus = Corpus.Load([path], new CorpusOptions { Preparation = preparation });
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(corpus.Ids.IsMapped);
        Assert.Equal("\nzolw e zolw e ", corpus.Vocabulary.Decode(FirstIds(corpus, 15)));
        Assert.InRange(allocated, 0, 8 << 20);
    }

    private static int[] FirstIds(Corpus corpus, int count)
    {
        int[] ids = new int[count];
        corpus.Ids.CopyTo(0, ids);
        return ids;
    }

    private static int[] SymbolsOf(Corpus corpus) =>
        [.. CacheGround.IdsOf(corpus.Ids).Select(id => corpus.Vocabulary.Symbols[id])];
}
