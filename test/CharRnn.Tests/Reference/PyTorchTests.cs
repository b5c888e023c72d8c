using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class PyTorchTests
{
    private const double Tolerance = 1e-12;
    private const int Layers = 2;
    private const int T = SmallModel.Steps;
    private const int B = SmallModel.Streams;

    public static TheoryData<string, bool, bool> Models()
    {
        var models = new TheoryData<string, bool, bool>();
        foreach (var values in PyTorchValues.All)
            models.Add(values.Cell, values.HasEmbedding, values.Residual);
        return models;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_WithDropoutAndACarriedState_GivesPyTorchsLossAndGradients(
        string cell,
        bool embedding,
        bool residual
    )
    {
        var expected = PyTorchValues.All.Single(v =>
            (v.Cell, v.HasEmbedding, v.Residual) == (cell, embedding, residual)
        );
        var result = RunAsTheProgramDoes(cell, embedding, residual);

        Assert.Equal(expected.Loss, result.Loss, Tolerance);
        AssertThree(expected.Values["logits"], result.Logits);
        AssertThree(expected.Values["last hidden"], result.State.Hidden[Layers - 1]);
        if (cell == "lstm")
            AssertThree(expected.Values["last cell"], result.State.Cell[Layers - 1]);
        foreach ((string name, double[] gradient) in result.Gradients)
            AssertThree(
                expected.Values[name],
                name.Contains("bias_hh") ? gradient[(2 * SmallModel.Hidden)..] : gradient
            );
    }

    private static ReferenceResult RunAsTheProgramDoes(string cell, bool embedding, bool residual)
    {
        var spec = new ReferenceSpec(
            cell,
            SmallModel.Vocabulary,
            SmallModel.Hidden,
            Layers,
            embedding ? SmallModel.Embedding : 0,
            residual
        );
        var model = new ReferenceModel(spec);
        foreach ((string name, double[] tensor) in model.Parameters)
            Fill(tensor, name.Sum(character => character));
        for (int layer = 0; layer < Layers && cell == "gru"; layer++)
            model.Parameters[$"rnn.bias_hh_l{layer}"].AsSpan(0, 2 * SmallModel.Hidden).Clear();

        var state = model.NewState(B);
        for (int layer = 0; layer < Layers; layer++)
        {
            Fill(state.Hidden[layer], 50 + layer);
            Fill(state.Cell[layer], 60 + layer);
        }
        int[] inputs = [.. Enumerable.Range(0, T * B).Select(i => (i * 5 + 2) % SmallModel.Vocabulary)];
        int[] targets = [.. Enumerable.Range(0, T * B).Select(i => (i * 3 + 1) % SmallModel.Vocabulary)];
        return model.Run(inputs, targets, T, B, state, lossScale: 0.25, SmallModel.Dropout);
    }

    private static void Fill(double[] values, int offset)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = ((i * 37 + offset * 11) % 23 - 11) / 16.0;
    }

    private static void AssertThree(double[] expected, double[] values)
    {
        double[] three = [values[0], values[values.Length / 2], values[^1]];
        for (int i = 0; i < three.Length; i++)
            Assert.Equal(expected[i], three[i], Tolerance);
    }
}
