using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class ReferenceModelTests
{
    private const double Tolerance = 1e-14;

    public static TheoryData<string> EveryCell() => new(ReferenceCells.All.Keys);

    [Fact]
    public void Parameters_OfAGruWithEmbedding_HavePyTorchsNamesAndShapes()
    {
        var model = new ReferenceModel(new ReferenceSpec("gru", Vocabulary: 7, Hidden: 5, Layers: 2, Embedding: 4));

        Assert.Equal(
            [
                "embedding.weight 7x4",
                "head.bias 7",
                "head.weight 7x5",
                "rnn.bias_hh_l0 15",
                "rnn.bias_hh_l1 15",
                "rnn.bias_ih_l0 15",
                "rnn.bias_ih_l1 15",
                "rnn.weight_hh_l0 15x5",
                "rnn.weight_hh_l1 15x5",
                "rnn.weight_ih_l0 15x4",
                "rnn.weight_ih_l1 15x5",
            ],
            model
                .Shapes.OrderBy(shape => shape.Key, StringComparer.Ordinal)
                .Select(shape => $"{shape.Key} {string.Join('x', shape.Value)}")
        );
        Assert.Equal(7 * 4, model.Parameters["embedding.weight"].Length);
    }

    [Fact]
    public void Parameters_OfAOneHotLstm_HaveOneBiasALayerAndNoEmbedding()
    {
        var model = new ReferenceModel(new ReferenceSpec("lstm", Vocabulary: 7, Hidden: 5, Layers: 1, Embedding: 0));

        Assert.Equal(
            ["head.bias", "head.weight", "rnn.bias_ih_l0", "rnn.weight_hh_l0", "rnn.weight_ih_l0"],
            model.Parameters.Keys
        );
        Assert.Equal([20, 7], model.Shapes["rnn.weight_ih_l0"]);
    }

    [Fact]
    public void Parameters_WithAProjection_HaveOneForEachLayer_AndWhatComesAfterIsAsWide()
    {
        var model = new ReferenceModel(
            new ReferenceSpec("rnn", Vocabulary: 7, Hidden: 5, Layers: 2, Embedding: 4) { Projection = 3 }
        );

        Assert.Equal([3, 5], model.Shapes["projection.weight_l0"]);
        Assert.Equal([3, 5], model.Shapes["projection.weight_l1"]);
        Assert.Equal([5, 4], model.Shapes["rnn.weight_ih_l0"]);
        Assert.Equal([5, 3], model.Shapes["rnn.weight_ih_l1"]);
        Assert.Equal([7, 3], model.Shapes["head.weight"]);
    }

    [Fact]
    public void AProjectionThatChangesNothing_GivesTheLogitsOfNone()
    {
        var without = new SmallModel("gru", layers: 2, residual: true);
        var with = new SmallModel(without.Model.Spec with { Projection = SmallModel.Hidden });
        foreach ((string name, double[] tensor) in without.Model.Parameters)
            tensor.CopyTo(with.Model.Parameters[name], 0);
        for (int layer = 0; layer < 2; layer++)
        {
            double[] projection = with.Model.Parameters[$"projection.weight_l{layer}"];
            Array.Clear(projection);
            for (int i = 0; i < SmallModel.Hidden; i++)
                projection[i * SmallModel.Hidden + i] = 1;
        }

        ReferenceResult expected = without.Run(dropout: true),
            found = with.Model.Run(
                without.Inputs,
                without.Targets,
                SmallModel.Steps,
                SmallModel.Streams,
                without.State,
                lossScale: 0.5,
                SmallModel.Dropout,
                outputDropout: SmallModel.OutputDropout,
                logitDropout: SmallModel.LogitDropout
            );

        Assert.Equal(expected.Logits, found.Logits);
        Assert.Equal(expected.Gradients["head.weight"], found.Gradients["head.weight"]);
    }

    [Fact]
    public void Activations_StandBeforeTheDropoutOfWhatGoesIntoTheHead()
    {
        // tanh of what is dropped and scaled would be another number.
        var small = new SmallModel(
            new ReferenceSpec("rnn", SmallModel.Vocabulary, SmallModel.Hidden, Layers: 1, Embedding: 0)
            {
                HeadActivation = ReferenceActivation.Tanh,
            }
        );
        double[] bias = small.Model.Parameters["head.bias"];

        double[] plain = small.Run().Logits;
        double[] scaled = small
            .Model.Run(
                small.Inputs,
                small.Targets,
                SmallModel.Steps,
                SmallModel.Streams,
                small.State,
                lossScale: 1,
                outputDropout: (_, _, _) => 2
            )
            .Logits;

        for (int i = 0; i < plain.Length; i++)
            Assert.Equal(
                2 * (plain[i] - bias[i % SmallModel.Vocabulary]),
                scaled[i] - bias[i % SmallModel.Vocabulary],
                Tolerance * 100
            );
    }

    [Fact]
    public void ZeroParameters_GiveEveryCharacterTheSameProbability()
    {
        var model = new ReferenceModel(new ReferenceSpec("gru", Vocabulary: 7, Hidden: 5, Layers: 1, Embedding: 0));

        var result = model.Run([1, 2], [2, 3], t: 2, b: 1, model.NewState(1), lossScale: 1);

        Assert.Equal(2 * Math.Log(7), result.Loss, Tolerance);
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void TwoWindows_WithTheStateCarried_GiveTheLogitsOfOne(string cell)
    {
        var small = new SmallModel(cell, layers: 2, residual: true);
        const int half = SmallModel.Steps / 2;
        const int split = half * SmallModel.Streams;

        var whole = small.Run(backward: false);
        var first = small.Model.Run(
            small.Inputs[..split],
            small.Targets[..split],
            half,
            SmallModel.Streams,
            small.State,
            lossScale: 1
        );
        var second = small.Model.Run(
            small.Inputs[split..],
            small.Targets[split..],
            half,
            SmallModel.Streams,
            first.State,
            lossScale: 1
        );

        Assert.Equal(whole.Logits, first.Logits.Concat(second.Logits));
        Assert.Equal(whole.Nats, first.Nats.Concat(second.Nats));
        Assert.Equal(whole.State.Hidden, second.State.Hidden);
        Assert.Equal(whole.State.Cell, second.State.Cell);
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void Streams_DoNotTouchEachOther(string cell)
    {
        var small = new SmallModel(cell, layers: 2);
        const int stream = 1;
        int[] Of(int[] ids) =>
            [.. Enumerable.Range(0, SmallModel.Steps).Select(t => ids[t * SmallModel.Streams + stream])];
        double[][] Part(double[][] layers) =>
            [.. layers.Select(values => values.Skip(stream * SmallModel.Hidden).Take(SmallModel.Hidden).ToArray())];

        var together = small.Run(backward: false);
        var alone = small.Model.Run(
            Of(small.Inputs),
            Of(small.Targets),
            SmallModel.Steps,
            1,
            new ReferenceState(Part(small.State.Hidden), Part(small.State.Cell)),
            lossScale: 1
        );

        Assert.Equal(
            alone.Nats,
            Enumerable.Range(0, SmallModel.Steps).Select(t => together.Nats[t * SmallModel.Streams + stream])
        );
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void Run_ChangesNeitherParametersNorTheStateGiven(string cell)
    {
        var used = new SmallModel(cell, layers: 2, embedding: true);
        var fresh = new SmallModel(cell, layers: 2, embedding: true);

        used.Run(dropout: true);

        Assert.Equal(fresh.Model.Parameters.Values, used.Model.Parameters.Values);
        Assert.Equal(fresh.State.Hidden, used.State.Hidden);
        Assert.Equal(fresh.State.Cell, used.State.Cell);
    }

    [Fact]
    public void Loss_IsTheScaleTimesTheSumOfNatsAndGradientsScaleWithIt()
    {
        var small = new SmallModel("rnn");
        var one = small.Run(lossScale: 1);
        var quarter = small.Run(lossScale: 0.25);

        Assert.Equal(one.Nats.Sum(), one.Loss);
        Assert.Equal(one.Loss / 4, quarter.Loss);
        Assert.Equal(one.Gradients["head.weight"].Select(gradient => gradient / 4), quarter.Gradients["head.weight"]);
    }

    [Fact]
    public void CarriedState_InAResidualStack_IsTheCellsAndNotTheLayersOutput()
    {
        // A second layer with zero weights has h = 0 for ever, whatever its residual output is.
        var small = new SmallModel("rnn", layers: 2, residual: true);
        foreach ((string name, double[] tensor) in small.Model.Parameters)
            if (name.EndsWith("_l1"))
                Array.Clear(tensor);

        var result = small.Run();

        Assert.All(result.State.Hidden[1], value => Assert.Equal(0, value));
        Assert.All(
            small.Model.Parameters["head.weight"].Zip(result.Gradients["head.weight"]),
            pair => Assert.NotEqual(0, pair.Second)
        );
    }

    [Fact]
    public void GruRecurrentBias_IsTrainedInItsLastThirdAlone()
    {
        double[] gradient = new SmallModel("gru").Run().Gradients["rnn.bias_hh_l0"];

        Assert.All(gradient[..(2 * SmallModel.Hidden)], value => Assert.Equal(0, value));
        Assert.All(gradient[(2 * SmallModel.Hidden)..], value => Assert.NotEqual(0, value));
    }

    [Fact]
    public void AnIdOutsideTheVocabulary_IsRefusedWithItsPlace()
    {
        var model = new ReferenceModel(new ReferenceSpec("rnn", Vocabulary: 7, Hidden: 5, Layers: 1, Embedding: 0));

        var refused = Assert.Throws<ArgumentException>(() =>
            model.Run([1, 7], [2, 3], t: 2, b: 1, model.NewState(1), lossScale: 1)
        );

        Assert.Contains("inputs[1] is 7", refused.Message);
    }
}
