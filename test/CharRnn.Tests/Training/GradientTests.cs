using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>
/// Loss, gradients and carried state of the engine against the double reference: every cell in the catalogue, every
/// depth, kind of input, residual or not, with dropout and without, at sizes off every tile.
/// </summary>
public sealed class GradientTests
{
    private const double Tolerance = 1e-4,
        Floor = 1e-3;
    private const double DropoutRate = 0.3,
        OutputDropoutRate = 0.4;
    private const ulong DropoutSeed = 77;
    private const long Step = 5;

    /// <summary>The sizes of a case; E counts where there is an embedding.</summary>
    public sealed record Sizes(string Why, int V, int H, int E, int B, int T)
    {
        public override string ToString() => $"{Why}: V={V} H={H} E={E} B={B} T={T}";
    }

    private static readonly Sizes[] AllSizes =
    [
        new("everything odd", V: 27, H: 13, E: 5, B: 7, T: 9),
        new("one stream, one step", V: 27, H: 13, E: 5, B: 1, T: 1),
        new("no padding at all", V: 16, H: 16, E: 16, B: 8, T: 3),
        new("two tiles of unlike size", V: 30, H: 33, E: 17, B: 17, T: 5),
        new("more symbols than positions", V: 100, H: 9, E: 3, B: 3, T: 4),
        new("four tiles", V: 11, H: 5, E: 3, B: 33, T: 3),
        new("more rows in a tile than a block of terms", V: 11, H: 5, E: 3, B: 15, T: 20),
    ];

    public static TheoryData<string, int> EveryCellAtEverySize()
    {
        var cases = new TheoryData<string, int>();
        foreach (var cell in CellCatalog.All)
            for (int size = 0; size < AllSizes.Length; size++)
                cases.Add(cell.Name, size);
        return cases;
    }

