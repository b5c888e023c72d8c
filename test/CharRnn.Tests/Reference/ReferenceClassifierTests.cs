using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests;

/// <summary>The reference of the classifier against finite differences, and against what must be so.</summary>
public sealed class ReferenceClassifierTests
{
    private const double Tolerance = 1e-7;

    private static readonly ReferenceRecord[] Records =
    [
        new([1, 2, 3, 2, 6], Label: 2, Weight: 1),
        new([4], Label: 0, Weight: 0.5),
        new([5, 0, 5], Label: 1, Weight: 2),
        new([2, 6], Label: 2, Weight: 0),
    ];

    public static TheoryData<string, ReferencePooling, bool> EveryCellPoolingAndDirection()
    {
        var cases = new TheoryData<string, ReferencePooling, bool>();
        foreach (string cell in ReferenceCells.All.Keys)
        foreach (var pooling in Enum.GetValues<ReferencePooling>())
        foreach (bool bidirectional in new[] { false, true })
            cases.Add(cell, pooling, bidirectional);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellPoolingAndDirection))]
    public void Gradients_AreThoseThatAreMeasured(string cell, ReferencePooling pooling, bool bidirectional)
    {
        foreach (int embedding in new[] { 0, 4 })
        {
            foreach (bool twoBiases in new[] { false, true })
            {
                var model = Model(
                    new ReferenceClassifierSpec(cell, 7, 3, Hidden: 4, Layers: 2, embedding, bidirectional, pooling)
                    {
                        HasTwoBiases = twoBiases,
                    }
                );
                ReferenceClassifierResult Run() =>
                    model.Run(Records, smoothing: 0.1, Dropout, OutputDropout, IsSilenced);

                var gradients = Run().Gradients;

                // The reference's recurrent bias has places that one bias leaves untrained.
                foreach (
                    var comparison in FiniteDifference.Compare(
                        () => Run().Loss,
                        model.Parameters,
                        gradients,
                        samples: LongTests.Samples(12, byDefault: 2)
                    )
                )
                    Assert.True(
                        comparison.RelativeError <= Tolerance || IsUntrained(model.Spec, comparison),
                        $"{comparison}"
                    );
            }
        }
    }

    [Theory]
    [InlineData("gru", ReferencePooling.Attention, true)]
    [InlineData("lstm", ReferencePooling.Mean, false)]
    [InlineData("rnn", ReferencePooling.Last, true)]
    public void Gradients_OfSeveralLabelsARecord_AreThoseThatAreMeasured(
        string cell,
        ReferencePooling pooling,
        bool bidirectional
    )
    {
        int[][] labels =
        [
            [0, 2],
            [],
            [1],
            [0, 1, 2],
        ];
        ReferenceRecord[] records = [.. Records.Zip(labels, (record, set) => record with { Labels = set })];
        var model = Model(
            new ReferenceClassifierSpec(cell, 7, 3, Hidden: 4, Layers: 2, Embedding: 4, bidirectional, pooling)
            {
                HasSeveralLabels = true,
                HasTwoBiases = true,
            }
        );
        ReferenceClassifierResult Run() => model.Run(records, smoothing: 0.1, Dropout, OutputDropout, IsSilenced);

        var gradients = Run().Gradients;

        foreach (
            var comparison in FiniteDifference.Compare(
                () => Run().Loss,
                model.Parameters,
                gradients,
                samples: LongTests.Samples(12, byDefault: 6)
            )
        )
            Assert.True(comparison.RelativeError <= Tolerance, $"{comparison}");
    }

    [Fact]
    public void ARecord_GivesTheSame_WhateverIsBesideIt()
    {
        var model = Model(
            new ReferenceClassifierSpec(
                "gru",
                7,
                3,
                Hidden: 4,
                Layers: 2,
                Embedding: 4,
                Bidirectional: true,
                ReferencePooling.Attention
            )
        );

        double[][] together = model.Run(Records).Probabilities;

        for (int b = 0; b < Records.Length; b++)
            Assert.Equal(together[b], model.Run([Records[b] with { Weight = 1 }]).Probabilities[0]);
    }

    [Fact]
    public void TheBackwardDirection_OfAReversedRecord_IsTheForwardOneOfTheRecord()
    {
        // Weights that are the same in both directions make the pooled halves change places.
        var spec = new ReferenceClassifierSpec(
            "lstm",
            7,
            2,
            Hidden: 3,
            Layers: 1,
            Embedding: 0,
            Bidirectional: true,
            ReferencePooling.Last
        );
        var model = Model(spec);
        foreach (string name in model.Parameters.Keys.Where(name => name.EndsWith("_reverse")))
            model.Parameters[name[..^"_reverse".Length]].CopyTo(model.Parameters[name], 0);
        double[] head = model.Parameters["head.weight"];
        for (int k = 0; k < 2; k++)
            head.AsSpan(k * 6, 3).CopyTo(head.AsSpan(k * 6 + 3));

        double[] there = model.Run([new([1, 2, 3, 5], 0, 1)]).Probabilities[0];
        double[] back = model.Run([new([5, 3, 2, 1], 0, 1)]).Probabilities[0];

        Assert.Equal(there[0], back[0], 1e-14);
    }

    [Fact]
    public void Loss_IsTheWeightedMeanOfTheRecords()
    {
        var model = Model(
            new ReferenceClassifierSpec(
                "rnn",
                7,
                3,
                Hidden: 4,
                Layers: 1,
                Embedding: 4,
                Bidirectional: false,
                ReferencePooling.Mean
            )
        );

        double expected =
            Records.Sum(record => record.Weight * model.Run([record with { Weight = 1 }]).Loss)
            / Records.Sum(record => record.Weight);

        Assert.Equal(expected, model.Run(Records).Loss, 1e-14);
        Assert.All(model.Run(Records).Probabilities, row => Assert.Equal(1, row.Sum(), 1e-14));
    }

    private static bool IsUntrained(ReferenceClassifierSpec spec, GradientComparison comparison) =>
        comparison.Computed == 0
        && comparison.Measured == 0
        && !spec.HasTwoBiases
        && comparison.Name.StartsWith("rnn.bias_hh_");

    private static ReferenceClassifier Model(ReferenceClassifierSpec spec)
    {
        var model = new ReferenceClassifier(spec);
        var random = new SplitMix(1);
        foreach (double[] values in model.Parameters.Values)
            for (int i = 0; i < values.Length; i++)
                values[i] = 0.7 * random.NextUniform();
        return model;
    }

    private static double Dropout(int layer, int t, int b, int unit) =>
        (layer + t + 2 * b + 3 * unit) % 4 == 0 ? 0 : 4.0 / 3;

    private static double OutputDropout(int b, int unit) => (3 * b + unit) % 4 == 1 ? 0 : 4.0 / 3;

    private static bool IsSilenced(int b, int id) => (b + id) % 5 == 3;
}
