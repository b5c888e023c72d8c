using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>
/// Loss and gradients of the classifier's engine against the double reference, which has no padding: every cell,
/// pooling, depth and direction, at sizes off every tile.
/// </summary>
public sealed class ClassifierGradientTests
{
    private const double Tolerance = 1e-4,
        Floor = 1e-3,
        Smoothing = 0.1;
    private const ulong DropoutSeed = 77;
    private const long Step = 5;

    private static readonly (int V, int H, int E, int K, int B, int T)[] AllSizes =
    [
        (27, 13, 5, 3, 7, 9),
        (27, 13, 5, 18, 1, 1),
        (16, 16, 16, 16, 8, 3),
        (30, 33, 17, 19, 17, 5),
        (100, 9, 3, 2, 3, 4),
        (11, 5, 3, 4, 33, 20),
    ];

    [Theory]
    [MemberData(
        nameof(SequenceClassifierTests.EveryCellPoolingAndDirection),
        MemberType = typeof(SequenceClassifierTests)
    )]
    public void LossAndGradients_AreThoseOfTheDoubleReference_WithAnyNumberOfWorkers(
        string cell,
        Pooling pooling,
        bool bidirectional
    )
    {
        // By default every other size, so that each cell and pooling has them all between both directions.
        int cellTurn = CellCatalog.All.TakeWhile(known => known.Name != cell).Count() + (int)pooling;
        var sizes = LongTests.Share(Enumerable.Range(0, AllSizes.Length), cellTurn + (bidirectional ? 1 : 0), of: 2);
        foreach (int size in sizes)
        {
            var (v, h, e, k, b, t) = AllSizes[size];
            // Kinds of input, depth, biases and dropout take turns, so that each meets each cell and pooling.
            foreach (int turn in new[] { size, size + 1 })
            {
                var spec = new ClassifierSpec
                {
                    Cell = cell,
                    VocabularySize = v,
                    HiddenSize = h,
                    EmbeddingSize = turn % 2 == 0 ? e : 0,
                    LabelCount = k,
                    NumLayers = 1 + turn % 3,
                    Bidirectional = bidirectional,
                    Pooling = pooling,
                    Biases = turn % 4 < 2 ? BiasMode.Single : BiasMode.Double,
                };
                AssertMatches(spec, t, b);
                AssertMatches(spec with { Dropout = 0.3, OutputDropout = 0.4, EmbeddingDropout = 0.2 }, t, b);
            }
        }
    }

    [Theory]
    [MemberData(
        nameof(SequenceClassifierTests.EveryCellPoolingAndDirection),
        MemberType = typeof(SequenceClassifierTests)
    )]
    public void SeveralLabelsARecord_MatchToo(string cell, Pooling pooling, bool bidirectional)
    {
        foreach (var (turn, (v, h, e, k, b, t)) in AllSizes.Index())
        {
            var spec = new ClassifierSpec
            {
                Cell = cell,
                VocabularySize = v,
                HiddenSize = h,
                EmbeddingSize = turn % 2 == 0 ? e : 0,
                LabelCount = k,
                NumLayers = 1 + turn % 2,
                Bidirectional = bidirectional,
                Pooling = pooling,
                MultiLabel = true,
                OutputDropout = 0.3,
            };
            AssertMatches(spec, t, b);
        }
    }

    [Fact]
    public void MoreRecordsThanABlockOfTerms_AndLongSums_MatchToo()
    {
        var spec = new ClassifierSpec
        {
            Cell = "gru",
            VocabularySize = 9,
            HiddenSize = 130,
            EmbeddingSize = 3,
            LabelCount = 3,
            NumLayers = 2,
        };
        AssertMatches(spec, steps: 3, streams: 5);
        AssertMatches(spec with { HiddenSize = 5 }, steps: 2, streams: 300);
    }