    public static TheoryData<string> EveryCell() => [.. CellCatalog.All.Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(EveryCellAtEverySize))]
    public void LossGradientsAndState_AreThoseOfTheDoubleReference(string cell, int size)
    {
        bool[] noAndYes = [false, true];
        var combinations =
            from layers in new[] { 1, 2, 3 }
            from residual in noAndYes
            from embedding in noAndYes
            from dropout in noAndYes
            select (layers, residual, embedding, dropout);
        // By default a third of them, so that every cell has them all between its sizes.
        foreach (var (layers, residual, embedding, dropout) in LongTests.Share(combinations, turn: size, of: 3))
            AssertMatches(
                Spec(cell, AllSizes[size], layers, residual, embedding, dropout),
                AllSizes[size],
                lossScale: 1
            );
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void WithMoreHiddenUnitsThanABlockOfTerms_GradientsMatchToo(string cell)
    {
        var sizes = new Sizes("a long sum", V: 9, H: 260, E: 3, B: 3, T: 2);
        AssertMatches(
            Spec(cell, sizes, layers: 2, residual: true, embedding: true, dropout: true),
            sizes,
            lossScale: 1
        );
    }

    [Theory]
    [MemberData(nameof(EveryCellAtEverySize))]
    public void WithTwoBiases_GradientsMatchToo_AndBothHalvesOfASumHaveTheSame(string cell, int size)
    {
        foreach (bool embedding in new[] { false, true })
            AssertMatches(
                Spec(cell, AllSizes[size], layers: 2, residual: true, embedding, dropout: true) with
                {
                    Biases = BiasMode.Double,
                },
                AllSizes[size],
                lossScale: 1
            );
    }

    [Theory]
    [MemberData(nameof(EveryCellAtEverySize))]
    public void WithStatesThatBeginAnew_GradientsMatchToo(string cell, int size)
    {
        foreach (bool embedding in new[] { false, true })
            AssertMatches(
                Spec(cell, AllSizes[size], layers: 3, residual: embedding, embedding, dropout: embedding) with
                {
                    ResetId = 3,
                },
                AllSizes[size],
                lossScale: 1
            );
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void WithStatesThatBeginAnew_InTilesThatACrewShares_GradientsMatchToo(string cell)
    {
        var sizes = new Sizes("a crew", V: 9, H: 150, E: 3, B: 7, T: 6);
        var spec = Spec(cell, sizes, layers: 2, residual: false, embedding: true, dropout: false) with
        {
            ResetId = 3,
            Biases = BiasMode.Double,
        };
        Assert.True(ScanPlan.MaxWorkers(spec, new StreamTiles(sizes.T, sizes.B)) > 1);

        AssertMatches(spec, sizes, lossScale: 1);
    }

    [Theory]
    [MemberData(nameof(EveryCellAtEverySize))]
    public void WithLabelsBesideSymbols_GradientsMatchToo(string cell, int size)
    {
        var inputs =
            from embedding in new[] { false, true }
            from labelEmbedding in new[] { 0, 3, 17 }
            select (embedding, labelEmbedding);
        // By default two of six, so that every cell has them all between its sizes.
        foreach (var (embedding, labelEmbedding) in LongTests.Share(inputs, turn: size, of: 3))
        {
            var spec = Spec(cell, AllSizes[size], layers: 2, residual: embedding, embedding, dropout: true) with
            {
                LabelCount = 5,
                LabelEmbeddingSize = labelEmbedding,
            };
            AssertMatches(
                spec with
                {
                    ResetId = 3,
                    Biases = embedding ? BiasMode.Double : BiasMode.Single,
                },
                AllSizes[size],
                lossScale: 1
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void WithAsManyLabelsAs_GradientsMatchToo(int labels)
    {
        var spec = Spec("lstm", AllSizes[0], layers: 1, residual: false, embedding: true, dropout: false);
        AssertMatches(
            spec with
            {
                LabelCount = labels,
                LabelEmbeddingSize = 33,
                EmbeddingActivation = Activation.Tanh,
            },
            AllSizes[0],
            lossScale: 1
        );
    }

    [Fact]
    public void WithAVocabularyWhoseLogitsAreTakenInSeveralGroups_GradientsMatchToo()
    {
        var sizes = new Sizes("logits in groups", V: 66_000, H: 3, E: 2, B: 7, T: 6);
        var spec = Spec("gru", sizes, layers: 1, residual: false, embedding: true, dropout: false);
        using var twin = new EngineTwin(spec);
        using var team = new WorkerTeam(2);
        using var pass = new LanguageModelPass(twin.Layout, twin.Weights, sizes.T, sizes.B, team);
        Assert.True(pass.Window.Head.GroupCount > 1);

        AssertMatches(spec, sizes, lossScale: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void OfTheTutorialsNetwork_InItsOwnSizes_GradientsMatchToo(int streams)
    {
        var sizes = new Sizes("the name generator", V: 59, H: 128 + 59, E: 0, B: streams, T: 12);
        var spec = Spec("linear", sizes, layers: 1, residual: false, embedding: false, dropout: false);
        AssertMatches(
            spec with
            {
                FeedbackSize = 128,
                LogitDropout = 0.1,
                LabelCount = 18,
                ResetId = 3,
                ConditionOnFirstSymbol = true,
            },
            sizes,
            lossScale: 1
        );
    }

    [Fact]
    public void UnitsThatAreNotFedBack_InTilesThatACrewShares_GradientsMatchToo()
    {
        var sizes = new Sizes("a crew", V: 9, H: 150, E: 3, B: 7, T: 6);
        var spec = Spec("gru", sizes, layers: 2, residual: false, embedding: true, dropout: false) with
        {
            FeedbackSize = 20,
            ResetId = 3,
            ConditionOnFirstSymbol = true,
        };
        Assert.True(ScanPlan.MaxWorkers(spec, new StreamTiles(sizes.T, sizes.B)) > 1);

        AssertMatches(spec, sizes, lossScale: 1);
    }

    [Fact]
    public void LossScale_ScalesEveryGradient_AndNotTheLoss()
    {
        var sizes = AllSizes[0];
        AssertMatches(
            Spec("lstm", sizes, layers: 2, residual: true, embedding: true, dropout: true),
            sizes,
            lossScale: 0.25f
        );
    }

    [Fact]
    public void AWindowThatDoesNotCarryItsState_StartsFromZero()
    {
        var sizes = AllSizes[0];
        var spec = Spec("lstm", sizes, layers: 2, residual: false, embedding: true, dropout: false);
        AssertMatches(spec, sizes, lossScale: 1, carryState: false);
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void WithActivationsAndProjections_GradientsMatchToo(string cell, string architecture)
    {
        var combinations = from sizes in AllSizes from dropout in new[] { false, true } select (sizes, dropout);
        foreach (var (sizes, dropout) in LongTests.Share(combinations, Architectures.Turn(cell, architecture), of: 4))
        {
            var spec = Spec(cell, sizes, layers: 1, residual: false, embedding: true, dropout).In(architecture);
            AssertMatches(spec with { OutputDropout = dropout ? OutputDropoutRate : 0 }, sizes, lossScale: 1);
        }
    }

    [Theory]
    [InlineData(250, 1)]
    [InlineData(24, 16)]
    public void WithProjectionsOfLargeLayers_WhoseUnitsAreShared_GradientsMatchToo(int projection, int streams)
    {
        var sizes = new Sizes("a long sum", V: 9, H: 272, E: 3, B: streams, T: 3);
        var spec = Spec("gru", sizes, layers: 1, residual: false, embedding: true, dropout: true)
            .In(Architectures.Everything);
        AssertMatches(
            spec with
            {
                ProjectionSize = projection,
                OutputDropout = OutputDropoutRate,
            },
            sizes,
            lossScale: 1
        );
    }

    private static ModelSpec Spec(string cell, Sizes sizes, int layers, bool residual, bool embedding, bool dropout) =>
        new()
        {
            Cell = cell,
            VocabularySize = sizes.V,
            HiddenSize = sizes.H,
            NumLayers = layers,
            EmbeddingSize = embedding ? sizes.E : 0,
            Residual = residual,
            Dropout = dropout ? DropoutRate : 0,
        };

    private static void AssertMatches(ModelSpec spec, Sizes sizes, float lossScale, bool carryState = true)
    {
        string what =
            $"{spec.Cell}, {sizes}, L={spec.NumLayers}, residual {spec.Residual}, E={spec.EmbeddingSize}, "
            + $"dropout {spec.Dropout}, P={spec.ProjectionSize}, activations {spec.EmbeddingActivation} and "
            + $"{spec.HeadActivation}, {spec.Biases} biases, reset {spec.ResetId}, {spec.LabelCount} labels of "
            + $"{spec.LabelEmbeddingSize}, feedback {spec.FeedbackSize}, given starts "
            + $"{spec.ConditionOnFirstSymbol}, logit dropout {spec.LogitDropout}";
        using var twin = new EngineTwin(spec);
        int[] inputs = EngineTwin.Ids(sizes.T * sizes.B, sizes.V, seed: 3),
            targets = EngineTwin.Ids(sizes.T * sizes.B, sizes.V, seed: 4);
        int[] labels = spec.LabelCount > 0 ? EngineTwin.Ids(inputs.Length, spec.LabelCount, seed: 6) : [];
        if (spec.ResetId is { } resetId)
            inputs = [.. inputs.Select((id, i) => i % 5 is 0 or 3 ? resetId : id)];
        var (state, referenceState) = twin.NewState(sizes.B);
        var tiles = new StreamTiles(sizes.T, sizes.B);
        Dropout[] masks =
        [
            .. Enumerable
                .Range(0, spec.NumLayers)
                .Select(layer => new Dropout(spec.DropoutAfter(layer), DropoutSeed, Step, layer)),
        ];

        var outputMask = new Dropout(spec.OutputDropout, DropoutSeed, Step, spec.NumLayers);
        var logitMask = new Dropout(spec.LogitDropout, DropoutSeed, Step, spec.NumLayers + 1);
        var reference = twin.Model.Run(
            inputs,
            targets,
            sizes.T,
            sizes.B,
            carryState ? referenceState : twin.Model.NewState(sizes.B),
            lossScale,
            (layer, t, b, unit) => masks[layer].Multiplier(tiles.RowOf(t, b), unit),
            outputDropout: (t, b, unit) => outputMask.Multiplier(tiles.RowOf(t, b), unit),
            labels: labels,
            logitDropout: (t, b, symbol) => logitMask.Multiplier(tiles.RowOf(t, b), symbol)
        );

        float[]? bitsOfOneWorker = null;
        foreach (int workers in new[] { 1, 3 })
        {
            using var team = new WorkerTeam(workers);
            using var pass = new LanguageModelPass(twin.Layout, twin.Weights, sizes.T, sizes.B, team);
            pass.Window.SetState(state);
            pass.Prepare(inputs, targets, carryState, lossScale, DropoutSeed, Step, labels);
            team.Run(new OneWindow(pass, team));

            AssertNear([reference.Loss / lossScale], [pass.TotalLoss()], $"{what}: loss");
            foreach (var tensor in twin.Layout.Tensors)
            {
                double[] computed = Array.ConvertAll(tensor.CopyFrom(pass.Gradients), value => (double)value);
                AssertNear(EngineTwin.OfTensor(reference.Gradients, tensor), computed, $"{what}: {tensor.Name}");
            }
            AssertStateNear(reference.State, pass.Window.CopyState(), what);

            float[] bits = pass.Gradients.Span(0, (int)pass.Gradients.Length).ToArray();
            Bits.AssertSame(bitsOfOneWorker ?? bits, bits, $"{what}: gradients with {workers} workers");
            bitsOfOneWorker ??= bits;
        }
    }

    private static void AssertStateNear(ReferenceState expected, NetworkState actual, string what)
    {
        for (int layer = 0; layer < actual.Layers; layer++)
        {
            AssertNear(
                expected.Hidden[layer],
                Array.ConvertAll(actual.Hidden(layer).ToArray(), value => (double)value),
                $"{what}: h of layer {layer}"
            );
            if (actual.HasCell)
                AssertNear(
                    expected.Cell[layer],
                    Array.ConvertAll(actual.Cell(layer).ToArray(), value => (double)value),
                    $"{what}: c of layer {layer}"
                );
        }
    }

    private static void AssertNear(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(actual.All(double.IsFinite), $"{what}: not finite");
        double scale = Math.Max(Floor, expected.Max(Math.Abs));
        double difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(
            difference <= Tolerance * scale,
            $"{what}: differs by {difference:E2}, where the largest is {scale:E2}"
        );
    }

    /// <summary>One window's loss and gradients, the weights having just been set.</summary>
    private sealed class OneWindow(LanguageModelPass pass, WorkerTeam team) : ITeamWork
    {
        public void Execute(int worker)
        {
            pass.RefreshTransposedWeights(worker);
            team.SignalAndWait();
            pass.Execute(worker);
        }
    }
}
