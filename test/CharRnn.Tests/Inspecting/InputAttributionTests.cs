using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class InputAttributionTests
{
    [Theory]
    [InlineData("lstm", 1, false, 30)]
    [InlineData("lstm", 3, true, 6)]
    [InlineData("gru", 2, false, 6)]
    [InlineData("rnn", 2, true, 30)]
    public void Norms_AreThoseOfFiniteDifferences(string cell, int layers, bool residual, int reach)
    {
        using var model = RandomModel.Make(cell, hidden: 13, embedding: 13, layers: layers, residual: residual);
        // Each symbol once: its embedding is the input vector of one step alone.
        int[] ids = [.. Enumerable.Range(5, 14)];
        const int target = 3;
        var influences = InputAttribution.Of(model, ids, ids.Length - 1, target, reach);
        Assert.Equal(Math.Min(reach, ids.Length), influences.Length);
        double largest = influences.Max(influence => influence.Norm);
        Assert.True(largest > 1e-3);
        foreach (var (position, norm) in influences)
            Assert.Equal(Differences(model, ids, target, ids[position]), norm, 0.01 * largest);
    }

    [Fact]
    public void ABoundary_HidesWhatStandsBeforeIt()
    {
        using var model = RandomModel.Make(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = 37,
                HiddenSize = 13,
                NumLayers = 2,
                ResetId = 0,
            }
        );
        var influences = InputAttribution.Of(model, [4, 5, 6, 0, 7, 8], position: 5, target: 2);
        Assert.All(influences[..3], influence => Assert.Equal(0, influence.Norm));
        Assert.All(influences[3..], influence => Assert.True(influence.Norm > 0));
    }

    private static double Differences(LanguageModel model, int[] ids, int target, int symbol)
    {
        const float step = 4e-3f;
        double squares = 0;
        for (int i = 0; i < model.Spec.EmbeddingSize; i++)
        {
            var embeddings = model.Layout.Symbols(0).Embedding(model.Weights);
            float value = embeddings[symbol, i];
            embeddings[symbol, i] = value + step;
            double above = LogProbability(model, ids, target);
            embeddings[symbol, i] = value - step;
            double below = LogProbability(model, ids, target);
            embeddings[symbol, i] = value;
            squares += Math.Pow((above - below) / (2 * step), 2);
        }
        return Math.Sqrt(squares);
    }

    private static double LogProbability(LanguageModel model, int[] ids, int target)
    {
        using var session = model.NewSession();
        foreach (int id in ids)
            session.Step([id]);
        double[] logits = [.. session.Logits(0).ToArray().Select(logit => (double)logit)];
        double largest = logits.Max();
        return logits[target] - largest - Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
    }
}
