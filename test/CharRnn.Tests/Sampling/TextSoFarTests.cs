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

    [Theory]
    [InlineData(1.3, 0, 0)]
    [InlineData(0.8, 0, 0)]
    [InlineData(1, 0.7, 0)]
    [InlineData(1, 0, 0.4)]
    [InlineData(1, -0.5, -0.25)]
    [InlineData(1.5, 0.6, 0.2)]
    public void Penalties_AreTheirFormulas(double repetition, double presence, double frequency)
    {
        var options = new SamplingOptions
        {
            RepetitionPenalty = repetition,
            PresencePenalty = presence,
            FrequencyPenalty = frequency,
        };
        // Prompt and text together: a 3 times, b twice, d once, f once.
        float[] adjusted = Adjusted(options, [0, 1, 0], [3, 0, 1, 5]);
        int[] counts = [3, 2, 0, 1, 0, 1, 0];
        for (int id = 0; id < counts.Length; id++)
        {
            double logit = Logits[id];
            double expected =
                counts[id] == 0
                    ? logit
                    : (logit > 0 ? logit / repetition : logit * repetition) - presence - frequency * counts[id];
            Assert.Equal(expected, adjusted[id], 1e-6);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(0)]
    public void TheWindow_CountsTheLastSymbolsAlone(int window)
    {
        int[] text = [0, 1, 1, 2, 0, 3, 3, 3, 1];
        float[] adjusted = Adjusted(new() { FrequencyPenalty = 0.5, PenaltyWindow = window }, text[..4], text[4..]);
        int[] seen = window == 0 ? text : text[^window..];
        for (int id = 0; id < Logits.Length; id++)
            Assert.Equal(Logits[id] - 0.5 * seen.Count(other => other == id), adjusted[id], 1e-6);
    }

    [Fact]
    public void NoRepeatSpan_ForbidsWhatWouldCompleteASpanThatIsThere()
    {
        // "abc" and "abd" are there, and the text ends with "ab".
        Assert.Equal([2, 3], Forbidden(Adjusted(new() { NoRepeatSpan = 3 }, [0, 1, 2, 0, 1], [3, 0, 1])));
        Assert.Empty(Forbidden(Adjusted(new() { NoRepeatSpan = 5 }, [0, 1, 2, 0, 1], [3, 0, 1])));
        Assert.Equal([1], Forbidden(Adjusted(new() { NoRepeatSpan = 1 }, [1], [1])));
        // Another text begins after the boundary.
        Assert.Empty(Forbidden(Adjusted(new() { NoRepeatSpan = 1 }, [1], [1, 6])));
        // Where nothing else is left, all may come.
        Assert.Equal([6], Forbidden(Adjusted(new() { NoRepeatSpan = 1, MinLength = 99 }, [0, 1, 2, 3], [4, 5])));
    }

    [Fact]
    public void NoSpan_IsRepeatedInALongText()
    {
        const int Span = 4,
            Length = 400;
        using var model = RandomModel.Make("gru", layers: 1);
        var options = new SamplingOptions { NoRepeatSpan = Span, Temperature = 0.3 };
        int[] ids = [.. new TextGenerator(model).Ids([1, 2, 3], options).Take(Length)];
        int[] text = [1, 2, 3, .. ids];
        string[] spans =
        [
            .. Enumerable.Range(0, text.Length - Span + 1).Select(at => string.Join(',', text[at..(at + Span)])),
        ];
        Assert.Equal(spans.Length, spans.Distinct().Count());
        int[] free = [.. new TextGenerator(model).Ids([1, 2, 3], options with { NoRepeatSpan = null }).Take(Length)];
        Assert.NotEqual(free, ids);
    }

    [Fact]
    public void MaxCopy_ForbidsWhatWouldCompleteALongerSpanOfTheTrainingText()
    {
        using var text = Corpus.FromText("letters", "fabcdabcef");
        // "bc" goes on with d or e there, and "cd" with a; a vocabulary of its own order is no matter.
        var options = new SamplingOptions { MaxCopy = new CopyLimit(text, 2) };
        Assert.Equal([3, 4], Forbidden(Adjusted(options, [0, 1], [2])));
        Assert.Equal([0], Forbidden(Adjusted(options, [2], [3])));
        Assert.Empty(Forbidden(Adjusted(options, [], [1, 3])));
        Assert.Empty(Forbidden(Adjusted(new() { MaxCopy = new CopyLimit(text, 9) }, [0, 1], [2])));
    }

    [Fact]
    public void Defaults_GiveTheSameTextAsPenaltiesThatChangeNothing()
    {
        using var model = RandomModel.Make("lstm", layers: 1);
        var options = new SamplingOptions { Seed = 3 };
        var nothing = options with { MinLength = 1, NoRepeatSpan = 5000 };
        Assert.Equal(
            new TextGenerator(model).Ids([2], options).Take(200),
            new TextGenerator(model).Ids([2], nothing).Take(200)
        );
    }

    [Fact]
    public void AWritingSession_ChoosesWithPenaltiesAsAGeneratorDoes_AlsoAfterUndo()
    {
        using var model = RandomModel.Make("gru", layers: 1);
        var options = new SamplingOptions
        {
            Temperature = 0,
            FrequencyPenalty = 0.2,
            NoRepeatSpan = 3,
        };
        int[] expected = [.. new TextGenerator(model).Ids([1, 2], options).Take(60)];
        using var session = new WritingSession(model, [1, 2], options);
        for (int i = 0; i < 70; i++)
            session.Choose();
        for (int i = 0; i < 40; i++)
            session.Undo();
        for (int i = 0; i < 30; i++)
            session.Choose();
        Assert.Equal(expected, session.Written);
    }

    [Fact]
    public void OptionsThatCannotBe_AreNamed()
    {
        Refused("RepetitionPenalty", new() { RepetitionPenalty = 0 });
        Refused("RepetitionPenalty", new() { RepetitionPenalty = double.NaN });
        Refused("PresencePenalty", new() { PresencePenalty = double.PositiveInfinity });
        Refused("FrequencyPenalty", new() { FrequencyPenalty = double.NaN });
        Refused("PenaltyWindow", new() { PenaltyWindow = -1 });
        Refused("NoRepeatSpan", new() { NoRepeatSpan = 0 });
        Refused("MinLength", new() { MinLength = -1 });

        static void Refused(string name, SamplingOptions options) =>
            Assert.Contains($"'{name}'", Assert.Throws<SettingsException>(options.Validate).Message);
    }

    [Fact]
    public void AVocabularyOfEndsAlone_IsRefused() =>
        Assert.Throws<SettingsException>(() =>
            TextSoFar.Of(new() { MinLength = 2 }, new Vocabulary(['a'], TextEncoding.Utf8), [], [0])
        );
}
