using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>The number of threads changes neither weights, losses nor carried states by a single bit.</summary>
public sealed class SameBitsTests
{
    private const int WindowSteps = 6,
        Vocabulary = 27;

    // A bit that differs shows within the first steps, and every fourth begins from a zero state.
    private static readonly int Steps = LongTests.Samples(30, byDefault: 10);

    public static TheoryData<string, int, bool> EveryCellDepthAndInput()
    {
        var cases = new TheoryData<string, int, bool>();
        foreach (var cell in CellCatalog.All)
        foreach (int layers in new[] { 1, 3 })
        foreach (bool embedding in new[] { false, true })
            cases.Add(cell.Name, layers, embedding);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellDepthAndInput))]
    public void ManySteps_WithOneTwoAndFiveWorkers_GiveTheSameBits(string cell, int layers, bool embedding)
    {
        // By default three of nine, so that every cell has all of them between its depths and inputs, and every case
        // has each number of streams and units.
        var combinations =
            from streams in new[] { 1, 7, 50 }.Index()
            from hidden in new[] { 13, 100, 128 }.Index()
            orderby (hidden.Index + streams.Index) % 3
            select (Streams: streams.Item, Hidden: hidden.Item, Place: (streams.Index * 3) + hidden.Index);
        int turn = (layers / 3) + (embedding ? 2 : 0);
        foreach (var threeOfNine in LongTests.Share(combinations.Chunk(3), turn, of: 3))
        {
            foreach (var (streams, hidden, combination) in threeOfNine)
            {
                var spec = new ModelSpec
                {
                    Cell = cell,
                    VocabularySize = Vocabulary,
                    HiddenSize = hidden,
                    NumLayers = layers,
                    EmbeddingSize = embedding ? 5 : 0,
                    Residual = true,
                    Dropout = 0.3,
                };
                // Optimisers take turns, so that each meets each cell.
                string optimizer = OptimizerSettings.Names[combination % OptimizerSettings.Names.Count];
                float[] alone = Train(spec, streams, optimizer, workers: 1);
                foreach (int workers in new[] { 2, 5 })
                    Bits.AssertSame(
                        alone,
                        Train(spec, streams, optimizer, workers),
                        $"B={streams}, H={hidden}, {optimizer}, {workers} workers"
                    );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Architectures.OfEveryCell), MemberType = typeof(Architectures))]
    public void ActivationsAndProjections_WithAnyNumberOfWorkers_GiveTheSameBits(string cell, string architecture)
    {
        foreach (int streams in LongTests.Share([1, 7, 17], Architectures.Turn(cell, architecture), of: 3))
        {
            var spec = new ModelSpec
            {
                Cell = cell,
                VocabularySize = Vocabulary,
                HiddenSize = 40,
                EmbeddingSize = 5,
                Dropout = 0.3,
                OutputDropout = 0.3,
            }.In(architecture);
            float[] alone = Train(spec, streams, "adam", workers: 1, steps: 8);
            foreach (int workers in new[] { 2, 3, 5 })
                Bits.AssertSame(
                    alone,
                    Train(spec, streams, "adam", workers, steps: 8),
                    $"{architecture}, B={streams}, {workers} workers"
                );
        }
    }

    [Theory]
    // More members in a crew than panels of projected numbers; and a wide projection of two tiles, with a worker that
    // has none.
    [InlineData(24, 16)]
    [InlineData(300, 49)]
    public void LargeProjectedLayers_WhoseUnitsAreShared_GiveTheSameBitsToo(int projection, int streams)
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = Vocabulary,
            HiddenSize = 272,
            EmbeddingSize = 5,
            Dropout = 0.3,
            OutputDropout = 0.3,
        }.In(Architectures.Everything) with
        {
            ProjectionSize = projection,
        };
        float[] alone = Train(spec, streams, "adam", workers: 1, steps: 4);
        foreach (int workers in new[] { 2, 3, 5 })
            Bits.AssertSame(
                alone,
                Train(spec, streams, "adam", workers, steps: 4),
                $"P={projection}, {workers} workers"
            );
    }

    [Fact]
    public void LargeLayers_WhoseTilesAreTaller_GiveTheSameBitsToo()
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = Vocabulary,
            HiddenSize = 272,
            EmbeddingSize = 5,
            NumLayers = 2,
            Dropout = 0.3,
        };
        float[] alone = Train(spec, 49, "adam", workers: 1, steps: 4);
        foreach (int workers in new[] { 3, 5 })
            Bits.AssertSame(alone, Train(spec, 49, "adam", workers, steps: 4), $"H=272, {workers} workers");
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("gru")]
    [InlineData("lstm")]
    public void StatesThatBeginAnew_AndTwoBiases_GiveTheSameBitsToo(string cell)
    {
        // By default two of six, so that the cells have them all between them.
        var sizes = from hidden in new[] { 13, 150 } from streams in new[] { 1, 7, 50 } select (streams, hidden);
        int turn = CellCatalog.All.TakeWhile(known => known.Name != cell).Count();
        foreach (var (streams, hidden) in LongTests.Share(sizes, turn, of: 3))
        {
            // One symbol in three, since the ids of a run are drawn from few.
            var spec = new ModelSpec
            {
                Cell = cell,
                VocabularySize = 3,
                HiddenSize = hidden,
                NumLayers = 2,
                EmbeddingSize = hidden % 2 * 5,
                Dropout = 0.3,
                ResetId = 1,
                Biases = BiasMode.Double,
            };
            float[] alone = Train(spec, streams, "adam", workers: 1, steps: 6);
            foreach (int workers in new[] { 2, 5 })
                Bits.AssertSame(
                    alone,
                    Train(spec, streams, "adam", workers, steps: 6),
                    $"B={streams}, H={hidden}, {workers} workers"
                );
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 3)]
    [InlineData(0, 20)]
    public void Labels_WithAnyNumberOfWorkers_GiveTheSameBitsToo(int embedding, int labelEmbedding)
    {
        foreach (int streams in new[] { 1, 50 })
        {
            var spec = new ModelSpec
            {
                Cell = "gru",
                VocabularySize = Vocabulary,
                HiddenSize = 40,
                NumLayers = 2,
                EmbeddingSize = embedding,
                LabelCount = 5,
                LabelEmbeddingSize = labelEmbedding,
                Dropout = 0.3,
            };
            float[] alone = Train(spec, streams, "adam", workers: 1, steps: 6);
            foreach (int workers in new[] { 2, 5 })
                Bits.AssertSame(
                    alone,
                    Train(spec, streams, "adam", workers, steps: 6),
                    $"B={streams}, {workers} workers"
                );
        }
    }

    [Fact]
    public void LookingAtTheGates_ChangesNoBit()
    {
        var spec = new ModelSpec
        {
            Cell = "lstm",
            VocabularySize = Vocabulary,
            HiddenSize = 13,
            NumLayers = 2,
            EmbeddingSize = 5,
            Dropout = 0.3,
        };
        Bits.AssertSame(
            Train(spec, 7, "adam", workers: 2),
            Train(spec, 7, "adam", workers: 2, looksAtGates: true),
            "looked at"
        );
    }

    [Fact]
    public void LogitsTakenInSeveralGroups_GiveTheSameBitsToo()
    {
        var spec = new ModelSpec
        {
            Cell = "rnn",
            VocabularySize = 66_000,
            HiddenSize = 3,
            EmbeddingSize = 2,
        };
        Bits.AssertSame(
            Train(spec, 7, "adagrad", workers: 1, steps: 2),
            Train(spec, 7, "adagrad", workers: 3, steps: 2),
            "V=66000"
        );
    }

    [Fact]
    public void TheSameRun_Repeated_GivesTheSameBits_AndAnotherDropoutSeedWouldNot()
    {
        var spec = new ModelSpec
        {
            Cell = "lstm",
            VocabularySize = Vocabulary,
            HiddenSize = 13,
            NumLayers = 2,
            EmbeddingSize = 5,
            Dropout = 0.3,
        };
        float[] once = Train(spec, 7, "adam", workers: 2);

        Bits.AssertSame(once, Train(spec, 7, "adam", workers: 2), "repeated");
        Assert.NotEqual(once, Train(spec with { Dropout = 0.2 }, 7, "adam", workers: 2));
    }

    /// <summary>
    /// The bits of everything that training leaves: losses and norms, weights, moments and carried states.
    /// </summary>
    private static float[] Train(
        ModelSpec spec,
        int streams,
        string optimizer,
        int workers,
        int? steps = null,
        bool looksAtGates = false
    )
    {
        using var team = new WorkerTeam(workers);
        var settings = new OptimizerSettings { Name = optimizer, WeightDecay = 0.01 };
        using var run = new TrainingRun(
            spec,
            WindowSteps,
            streams,
            settings,
            team,
            clip: new ClipLimits(Norm: 0.5, Element: 0.05)
        );
        var left = new List<float>();
        for (int step = 0; step < (steps ?? Steps); step++)
        {
            run.Pass.MeasuresSaturation = looksAtGates;
            var result = run.Step();
            Assert.True(result.Updated);
            foreach (double number in new[] { result.Loss, result.GradientNorm })
            {
                long bits = BitConverter.DoubleToInt64Bits(number);
                left.Add(BitConverter.Int32BitsToSingle((int)bits));
                left.Add(BitConverter.Int32BitsToSingle((int)(bits >> 32)));
            }
        }
        left.AddRange(run.WeightBits);
        foreach (var moment in run.Training.Moments)
            left.AddRange(moment.Span(0, (int)moment.Length));
        var state = run.Pass.Window.CopyState();
        for (int layer = 0; layer < state.Layers; layer++)
        {
            left.AddRange(state.Hidden(layer));
            if (state.HasCell)
                left.AddRange(state.Cell(layer));
        }
        return [.. left];
    }
}
