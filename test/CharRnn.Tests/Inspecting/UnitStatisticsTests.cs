using CharRnn.Inspecting;

namespace CharRnn.Tests;

/// <summary>Histograms and saturation, against the traces they are counts of.</summary>
public sealed class UnitStatisticsTests
{
    private static readonly string Text = SmallText.Of(700);

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    [InlineData("linear")]
    public void Saturation_IsTheShareOfTracedValuesNearTheEnds(string cell)
    {
        using var corpus = Corpus.FromText("prose", Text);
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = corpus.Vocabulary.Count,
            HiddenSize = 7,
            NumLayers = 2,
            EmbeddingSize = 0,
        };
        using var model = new LanguageModel(spec, corpus.Vocabulary, seed: 3);
        // Large weights, so that gates do saturate.
        foreach (var tensor in model.Layout.Tensors)
            tensor.CopyTo(Array.ConvertAll(tensor.CopyFrom(model.Weights), value => value * 6), model.Weights);
        var range = new IdRange(10, 300);
        var gates = UnitSignal.Of(spec).Where(signal => signal.Gate is not null).DefaultIfEmpty(UnitSignal.Hidden);
        var found = GateSaturation.Of(
            model,
            corpus.Ids,
            range,
            cancellationToken: TestContext.Current.CancellationToken
        );
        var expected = new List<(int, string, double, double)>();
        for (int layer = 0; layer < spec.NumLayers; layer++)
        {
            foreach (var gate in gates)
            {
                var units = Enumerable.Range(0, spec.HiddenSize).Select(unit => new UnitId(layer, unit, gate));
                float[] values =
                [
                    .. UnitTraces
                        .Of(
                            model,
                            corpus.Ids,
                            range,
                            [.. units],
                            cancellationToken: TestContext.Current.CancellationToken
                        )
                        .Values.SelectMany(trace => trace),
                ];
                bool isTanh = gate == UnitSignal.Hidden || gate.Name == "candidate";
                double low = isTanh ? -0.95 : 0.05;
                expected.Add(
                    (
                        layer,
                        gate.Name,
                        values.Count(value => value < low) / (double)values.Length,
                        values.Count(value => value > 0.95) / (double)values.Length
                    )
                );
            }
        }
        Assert.Equal(expected.Select(each => (each.Item1, each.Item2)), found.Select(each => (each.Layer, each.Gate)));
        Assert.All(
            expected.Zip(found),
            pair =>
            {
                Assert.Equal(pair.First.Item3, pair.Second.Low, 0.002);
                Assert.Equal(pair.First.Item4, pair.Second.High, 0.002);
            }
        );
        Assert.Contains(found, each => each.Low + each.High > 0.05);
    }

    [Fact]
    public void Histogram_CountsEveryValueOnce()
    {
        var histogram = UnitHistogram.Of([-2f, -1f, -0.51f, 0f, 0.49f, 0.5f, 1f], -1, 1, 4);
        Assert.Equal([3, 0, 2, 2], histogram.Counts);
        Assert.Equal(-1.52 / 7, histogram.Mean, 1e-6);
        double[] values = [-2, -1, -0.51, 0, 0.49, 0.5, 1];
        Assert.Equal(Math.Sqrt(values.Average(v => Math.Pow(v - values.Average(), 2))), histogram.Deviation, 1e-6);
    }
}
