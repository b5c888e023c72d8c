using CharRnn.Analysis;

namespace CharRnn.Tests;

public sealed class CopyDetectorTests
{
    [Fact]
    public void TheLongestSpan_IsFoundWithItsPlacesInSampleAndText()
    {
        var report = Detect("the cat sat on the mat", "a dog and a cat sat on a log");
        Assert.Equal(new CopiedSpan(Sample: 0, SampleStart: 3, TextStart: 11, Length: 12), report.Longest);
        Assert.Equal(" cat sat on ", "the cat sat on the mat".Substring(3, 12));
        Assert.Equal(" cat sat on ", "a dog and a cat sat on a log".Substring(11, 12));
    }

    [Fact]
    public void OfSeveralSamples_NoSpanReachesFromOneIntoTheNext()
    {
        var report = Detect(["xabc", "defx"], "abcdef");
        Assert.Equal(new CopiedSpan(0, 1, 0, 3), report.Longest);
        Assert.Equal(new CopiedSpan(1, 0, 0, 6), Detect(["cdab", "abcdef"], "abcdef").Longest);
    }

    [Fact]
    public void Shares_CountCharactersThatLieInLongSpans_OnceEach()
    {
        string text = string.Concat(Enumerable.Range(0, 70).Select(i => (char)('A' + i)));
        // 25 copied, then 60 that overlap with none of them in the text's order, and 19 that are too few.
        var report = Detect("!" + text[..25] + "!" + text[5..65] + "!" + text[..19], text);
        Assert.Equal((1 + 25 + 1 + 60 + 1 + 19, 85, 60), ((int)report.Characters, (int)report.In20, (int)report.In50));
        Assert.Equal(60 / 107.0, report.Share50);
    }

    [Fact]
    public void SpansThatOverlapInTheSample_CoverTheirUnion()
    {
        string first = new('a', 1),
            text = "0123456789abcdefghijKLMNO|fghijKLMNOpqrstuvwxyz";
        var report = Detect("0123456789abcdefghijKLMNOpqrstuvwxyz" + first, text);
        Assert.Equal(36, report.In20);
        Assert.Equal(25, report.Longest!.Length);
    }

    [Fact]
    public void NothingInCommon_IsNoSpan() => Assert.Equal(new CopyReport(3, null, 0, 0), Detect("abc", "xyz"));

    [Fact]
    public void TheTextMayComeInBlocksOfAnySize()
    {
        string sample = RandomText(400, 3, seed: 1),
            text = RandomText(3000, 3, seed: 2);
        var whole = Detect(sample, text);
        var detector = new CopyDetector([Symbols(sample)]);
        foreach (int[] block in Symbols(text).Chunk(7))
            detector.Read(block);
        Assert.Equal(whole, detector.Report());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void EverythingFound_IsWhatTryingEverySpanFinds(int letters)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            // The text holds pieces of the sample, so that long spans are there to find.
            string first = RandomText(90, letters, seed),
                second = RandomText(60, letters, seed + 100);
            string text =
                RandomText(200, letters, seed + 200)
                + first[10..60]
                + RandomText(30, letters, seed + 300)
                + second[5..30];
            string[] samples = [first, second];
            var report = Detect(samples, text);

            var (longest, in20, in50) = ByTrial(samples, text);
            Assert.Equal((longest, in20, in50), (report.Longest!.Length, report.In20, report.In50));
            var span = report.Longest;
            string copied = samples[span.Sample].Substring(span.SampleStart, span.Length);
            Assert.Equal(text.IndexOf(copied, StringComparison.Ordinal), span.TextStart);
        }
    }

    [Fact]
    public void SymbolsBeyondUnicode_AreSymbolsLikeOthers()
    {
        var detector = new CopyDetector([
            [0x110000, 5, 6],
        ]);
        detector.Read([5, 0x110000, 5, 6, 0x10FFFF]);
        Assert.Equal(new CopiedSpan(0, 0, 1, 3), detector.Report().Longest);
    }

    private static CopyReport Detect(string sample, string text) => Detect([sample], text);

    private static CopyReport Detect(string[] samples, string text)
    {
        var detector = new CopyDetector([.. samples.Select(Symbols)]);
        detector.Read(Symbols(text));
        return detector.Report();
    }

    private static int[] Symbols(string text) => [.. text.Select(character => (int)character)];

    private static string RandomText(int length, int letters, ulong seed) =>
        string.Concat(
            Enumerable
                .Range(0, length)
                .Select(i =>
                    (char)(
                        'a'
                        + CounterRandom.Below(
                            CounterRandom.Draw(seed, RandomPurpose.RandomWindow, (ulong)i, 0),
                            letters
                        )
                    )
                )
        );

    private static (int Longest, long In20, long In50) ByTrial(string[] samples, string text)
    {
        int longest = 0;
        long in20 = 0,
            in50 = 0;
        foreach (string sample in samples)
        {
            var (covered20, covered50) = (new bool[sample.Length], new bool[sample.Length]);
            for (int start = 0; start < sample.Length; start++)
            {
                for (
                    int end = start + 1;
                    end <= sample.Length && text.Contains(sample[start..end], StringComparison.Ordinal);
                    end++
                )
                {
                    longest = Math.Max(longest, end - start);
                    if (end - start >= 20)
                        Array.Fill(covered20, true, start, end - start);
                    if (end - start >= 50)
                        Array.Fill(covered50, true, start, end - start);
                }
            }
            in20 += covered20.Count(covered => covered);
            in50 += covered50.Count(covered => covered);
        }
        return (longest, in20, in50);
    }
}
