using System.IO.Compression;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class TextStatisticsTests
{
    [Fact]
    public void Of_AShortText_CountsWhatIsThere()
    {
        var statistics = TextStatistics.Of(Corpus.FromText("t", "one\ntwo\n\none\n\nłone\none"));
        Assert.Equal(22, statistics.Characters);
        Assert.Equal(7, statistics.Distinct);
        Assert.Equal(7, statistics.Lines);
        Assert.Equal(2, statistics.RepeatedLines);
        Assert.Equal(
            [new SymbolCount('t', 1), new SymbolCount('w', 1), new SymbolCount('ł', 1), new SymbolCount('e', 4)],
            statistics.RarestTen.Take(4)
        );
        Assert.Equal(@"one\ntwo\n\none\n\nłone\none", statistics.First500);
    }

    [Fact]
    public void UnigramBits_OfEquallyFrequentSymbols_AreTheLogarithmOfTheirNumber()
    {
        Assert.Equal(2, TextStatistics.Of(Corpus.FromText("t", "abcdabcd")).UnigramBitsPerChar, 12);
        double expected = -((0.75 * Math.Log2(0.75)) + (0.25 * Math.Log2(0.25)));
        Assert.Equal(expected, TextStatistics.Of(Corpus.FromText("t", "aaab")).UnigramBitsPerChar, 12);
    }

    [Fact]
    public void RarestTen_AreTenAtMost_TheRarestFirst()
    {
        string text = string.Concat(Enumerable.Range(1, 20).Select(i => new string((char)('a' + 20 - i), i)));
        var rarest = TextStatistics.Of(Corpus.FromText("t", text)).RarestTen;
        Assert.Equal(Enumerable.Range(1, 10).Select(i => new SymbolCount('a' + 20 - i, i)), rarest);
    }

    [Fact]
    public void Gzip_IsTheSizeOfTheTextsBytesCompressedInOnePiece()
    {
        var random = new Random(4);
        string text = string.Concat(
            Enumerable.Range(0, 60_000).Select(_ => "abcdeł 🐉\n".EnumerateRunes().ElementAt(random.Next(9)).ToString())
        );
        using var whole = new MemoryStream();
        using (var gzip = new GZipStream(whole, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));

        var statistics = TextStatistics.Of(Corpus.FromText("t", text));
        // Written in blocks or at once, deflate sees the same bytes; only where it flushes may differ, by a few bytes.
        Assert.InRange(statistics.GzipBytes, whole.Length * 0.999, whole.Length * 1.001);
        Assert.Equal(8.0 * statistics.GzipBytes / 60_000, statistics.GzipBitsPerChar, 12);
    }

    [Fact]
    public void RepeatedLines_AreFoundAcrossBlocks_AndEmptyCrlfLinesAreNotCounted()
    {
        string longLine = new('x', 40_000);
        var statistics = TextStatistics.Of(
            Corpus.FromText("t", $"{longLine}\r\n\r\n\r\ny{longLine}\r\n{longLine}\r\n")
        );
        Assert.Equal(5, statistics.Lines);
        Assert.Equal(1, statistics.RepeatedLines);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1 << 22)]
    public void RepeatedLines_AreTheSameHoweverFewLinesAreRememberedAtOnce(int maxKeys)
    {
        var random = new Random(3);
        string[] lines =
        [
            .. Enumerable.Range(0, 3000).Select(_ => random.Next(10) == 0 ? "" : random.Next(600).ToString()),
        ];
        var corpus = Corpus.FromText("t", string.Join('\n', lines) + "\n.");
        int[] ids = new int[corpus.Ids.Length];
        corpus.Ids.CopyTo(0, ids);

        using var counter = new LineCounter(corpus.Vocabulary, maxKeys);
        int times = 0;
        do
        {
            counter.Add(ids);
            times++;
        } while (counter.Finish());

        string[] withText = [.. lines.Where(line => line.Length > 0)];
        Assert.Equal(lines.Length + 1, counter.Lines);
        Assert.Equal(withText.Length - withText.Distinct().Count(), counter.RepeatedLines);
        Assert.Equal(maxKeys < 600, times > 1);
    }

    [Fact]
    public void Lines_OfATextWithoutLineFeeds_IsOne()
    {
        var statistics = TextStatistics.Of(Corpus.FromText("t", "abc"));
        Assert.Equal(1, statistics.Lines);
        Assert.Equal(0, statistics.RepeatedLines);
    }

    [Fact]
    public void First500_AreCharactersNotBytes_AndEscaped()
    {
        string text = "\u001b[2J" + string.Concat(Enumerable.Repeat("🐉", 600));
        Assert.Equal(
            @"\x1B[2J" + string.Concat(Enumerable.Repeat("🐉", 496)),
            TextStatistics.Of(Corpus.FromText("t", text)).First500
        );
    }

    [Fact]
    public void Of_ACorpusReadWithALargerVocabulary_CountsWhatOccurs()
    {
        var vocabulary = new Vocabulary(Enumerable.Range('a', 26), TextEncoding.Utf8);
        var statistics = TextStatistics.Of(Corpus.FromText("t", "abca", new CorpusOptions { Vocabulary = vocabulary }));
        Assert.Equal(3, statistics.Distinct);
        Assert.Equal(3, statistics.RarestTen.Count);
    }
}
