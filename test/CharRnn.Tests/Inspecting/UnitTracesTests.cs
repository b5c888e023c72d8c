using CharRnn.Datasets;
using CharRnn.Inspecting;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class UnitTracesTests
{
    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void States_HaveTheBitsOfSingleSteps(string cell)
    {
        foreach (bool residual in new[] { false, true })
        {
            using var model = RandomModel.Make(cell, layers: 3, residual: residual);
            AssertSameBits(model);
        }
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void States_WithActivationsAndProjections_HaveTheBitsOfSingleSteps(string cell, string architecture)
    {
        using var model = RandomModel.MakeIn(architecture, cell);
        AssertSameBits(model);
    }

    [Fact]
    public void Gates_OfAnLstm_MakeItsStates()
    {
        using var model = RandomModel.Make("lstm", layers: 2);
        string[] names = ["input", "forget", "candidate", "output", "cell", "hidden"];
        UnitId[] units = [.. names.Select(name => new UnitId(1, 7, UnitSignal.Parse(name, model.Spec)))];
        float[][] values = Trace(model, RandomModel.Ids(150, 37), units).Values;
        for (int t = 1; t < 150; t++)
        {
            double cell = (values[1][t] * (double)values[4][t - 1]) + (values[0][t] * (double)values[2][t]);
            Assert.Equal(cell, values[4][t], 1e-5);
            Assert.Equal(values[3][t] * Math.Tanh(cell), values[5][t], 1e-5);
            Assert.InRange(values[5][t], -1f, 1f);
        }
    }

    [Fact]
    public void Bits_AddUpToTheEvaluatorsFigure()
    {
        using var model = RandomModel.Make();
        int[] ids = RandomModel.Ids(200, 37);
        var expected = Trace(model, ids, []).Expected;
        using var evaluator = new Evaluator(model);
        var packed = SymbolIds.Pack(ids, 37);
        var result = evaluator.Run(
            packed,
            new IdRange(0, ids.Length),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(result.BitsPerChar, expected.Average(e => e.Bits)!.Value, 1e-5);
        Assert.Null(expected[^1].Bits);
        Assert.All(expected, e => Assert.Equal(10, e.Likeliest.Count));
        Assert.All(
            expected,
            e => Assert.Equal(e.Likeliest.OrderByDescending(candidate => candidate.Probability), e.Likeliest)
        );
    }

    [Fact]
    public void Windows_OfAnyLength_GiveTheSameBits()
    {
        using var model = RandomModel.Make(layers: 2);
        var ids = SymbolIds.Pack(RandomModel.Ids(130, 37), 37);
        var all = new[] { 1, 7, 64, 200 }.Select(steps =>
        {
            var values = new Recorded();
            using var scan = new UnitScan(model, steps: steps);
            scan.Run(ids, new IdRange(0, 130), values, cancellationToken: TestContext.Current.CancellationToken);
            return values.ByPlace.OrderBy(pair => pair.Key).SelectMany(pair => pair.Value).ToArray();
        });
        Assert.Single(
            all.Select(values => Convert.ToHexString(values.SelectMany(BitConverter.GetBytes).ToArray())).Distinct()
        );
    }

    private static void AssertSameBits(LanguageModel model)
    {
        int[] ids = RandomModel.Ids(100, 37);
        var (layers, hidden) = (model.Spec.NumLayers, model.Spec.HiddenSize);
        UnitId[] units =
        [
            .. from layer in Enumerable.Range(0, layers)
            from signal in UnitSignal.StatesOf(model.Spec)
            from unit in Enumerable.Range(0, hidden)
            select new UnitId(layer, unit, signal),
        ];
        float[][] values = Trace(model, ids, units).Values;
        using var session = model.NewSession();
        for (int t = 0; t < ids.Length; t++)
        {
            session.Step(ids[t]);
            var state = session.CopyState();
            for (int i = 0; i < units.Length; i++)
            {
                var (layer, unit, signal) = units[i];
                float single = signal == UnitSignal.Hidden ? state.Hidden(layer)[unit] : state.Cell(layer)[unit];
                Assert.Equal(BitConverter.SingleToInt32Bits(single), BitConverter.SingleToInt32Bits(values[i][t]));
            }
        }
    }

    private static UnitTraces Trace(LanguageModel model, int[] ids, UnitId[] units) =>
        UnitTraces.Of(
            model,
            SymbolIds.Pack(ids, model.Spec.VocabularySize),
            new IdRange(0, ids.Length),
            units,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private sealed class Recorded : IUnitVisitor
    {
        public Dictionary<(int Layer, long Position), float[]> ByPlace { get; } = [];

        public void Visit(int layer, long position, UnitStep step) =>
            ByPlace.Add((layer, position), [.. step.Of(UnitSignal.Hidden), .. step.Of(UnitSignal.Cell)]);
    }
}
