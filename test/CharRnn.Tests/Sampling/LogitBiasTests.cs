using CharRnn.Sampling;

namespace CharRnn.Tests;

public sealed class LogitBiasTests
{
    private static readonly float[] Logits = [0.5f, -1, 2, 0.25f];

    [Fact]
    public void Bias_IsAddedToTheLogits_AndNothingElseIsChanged()
    {
        var bias = new Dictionary<int, double> { [1] = 2.5, [2] = -1.25 };
        var options = new SamplingOptions { Temperature = 0.7, TopP = 0.9 };
        var biased = new Sampler(options with { LogitBias = bias }, Logits.Length);
        var plain = new Sampler(options, Logits.Length);
        float[] added = [.. Logits.Select((logit, id) => logit + (float)bias.GetValueOrDefault(id))];
        for (ulong draw = 0; draw < 500; draw++)
            Assert.Equal(plain.Choose(added, 3, draw), biased.Choose(Logits, 3, draw));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AHundred_DemandsASymbol_AndMinusAHundredForbidsIt(double temperature)
    {
        for (int id = 0; id < Logits.Length; id++)
        {
            var (demanded, forbidden) = (Biased(id, 100), Biased(id, -100));
            for (ulong draw = 0; draw < 200; draw++)
            {
                Assert.Equal(id, demanded.Choose(Logits, 0, draw));
                Assert.NotEqual(id, forbidden.Choose(Logits, 0, draw));
            }
        }

        Sampler Biased(int id, double bias) =>
            new(
                new()
                {
                    Temperature = temperature,
                    LogitBias = new Dictionary<int, double> { [id] = bias },
                },
                Logits.Length
            );
    }

    [Fact]
    public void Bias_ComesBeforePenalties()
    {
        // With the bias first, the repeated symbol's logit is 1.5 / 3; with the penalty first, it is 0.5 / 3 + 1.
        var options = new SamplingOptions
        {
            Temperature = 0,
            RepetitionPenalty = 3,
            LogitBias = new Dictionary<int, double> { [0] = 1 },
        };
        var vocabulary = new Vocabulary([.. "ab"], TextEncoding.Utf8);
        var text = TextSoFar.Of(options, vocabulary, [0]);
        Assert.Equal(1, new Sampler(options, 2).Choose([0.5f, 0.8f], 0, 0, text));
    }

    [Fact]
    public void Scores_AreThoseWithoutBias()
    {
        using var model = RandomModel.Make();
        var options = new SamplingOptions { LogitBias = new Dictionary<int, double> { [7] = 100 } };
        var written = new WrittenSymbols();
        var request = new GenerationRequest
        {
            Prompt = [1],
            Options = options,
            MaxSymbols = 1,
            Likeliest = 37,
        };
        var generation = new Generation(model, request, written);
        using var batcher = new ContinuousBatcher();
        using (var turn = batcher.Begin([generation]))
            turn.Step();
        Assert.Equal([7], written.Ids);
        var likeliest = written.Scores[0].Likeliest;
        Assert.Equal(1, likeliest.Sum(each => Math.Exp(each.LogProbability)), 5);
        Assert.Equal(likeliest.Single(each => each.Id == 7), written.Scores[0].Symbol);
        Assert.NotEqual(7, likeliest[0].Id);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void ABiasThatIsNoNumber_IsRefused(double bias)
    {
        var options = new SamplingOptions
        {
            LogitBias = new Dictionary<int, double> { [0] = 1, [1] = bias },
        };
        Assert.Contains("'LogitBias'", Assert.Throws<SettingsException>(options.Validate).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void AnIdThatTheVocabularyLacks_IsRefused(int id)
    {
        var options = new SamplingOptions { LogitBias = new Dictionary<int, double> { [id] = 1 } };
        string message = Assert.Throws<SettingsException>(() => new Sampler(options, Logits.Length)).Message;
        Assert.Contains($"'LogitBias' names the id {id};", message);
    }
}