    [Theory]
    [MemberData(
        nameof(SequenceClassifierTests.EveryCellPoolingAndDirection),
        MemberType = typeof(SequenceClassifierTests)
    )]
    public void WhatComesAfterARecordsEnd_ChangesNoBit(string cell, Pooling pooling, bool bidirectional)
    {
        var spec = new ClassifierSpec
        {
            Cell = cell,
            VocabularySize = 20,
            HiddenSize = 7,
            EmbeddingSize = 5,
            LabelCount = 4,
            NumLayers = 2,
            Pooling = pooling,
            Bidirectional = bidirectional,
            Dropout = 0.3,
            OutputDropout = 0.3,
            EmbeddingDropout = 0.2,
        };
        using var twin = new ClassifierTwin(spec);
        var records = ClassifierTwin.Records(spec, steps: 6, streams: 9);
        using var team = new WorkerTeam(1);
        using var pass = new ClassifierPass(twin.Engine.Layout, twin.Engine.Weights, team);

        var (loss, gradients) = Run(pass, team, new PaddedBatch(records));
        foreach (var (padding, id) in new[] { (0, 19), (3, 0), (11, 7), (0, 0) })
        {
            var (otherLoss, others) = Run(pass, team, new PaddedBatch(records, padding, id));
            Assert.Equal(loss, otherLoss);
            // A gradient of nothing may be −0.
            Assert.Equal(gradients, others);
        }
    }

    [Fact]
    public void ARecordThatCountsNothing_ChangesNoGradientOfTheOthers()
    {
        var spec = new ClassifierSpec
        {
            VocabularySize = 20,
            HiddenSize = 7,
            EmbeddingSize = 5,
            LabelCount = 4,
            Pooling = Pooling.Attention,
        };
        var records = ClassifierTwin.Records(spec, steps: 6, streams: 9);
        records[^1] = records[^1] with { Weight = 0 };

        AssertMatches(spec, records, workers: [1]);
    }

    private static void AssertMatches(ClassifierSpec spec, int steps, int streams) =>
        AssertMatches(spec, ClassifierTwin.Records(spec, steps, streams), workers: [1, 3]);

    private static void AssertMatches(ClassifierSpec spec, ReferenceRecord[] records, int[] workers)
    {
        using var twin = new ClassifierTwin(spec);
        int layers = spec.NumLayers,
            streams = records.Length;
        Dropout Mask(double rate, int layer) => new(rate, DropoutSeed, Step, layer);
        // The engine's columns are padded, direction by direction.
        int Column(int unit) => unit / spec.HiddenSize * twin.Engine.Layout.HiddenWidth + unit % spec.HiddenSize;
        var expected = twin.Reference.Run(
            records,
            Smoothing,
            (layer, t, b, unit) => Mask(spec.Dropout, layer).Multiplier(t * streams + b, Column(unit)),
            (b, unit) => Mask(spec.OutputDropout, layers).Multiplier(b, Column(unit)),
            (b, id) => spec.EmbeddingDropout > 0 && Mask(spec.EmbeddingDropout, layers + 1).Multiplier(b, id) == 0
        );

        float[]? bitsOfOneWorker = null;
        foreach (int count in workers)
        {
            using var team = new WorkerTeam(count);
            using var pass = new ClassifierPass(twin.Engine.Layout, twin.Engine.Weights, team);
            var (loss, gradients) = Run(pass, team, new PaddedBatch(records));

            AssertNear([expected.Loss], [loss], $"{spec}: loss");
            foreach (var tensor in twin.Engine.Layout.Tensors)
            {
                double[] computed = Array.ConvertAll(tensor.CopyFrom(pass.Gradients), value => (double)value);
                AssertNear(
                    EngineTwin.OfTensor(expected.Gradients, tensor),
                    computed,
                    $"{spec}, B={streams}: {tensor.Name}"
                );
            }
            Bits.AssertSame(bitsOfOneWorker ?? gradients, gradients, $"{spec}: gradients with {count} workers");
            bitsOfOneWorker ??= gradients;
        }
    }

    private static (double Loss, float[] Gradients) Run(ClassifierPass pass, WorkerTeam team, PaddedBatch batch)
    {
        pass.Prepare(batch.View, Smoothing, DropoutSeed, Step);
        team.Run(new OneBatch(pass, team));
        return (pass.MeanLoss(), pass.Gradients.Span(0, (int)pass.Gradients.Length).ToArray());
    }

    private static void AssertNear(double[] expected, double[] actual, string what)
    {
        Assert.True(actual.All(double.IsFinite), $"{what}: not finite");
        double scale = Math.Max(Floor, expected.Max(Math.Abs));
        double difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(
            difference <= Tolerance * scale,
            $"{what}: differs by {difference:E2}, where the largest is {scale:E2}"
        );
    }

    /// <summary>One batch's loss and gradients, the weights having just been set.</summary>
    private sealed class OneBatch(ClassifierPass pass, WorkerTeam team) : ITeamWork
    {
        public void Execute(int worker)
        {
            pass.RefreshTransposedWeights(worker);
            team.SignalAndWait();
            pass.Execute(worker);
        }
    }
}
