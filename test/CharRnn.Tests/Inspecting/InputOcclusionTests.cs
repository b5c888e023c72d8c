using CharRnn.Inspecting;

namespace CharRnn.Tests;

public sealed class InputOcclusionTests
{
    private const int Symbols = 37,
        Target = 5;

    [Theory]
    [InlineData("lstm", 1)]
    [InlineData("gru", 2)]
    [InlineData("rnn", 3)]
    public void Effects_AreThoseOfReadingTheChangedTextsOneByOne(string cell, int layers)
    {
        using var model = RandomModel.Make(cell, layers: layers);
        int[] ids = RandomModel.Ids(60, Symbols);
        int position = 50;
        foreach (int reach in (int[])[InputAttribution.DefaultReach, 7, 1])
        {
            var effects = InputOcclusion.Of(
                model,
                ids,
                position,
                Target,
                reach,
                cancellationToken: TestContext.Current.CancellationToken
            );
            Assert.Equal(Math.Min(reach, position + 1), effects.Length);
            double asItIs = Bits(model, ids[..(position + 1)]);
            foreach (var effect in effects)
            {
                int[] changed = ids[..(position + 1)];
                Assert.NotEqual(changed[effect.Position], effect.Replacement);
                changed[effect.Position] = effect.Replacement;
                Assert.Equal(Bits(model, changed) - asItIs, effect.Bits, 1e-4);
            }
        }
    }

    [Fact]
    public void Replacement_IsTheCommonestSymbolBeforeIt_OrTheSecondForItself()
    {
        using var model = RandomModel.Make("rnn");
        var effects = InputOcclusion.Of(
            model,
            [7, 7, 7, 9, 9, 4],
            position: 5,
            Target,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal([9, 9, 9, 7, 7, 7], effects.Select(effect => effect.Replacement));
    }

    private static double Bits(LanguageModel model, int[] ids)
    {
        using var session = model.NewSession();
        foreach (int id in ids)
            session.Step([id]);
        float[] logits = session.Logits(0).ToArray();
        double largest = logits.Max();
        return (Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) + largest - logits[Target]) / Math.Log(2);
    }
}
