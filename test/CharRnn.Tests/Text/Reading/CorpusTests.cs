using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class CorpusTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_OfAFile_GivesItsSymbolsItsHashAndItsName()
    {
        string path = _folder.Write("dragon.txt", "ał🐉a\n");
        var corpus = Corpus.Load([path]);

        Assert.Equal("dragon", corpus.Name);
        Assert.Equal(['\n', 'a', 'ł', 0x1F409], corpus.Vocabulary.Symbols.ToArray());
        Assert.Equal("ał🐉a\n", TextOf(corpus));
        Assert.Equal(5, corpus.Ids.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), corpus.Sha256);
        Assert.Equal([path], corpus.Sources);
        Assert.Empty(corpus.Hints);
    }

    [Fact]
    public void Load_AcrossBlockBoundaries_SplitsNoCharacter()
    {
        // 65,535 one-byte characters, so that the four bytes of the dragon lie on both sides of a boundary of 65,536;
        // and again for each remainder.
        for (int before = SymbolReader.DefaultBlockBytes - 4; before <= SymbolReader.DefaultBlockBytes; before++)
        {
            string text = new string('a', before) + "🐉łb" + new string('c', 70_000) + "€";
            Assert.Equal(text, TextOf(Corpus.Load([_folder.Write("long.txt", text)])));
        }
    }

    [Fact]
    public void Load_DropsTheByteOrderMarkOfEachFile_AndHashesItAllTheSame()
    {
        byte[] first = [0xEF, 0xBB, 0xBF, .. "one\n"u8],
            second = [0xEF, 0xBB, 0xBF, .. "two\n"u8];
        var corpus = Corpus.Load([_folder.Write("1.txt", first), _folder.Write("2.txt", second)]);
        Assert.Equal("⟨one\n⟨two\n⟨", MarkedTextOf(corpus));
        Assert.Equal("one\ntwo\n", TextOf(corpus));
        Assert.Equal("1-and-1-more", corpus.Name);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. first, .. second])), corpus.Sha256);
    }

    [Fact]
    public void Load_OfBytes_TakesAnything()
    {
        byte[] bytes = [0xFF, 0xFE, 0, 0, 0xC3, 13, 10, 0xC3];
        var corpus = Corpus.Load(
            [_folder.Write("any.bin", bytes)],
            new CorpusOptions { Encoding = TextEncoding.Bytes }
        );
        Assert.Equal(TextEncoding.Bytes, corpus.Vocabulary.Encoding);
        Assert.Equal(bytes, corpus.Vocabulary.DecodeBytes(IdsOf(corpus.Ids)));
    }

    [Fact]
    public void Load_OfAFolder_ReadsItsTextFilesAtAnyDepthInOrdinalOrder()
    {
        _folder.Write("b.txt", "2");
        _folder.Write("a/z.txt", "1");
        _folder.Write("B.TXT", "0");
        _folder.Write("c.md", "x");
        _folder.Write(".hidden/d.txt", "x");
        _folder.Write("empty.txt", "");
        var corpus = Corpus.Load([_folder.Path]);
        Assert.Equal("⟨0⟨1⟨2⟨", MarkedTextOf(corpus));
        Assert.Equal(
            ["B.TXT", "a/z.txt", "b.txt", "empty.txt"],
            corpus.Sources.Select(path => Path.GetRelativePath(_folder.Path, path).Replace('\\', '/'))
        );
        Assert.Equal(Path.GetFileName(_folder.Path), corpus.Name);
    }

    [Fact]
    public void Load_OfAFolder_TakesThePatternsOfInclude()
    {
        _folder.Write("a.md", "1");
        _folder.Write("b.rst", "2");
        _folder.Write("sub/c.md", "3");
        _folder.Write("d.txt", "4");
        Assert.Equal(
            "⟨1⟨2⟨3⟨",
            MarkedTextOf(Corpus.Load([_folder.Path], new CorpusOptions { Include = ["*.md", "?.rst"] }))
        );
        Assert.Equal(
            "⟨4⟨3⟨",
            MarkedTextOf(Corpus.Load([_folder.Path], new CorpusOptions { Include = ["sub/*", "*.txt"] }))
        );
    }

    [Fact]
    public void Load_OfALinkThatLeadsBackIntoItsFolder_Ends()
    {
        _folder.Write("a.txt", "ab");
        Directory.CreateSymbolicLink(_folder.In("ring"), _folder.Path);
        Assert.Equal("ab", TextOf(Corpus.Load([_folder.Path])));
    }

    [Fact]
    public void Load_OfCrlfText_KeepsItAndSaysSoOnce()
    {
        string first = _folder.Write("dos.txt", "a\r\nb\r\n"),
            second = _folder.Write("dos2.txt", "c\r\n");
        var corpus = Corpus.Load([first]);
        Assert.Equal("a\r\nb\r\n", TextOf(corpus));
        Assert.Equal(
            $"{first} has CRLF line ends; they are trained as they are (two characters a line end). `tr -d "
                + "'\\r'` removes them.",
            Assert.Single(corpus.Hints)
        );
        Assert.StartsWith($"{first} and 1 more have CRLF", Assert.Single(Corpus.Load([first, second]).Hints));
        Assert.Empty(
            Corpus.Load([_folder.Write("stray.txt", string.Concat(Enumerable.Repeat("line\n", 20)) + "\r\n")]).Hints
        );
    }

    [Fact]
    public void Load_OfLinesThatCrAloneEnds_KeepsThemAndSaysSo()
    {
        string path = _folder.Write("mac.txt", "a\rb\rc\n");
        using var corpus = Corpus.Load([path]);
        Assert.Equal("a\rb\rc\n", TextOf(corpus));
        Assert.Equal(
            $"{path} has line ends that are a carriage return (CR) alone; they are trained as they are. "
                + "`tr '\\r' '\\n'` makes them line feeds.",
            Assert.Single(corpus.Hints)
        );
        using var records = Corpus.Load([path], new CorpusOptions { Preparation = new() { Records = true } });
        Assert.Equal("⟨a⟨b⟨c⟨", MarkedTextOf(records));
        Assert.Equal(
            "records that a carriage return (CR) alone ends, as a line feed does: 2.",
            Assert.Single(records.Hints)
        );
    }

    [Fact]
    public void Load_OfSeparatorsThatEndNoLine_CountsThem()
    {
        using var corpus = Corpus.Load([_folder.Write("next.txt", "a\u0085b\u2028c\u2029d\n")]);
        Assert.StartsWith(
            "characters that end a line for some programs (U+0085, U+2028, U+2029): 3;",
            Assert.Single(corpus.Hints)
        );
        Assert.Equal(1, TextStatistics.Of(corpus).Lines);
    }

    [Theory]
    [InlineData("one\rtwo\r?", "3:1")]
    [InlineData("one\r\ntwo\r\n\n?", "4:1")]
    [InlineData("one\r\rtwo?", "3:4")]
    public void AnUnknownCharacter_IsNamedWithItsLine_WhateverEndsLines(string text, string place)
    {
        string path = _folder.Write("strange.txt", text);
        var vocabulary = new Vocabulary("one\r\ntw".Select(letter => (int)letter), TextEncoding.Utf8);
        var failure = Assert.Throws<CorpusException>(() => Corpus.EncodeFile(path, vocabulary, skipUnknown: false));
        Assert.StartsWith($"{path}:{place}: '?'", failure.Message);
    }

    [Fact]
    public void Load_OfAFileNamedTwice_HintsAtTheLeak()
    {
        string path = _folder.Write("a.txt", "ab");
        Assert.Contains("read more than once", Assert.Single(Corpus.Load([path, _folder.Path]).Hints));
    }

    [Fact]
    public void Load_WithAGivenVocabulary_EncodesWithItAndRefusesWhatItLacks()
    {
        string path = _folder.Write("a.txt", "ba\nbad");
        var vocabulary = new Vocabulary([.. "\nabz".Select(c => (int)c)], TextEncoding.Utf8);
        var refusal = Assert.Throws<CorpusException>(() =>
            Corpus.Load([path], new CorpusOptions { Vocabulary = vocabulary })
        );
        Assert.StartsWith($"{path}:2:3: 'd' (U+0064) is not among the 4 symbols", refusal.Message);

        var corpus = Corpus.Load([_folder.Write("b.txt", "ba")], new CorpusOptions { Vocabulary = vocabulary });
        Assert.Same(vocabulary, corpus.Vocabulary);
        Assert.Equal([2, 1], IdsOf(corpus.Ids));
    }

    [Fact]
    public void Load_CostsAboutTheTextsOwnSizeOnce()
    {
        const int Size = 8 << 20;
        string path = _folder.Write("big.txt", string.Concat(Enumerable.Repeat("abcdefg\n", Size / 8)));
        Corpus.Load([_folder.Write("warm.txt", "ab")]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var corpus = Corpus.Load([path]);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(Size, corpus.Ids.Length);
        Assert.InRange(allocated, Size, (long)(Size * 1.25));
    }

    [Fact]
    public void FromText_IsAsIfTheTextWereAFile()
    {
        const string Text = "Żółw, 🐉\r\n";
        Corpus memory = Corpus.FromText("dragons", Text),
            file = Corpus.Load([_folder.Write("dragons.txt", Text)]);
        Assert.Equal(file.Sha256, memory.Sha256);
        Assert.Equal(IdsOf(file.Ids), IdsOf(memory.Ids));
        Assert.Equal("dragons", memory.Name);
        Assert.Equal(["dragons"], memory.Sources);
        Assert.Single(memory.Hints);
        Assert.Contains(
            "half a surrogate pair",
            Assert.Throws<CorpusException>(() => Corpus.FromText("x", "ab\ud83d")).Message
        );
        Assert.Contains("x is empty", Assert.Throws<CorpusException>(() => Corpus.FromText("x", "")).Message);
    }

    [Fact]
    public void EncodeFile_UsesTheModelsVocabulary()
    {
        var vocabulary = Corpus.FromText("t", "abc\n").Vocabulary;
        string path = _folder.Write("e.txt", "cab\ncéb🐉\n");

        var refusal = Assert.Throws<CorpusException>(() => Corpus.EncodeFile(path, vocabulary, skipUnknown: false));
        Assert.StartsWith(
            $"{path}:2:2: 'é' (U+00E9) is not among the 4 symbols of the model's vocabulary",
            refusal.Message
        );
        Assert.Contains("'Unknown' skip", refusal.Message);

        var text = Corpus.EncodeFile(path, vocabulary, skipUnknown: true);
        Assert.Equal("cab\ncb\n", vocabulary.Decode(IdsOf(text.Ids)));
        Assert.Equal(2, text.Skipped);
        Assert.Empty(text.Hints);
    }

    [Fact]
    public void EncodeFile_NamesTheLineAndColumnOfACharacterFarIntoTheFile()
    {
        var vocabulary = Corpus.FromText("t", "ł\n").Vocabulary;
        string path = _folder.Write("far.txt", string.Concat(Enumerable.Repeat("łłłłłłł\n", 10_000)) + "łłx");
        Assert.StartsWith(
            $"{path}:10001:3:",
            Assert.Throws<CorpusException>(() => Corpus.EncodeFile(path, vocabulary, false)).Message
        );
    }

    [Fact]
    public void EncodeFile_OfAFileWithTooLittleLeft_IsRefused()
    {
        var vocabulary = Corpus.FromText("t", "ab").Vocabulary;
        string path = _folder.Write("e.txt", "xyaz");
        Assert.Contains(
            "holds 1 characters of the model's vocabulary",
            Assert.Throws<CorpusException>(() => Corpus.EncodeFile(path, vocabulary, true)).Message
        );
        Assert.Contains(
            "is a folder",
            Assert.Throws<CorpusException>(() => Corpus.EncodeFile(_folder.Path, vocabulary, true)).Message
        );
        Assert.Contains(
            "is empty",
            Assert
                .Throws<CorpusException>(() => Corpus.EncodeFile(_folder.Write("0.txt", ""), vocabulary, true))
                .Message
        );
    }

    // Boundaries as ⟨.
    private static string MarkedTextOf(Corpus corpus) =>
        string.Concat(
            IdsOf(corpus.Ids).Select(id => id == corpus.Vocabulary.BoundaryId ? "⟨" : corpus.Vocabulary.Decode([id]))
        );

    private static string TextOf(Corpus corpus) => corpus.Vocabulary.Decode(IdsOf(corpus.Ids));

    private static int[] IdsOf(SymbolIds ids)
    {
        int[] copy = new int[ids.Length];
        ids.CopyTo(0, copy);
        return copy;
    }
}
