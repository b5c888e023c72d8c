using CharRnn.Sampling;

namespace CharRnn.Tests;

public sealed class TextSoFarTests
{
    // a to f are 0 to 5; the boundary is 6.
    private static readonly Vocabulary Letters = new(
        [.. "abcdef".Select(letter => (int)letter), Vocabulary.BoundarySymbol],
        TextEncoding.Utf8
    );
    private static readonly float[] Logits = [1.5f, -0.5f, 0.25f, 3, -2, 0, 1];

    private static float[] Adjusted(SamplingOptions options, int[] prompt, int[] sampled, params int[][] stops)
    {
        var text = TextSoFar.Of(options, Letters, prompt, stops)!;
        foreach (int id in sampled)
            text.Add(id);
        float[] logits = [.. Logits];
        text.Adjust(logits);
        return logits;
    }

    private static int[] Forbidden(float[] logits) =>
        [.. Enumerable.Range(0, logits.Length).Where(id => float.IsNegativeInfinity(logits[id]))];

    [Fact]
    public void Defaults_AskNothingOfTheTextSoFar() => Assert.Null(TextSoFar.Of(new(), Letters, [1, 2]));

    [Fact]
    public void TheBoundary_IsForbiddenBeforeTheMinLength_WhichCountsThePrompt()
    {
        var options = new SamplingOptions { MinLength = 4 };
        Assert.Equal([6], Forbidden(Adjusted(options, [0, 1], [2])));
        Assert.Empty(Forbidden(Adjusted(options, [0, 1], [2, 3])));
        Assert.Equal([6], Forbidden(Adjusted(options, [0, 1], [2, 3, 6])));
    }

    [Fact]
    public void AStopText_IsForbiddenWhereItWouldEndATextTooEarly_AndOnlyItsLastSymbol()
    {
        var options = new SamplingOptions { MinLength = 3 };
        int[] stop = [1, 2];
        Assert.Equal([2, 6], Forbidden(Adjusted(options, [0], [1], stop)).Order());
        Assert.Equal([2], Forbidden(Adjusted(options, [0, 0], [1], stop)));
        Assert.Empty(Forbidden(Adjusted(options, [0, 0], [0, 1], stop)));
        // Its beginning in the prompt is none.
        Assert.Equal([6], Forbidden(Adjusted(options, [0, 1], [], stop)));
    }

    [Fact]
    public void WhatIsForbidden_IsNeverDrawn_AndTheRestAsOftenAsRenormalizedProbabilitiesSay()
    {
        const int Draws = 20_000;
        var text = TextSoFar.Of(new() { MinLength = 4 }, Letters, [0]);
        var sampler = new Sampler(new(), Letters.Count);
        int[] drawn = [.. Enumerable.Range(0, Draws).Select(draw => sampler.Choose(Logits, 0, (ulong)draw, text))];
        double sum = Logits[..^1].Sum(logit => Math.Exp(logit));
        Assert.DoesNotContain(6, drawn);
        for (int id = 0; id < 6; id++)
            Assert.Equal(Math.Exp(Logits[id]) / sum, (double)drawn.Count(other => other == id) / Draws, 0.02);
    }

    [Fact]
    public void AVocabularyOfEndsAlone_IsRefused() =>
        Assert.Throws<SettingsException>(() =>
            TextSoFar.Of(new() { MinLength = 2 }, new Vocabulary(['a'], TextEncoding.Utf8), [], [0])
        );
}
