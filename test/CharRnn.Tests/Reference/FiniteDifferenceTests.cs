using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class FiniteDifferenceTests
{
    private const double Tolerance = 1e-6;

    // relu has no derivative at 0: a shorter way to the next point seldom leads over it, and still loses little to
    // rounding.
    private const double DeltaBesideKinks = 1e-4;

    public static TheoryData<string, int, bool, bool, bool> EveryModel()
    {
        var models = new TheoryData<string, int, bool, bool, bool>();
        bool[] choices = [false, true];
        foreach (string cell in ReferenceCells.All.Keys)
        foreach (int layers in (int[])[1, 2, 3])
        foreach (bool residual in choices)
        foreach (bool embedding in choices)
        foreach (bool dropout in choices)
            models.Add(cell, layers, residual, embedding, dropout);
        return models;
    }

    public static TheoryData<string, int, ReferenceActivation, ReferenceActivation, int, bool> EveryArchitecture()
    {
        var models = new TheoryData<string, int, ReferenceActivation, ReferenceActivation, int, bool>();
        var activations = Enum.GetValues<ReferenceActivation>();
        foreach (string cell in ReferenceCells.All.Keys)
        foreach (int projection in (int[])[0, 3, 8])
        foreach (var (place, head) in activations.Index())
        foreach (int layers in (int[])[1, 3])
            models.Add(cell, projection, activations[(place + layers) % activations.Length], head, layers, layers > 1);
        return models;
    }

    [Theory]
    [MemberData(nameof(EveryModel))]
    public void Gradients_OfEveryModel_MatchFiniteDifferences(
        string cell,
        int layers,
        bool residual,
        bool embedding,
        bool dropout
    )
    {
        var small = new SmallModel(cell, layers, residual, embedding);
        var gradients = small.Run(dropout: dropout).Gradients;

        var worst = FiniteDifference
            .Compare(
                () => small.Run(dropout: dropout, backward: false).Loss,
                small.Model.Parameters,
                gradients,
                samples: LongTests.Samples(40, byDefault: 4)
            )
            .MaxBy(comparison => comparison.RelativeError)!;

        Assert.True(worst.RelativeError <= Tolerance, $"{worst}");
    }

    [Theory]
    [MemberData(nameof(EveryArchitecture))]
    public void Gradients_WithActivationsAndProjections_MatchFiniteDifferences(
        string cell,
        int projection,
        ReferenceActivation embeddingActivation,
        ReferenceActivation headActivation,
        int layers,
        bool dropout
    )
    {
        // Only an embedding has something to activate; without, symbols come one-hot.
        int embedding = embeddingActivation == ReferenceActivation.None ? 0 : SmallModel.Embedding;
        var small = new SmallModel(
            new ReferenceSpec(cell, SmallModel.Vocabulary, SmallModel.Hidden, layers, embedding, Residual: layers > 1)
            {
                Projection = projection,
                EmbeddingActivation = embeddingActivation,
                HeadActivation = headActivation,
            }
        );
        var gradients = small.Run(dropout: dropout).Gradients;

        var worst = FiniteDifference
            .Compare(
                () => small.Run(dropout: dropout, backward: false).Loss,
                small.Model.Parameters,
                gradients,
                samples: LongTests.Samples(40, byDefault: 4),
                delta: DeltaBesideKinks
            )
            .MaxBy(comparison => comparison.RelativeError)!;

        Assert.True(worst.RelativeError <= Tolerance, $"{worst}");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(SmallModel.Embedding, 0)]
    [InlineData(SmallModel.Embedding, 3)]
    public void Gradients_WithLabelsBesideSymbols_MatchFiniteDifferences(int embedding, int labelEmbedding)
    {
        foreach (string cell in ReferenceCells.All.Keys)
        {
            var small = new SmallModel(
                new ReferenceSpec(cell, SmallModel.Vocabulary, SmallModel.Hidden, Layers: 2, embedding)
                {
                    EmbeddingActivation = embedding > 0 ? ReferenceActivation.Tanh : ReferenceActivation.None,
                    Labels = 4,
                    LabelEmbedding = labelEmbedding,
                    ResetId = 2,
                }
            );
            var gradients = small.Run().Gradients;

            Assert.All(
                FiniteDifference.Compare(
                    () => small.Run(backward: false).Loss,
                    small.Model.Parameters,
                    gradients,
                    samples: LongTests.AllOr(8)
                ),
                comparison => Assert.True(comparison.RelativeError <= Tolerance, $"{comparison}")
            );
        }
    }

    [Fact]
    public void Gradients_WithConditionOnFirstSymbolAndUnitsThatAreNotFedBack_MatchFiniteDifferences()
    {
        foreach (string cell in ReferenceCells.All.Keys)
        {
            var small = new SmallModel(
                new ReferenceSpec(cell, SmallModel.Vocabulary, SmallModel.Hidden, Layers: 2, Embedding: 0)
                {
                    Labels = 4,
                    ResetId = 2,
                    ConditionOnFirstSymbol = true,
                    Feedback = 2,
                }
            );
            var gradients = small.Run(dropout: true).Gradients;

            Assert.All(
                FiniteDifference.Compare(
                    () => small.Run(dropout: true, backward: false).Loss,
                    small.Model.Parameters,
                    gradients,
                    samples: LongTests.AllOr(8)
                ),
                comparison => Assert.True(comparison.RelativeError <= Tolerance, $"{comparison}")
            );
        }
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    [InlineData("linear")]
    public void Gradients_OfEveryParameter_MatchFiniteDifferences(string cell)
    {
        var small = new SmallModel(cell, layers: 2, residual: true, embedding: true, seed: 2);
        var gradients = small.Run().Gradients;

        GradientComparison[] all =
        [
            .. FiniteDifference.Compare(() => small.Run(backward: false).Loss, small.Model.Parameters, gradients),
        ];

        Assert.Equal(small.Model.Parameters.Values.Sum(tensor => tensor.Length), all.Length);
        Assert.All(all, comparison => Assert.True(comparison.RelativeError <= Tolerance, $"{comparison}"));
    }

    [Fact]
    public void AWrongGradient_IsFound()
    {
        var small = new SmallModel("lstm");
        var gradients = small.Run().Gradients;
        gradients["rnn.weight_hh_l0"][17] += 1e-5;

        var worst = FiniteDifference
            .Compare(() => small.Run(backward: false).Loss, small.Model.Parameters, gradients)
            .MaxBy(comparison => comparison.RelativeError)!;

        Assert.Equal(("rnn.weight_hh_l0", 17), (worst.Name, worst.Index));
        Assert.True(worst.RelativeError > Tolerance);
    }

    [Fact]
    public void Derivative_OfACubic_IsExactAndLeavesTheParameterAsItWas()
    {
        double[] parameters = [3, 1.7];

        double derivative = FiniteDifference.Derivative(
            () => Math.Pow(parameters[1], 3) - parameters[0],
            parameters,
            1
        );

        Assert.Equal(3 * 1.7 * 1.7, derivative, 1e-11);
        Assert.Equal([3, 1.7], parameters);
    }
}
