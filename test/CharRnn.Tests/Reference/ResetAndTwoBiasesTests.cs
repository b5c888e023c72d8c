using CharRnn.Networks;
using CharRnn.Reference;

namespace CharRnn.Tests;

public sealed class ResetAndTwoBiasesTests
{
    private const double Tolerance = 1e-6;
    private const int ResetId = 2;

    public static TheoryData<string> EveryCell() => new(ReferenceCells.All.Keys);

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void Gradients_MatchFiniteDifferences(string cell)
    {
        foreach (bool embedding in new[] { false, true })
        {
            int commonest = new SmallModel(cell, layers: 2, residual: embedding, embedding, twoBiases: true)
                .Inputs.GroupBy(id => id)
                .MaxBy(group => group.Count())!
                .Key;
            var small = new SmallModel(
                cell,
                layers: 2,
                residual: embedding,
                embedding,
                twoBiases: true,
                resetId: commonest
            );
            Assert.InRange(small.Inputs.Count(id => id == commonest), 3, 10);

            var worst = FiniteDifference
                .Compare(
                    () => small.Run(backward: false).Loss,
                    small.Model.Parameters,
                    small.Run().Gradients,
                    samples: LongTests.AllOr(8)
                )
                .MaxBy(comparison => comparison.RelativeError)!;

            Assert.True(worst.RelativeError <= Tolerance, $"{worst}");
        }
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void AWindowWithResets_IsItsPieces_EachFromZero(string cell)
    {
        var model = new SmallModel(cell, layers: 2, resetId: ResetId).Model;
        int[] inputs = [5, 1, ResetId, 3, 4, ResetId, ResetId, 6],
            targets = [1, 3, 3, 4, 0, 6, 6, 5];

        var whole = model.Run(inputs, targets, t: 8, b: 1, model.NewState(1), lossScale: 1);

        ReferenceResult[] pieces =
        [
            .. new[] { 0..2, 2..5, 5..6, 6..8 }.Select(piece =>
                model.Run(inputs[piece], targets[piece], inputs[piece].Length, b: 1, model.NewState(1), lossScale: 1)
            ),
        ];
        Assert.Equal(pieces.SelectMany(piece => piece.Logits), whole.Logits);
        Assert.Equal(pieces[^1].State.Hidden, whole.State.Hidden);
        Assert.Equal(pieces[^1].State.Cell, whole.State.Cell);
        foreach ((string name, double[] gradient) in whole.Gradients)
            for (int i = 0; i < gradient.Length; i++)
                Assert.Equal(pieces.Sum(piece => piece.Gradients[name][i]), gradient[i], 1e-13);
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void TwoBiases_WhoseSumIsTheOne_GiveItsLogitsAndItsGradientTwice(string cell)
    {
        var two = new SmallModel(cell, layers: 2, twoBiases: true);
        var one = new SmallModel(cell, layers: 2).Model;
        int shared = ReferenceCells.All[cell].SharedGates * SmallModel.Hidden;
        foreach ((string name, double[] values) in one.Parameters)
        {
            two.Model.Parameters[name].CopyTo(values, 0);
            for (int i = 0; i < shared && name.StartsWith("rnn.bias_ih"); i++)
                values[i] += two.Model.Parameters[name.Replace("bias_ih", "bias_hh")][i];
        }

        var expected = one.Run(
            two.Inputs,
            two.Targets,
            SmallModel.Steps,
            SmallModel.Streams,
            two.State,
            lossScale: 0.5
        );
        var actual = two.Run();

        Assert.Equal(expected.Logits, actual.Logits);
        Assert.Equal(expected.Gradients["rnn.bias_ih_l1"], actual.Gradients["rnn.bias_ih_l1"]);
        Assert.Equal(expected.Gradients["rnn.bias_ih_l1"][..shared], actual.Gradients["rnn.bias_hh_l1"][..shared]);
    }
}
