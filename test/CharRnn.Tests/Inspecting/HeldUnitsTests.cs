using CharRnn.Inspecting;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class HeldUnitsTests
{
    private const int Hidden = 37;
    private static readonly int[] Text = [3, 1, 4, 1, 5, 9, 2, 6];

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void WithoutAHeldUnit_TheTextIsTheOrdinaryOne(string cell)
    {
        using var model = RandomModel.Make(cell, hidden: Hidden, layers: 2);
        var options = new SamplingOptions { Seed = 3 };
        using var tree = new WritingTree(model, Text, options, held: []);
        int node = 0;
        for (int i = 0; i < 30; i++)
            node = tree.Choose(node);
        Assert.Equal(new TextGenerator(model).Ids(Text, options).Take(30), tree.TextOf(node));
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void SilencingALayer_IsANetworkThatGivesItNoWeight(string cell)
    {
        using var model = RandomModel.Make(cell, hidden: Hidden, layers: 2);
        float[] silenced = Logits(
            model,
            [.. Enumerable.Range(0, Hidden).Select(unit => new HeldUnit(0, unit, 0))],
            threads: 1
        );
        foreach (var tensor in model.Layout.Tensors.Where(tensor => tensor.Name == "rnn.weight_ih_l1"))
            tensor.CopyTo(new float[tensor.Count], model.Weights);
        Assert.Equal(Logits(model, [], threads: 1), silenced);
    }

    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void AHeldUnit_HasItsValueAfterEveryStep_ForAnyNumberOfThreads(string cell)
    {
        // Large enough for threads to share the units of one stream.
        using var model = RandomModel.Make(cell, hidden: 400, layers: 2);
        HeldUnit[] held = [new(0, 399, 0.75f), new(1, 0, -0.5f), new(1, 200, 0)];
        using var session = model.NewSession();
        session.Observe(new HeldUnits(model.Spec, held));
        foreach (int id in Text)
        {
            session.Step(id);
            var state = session.CopyState();
            Assert.All(held, unit => Assert.Equal(unit.Value, state.Hidden(unit.Layer)[unit.Unit]));
        }
        Assert.Equal(Logits(model, held, threads: 1), Logits(model, held, threads: 2));
        Assert.NotEqual(Logits(model, [], threads: 1), Logits(model, held, threads: 1));
    }

    [Theory]
    [InlineData(2, 0, 0f)]
    [InlineData(-1, 0, 0f)]
    [InlineData(0, Hidden, 0f)]
    [InlineData(0, 0, float.NaN)]
    public void AUnitThatIsNotThere_OrAValueThatIsNone_IsRefused(int layer, int unit, float value)
    {
        using var model = RandomModel.Make(hidden: Hidden, layers: 2);
        Assert.Throws<SettingsException>(() => new HeldUnits(model.Spec, [new(layer, unit, value)]));
    }

    private static float[] Logits(LanguageModel model, HeldUnit[] held, int threads)
    {
        using var session = model.NewSession(streams: 1, threads);
        session.Observe(new HeldUnits(model.Spec, held));
        foreach (int id in Text)
            session.Step([id]);
        return session.Logits(0).ToArray();
    }
}
