using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>
/// A training step allocates nothing, on the calling thread or on any worker. A background collection makes the runtime
/// count what is left of a thread's current allocation block as allocated; so nothing else runs beside these tests, and
/// each ends the collections before it measures.
/// </summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int WarmUpSteps = 10,
        MeasuredSteps = 100;

    public static TheoryData<string, int> EveryCellAndTeam()
    {
        var cases = new TheoryData<string, int>();
        foreach (var cell in CellCatalog.All)
        foreach (int workers in new[] { 1, 2, 5 })
            cases.Add(cell.Name, workers);
        return cases;
    }

    [Theory]
    [MemberData(nameof(EveryCellAndTeam))]
    public void AHundredSteps_AllocateNothing_OnAnyWorker(string cell, int workers)
    {
        using var team = new WorkerTeam(workers);
        // By default every other one, so that each meets each cell and, between the cells, each team.
        int turn = CellCatalog.All.TakeWhile(known => known.Name != cell).Count() + (workers / 2);
        foreach (string optimizer in LongTests.Share(OptimizerSettings.Names, turn, of: 2))
        {
            // With and without embedding, so that every path is walked.
            int embedding = optimizer.Length % 2 * 5;
            var spec = new ModelSpec
            {
                Cell = cell,
                VocabularySize = 27,
                HiddenSize = 13,
                NumLayers = 2,
                EmbeddingSize = embedding,
                Residual = true,
                Dropout = 0.3,
                Biases = embedding > 0 ? BiasMode.Double : BiasMode.Single,
                ResetId = embedding > 0 ? 3 : null,
            };
            AssertAllocatesNothing(spec, new OptimizerSettings { Name = optimizer }, team);
        }
    }

    private static void AssertAllocatesNothing(ModelSpec spec, OptimizerSettings optimizer, WorkerTeam team)
    {
        using var run = new TrainingRun(spec, steps: 5, streams: 17, optimizer, team, clip: new ClipLimits(1, 0.1));
        run.Pass.MeasuresSaturation = spec.EmbeddingSize > 0;
        for (int step = 0; step < WarmUpSteps; step++)
            Step(run);
        var counter = new AllocationCounter(team);

        counter.Start();
        for (int step = 0; step < MeasuredSteps; step++)
            Step(run);
        long[] bytes = counter.Stop();

        Assert.All(bytes, allocated => Assert.Equal(0, allocated));
    }

    [Theory]
    [MemberData(nameof(Architectures.Names), MemberType = typeof(Architectures))]
    public void AHundredSteps_InEveryArchitecture_AllocateNothing(string architecture)
    {
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = 27,
            HiddenSize = 13,
            EmbeddingSize = 5,
            Dropout = 0.3,
            OutputDropout = 0.3,
        }.In(architecture);
        foreach (int workers in new[] { 1, 5 })
        {
            using var team = new WorkerTeam(workers);
            AssertAllocatesNothing(spec, new OptimizerSettings { Name = "adam" }, team);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 3)]
    public void AHundredSteps_WithLabels_AllocateNothing(int embedding, int labelEmbedding)
    {
        var spec = new ModelSpec
        {
            Cell = "lstm",
            VocabularySize = 27,
            HiddenSize = 13,
            EmbeddingSize = embedding,
            LabelCount = 4,
            LabelEmbeddingSize = labelEmbedding,
            ResetId = 3,
        };
        using var team = new WorkerTeam(2);
        AssertAllocatesNothing(spec, new OptimizerSettings { Name = "adam" }, team);
    }

    [Theory]
    [InlineData("gru", Pooling.Last, 1)]
    [InlineData("lstm", Pooling.Attention, 3)]
    [InlineData("rnn", Pooling.Mean, 2)]
    public void AHundredSteps_OnBatchesOfSeveralShapes_AllocateNothing_OnceEachHasCome(
        string cell,
        Pooling pooling,
        int workers
    )
    {
        var spec = new ClassifierSpec
        {
            Cell = cell,
            VocabularySize = 27,
            LabelCount = 5,
            HiddenSize = 13,
            EmbeddingSize = 5,
            NumLayers = 2,
            Pooling = pooling,
            Dropout = 0.3,
            OutputDropout = 0.3,
            EmbeddingDropout = 0.1,
            Biases = BiasMode.Double,
        };
        using var twin = new ClassifierTwin(spec);
        using var team = new WorkerTeam(workers);
        using var pass = new ClassifierPass(twin.Engine.Layout, twin.Engine.Weights, team);
        using var training = new TrainingStep(
            pass,
            Optimizer.Create(new OptimizerSettings()),
            new ClipLimits(1, 0.1),
            team
        );
        PaddedBatch[] batches =
        [
            .. new[] { (5, 17), (2, 3), (9, 33), (9, 17) }.Select(shape => new PaddedBatch(
                ClassifierTwin.Records(spec, shape.Item1, shape.Item2)
            )),
        ];
        void Step(int step)
        {
            pass.Prepare(batches[step % batches.Length].View, labelSmoothing: 0.1, dropoutSeed: 9, step + 1);
            training.Run(step + 1, 0.01, double.PositiveInfinity);
        }
        for (int step = 0; step < WarmUpSteps; step++)
            Step(step);
        var counter = new AllocationCounter(team);

        counter.Start();
        for (int step = 0; step < MeasuredSteps; step++)
            Step(step);

        Assert.All(counter.Stop(), allocated => Assert.Equal(0, allocated));
    }

    private static void Step(TrainingRun run)
    {
        run.Step();
        _ = run.Training.Health();
    }

    [Fact]
    public void TheCounter_SeesAnAllocationOnEachWorker()
    {
        using var team = new WorkerTeam(3);
        var counter = new AllocationCounter(team);

        counter.Start();
        team.Run(new Allocating());

        Assert.All(counter.Stop(), bytes => Assert.InRange(bytes, 1000, 2000));
    }

    /// <summary>Bytes allocated on each worker's own thread since the start.</summary>
    private sealed class AllocationCounter : ITeamWork
    {
        private readonly WorkerTeam _team;
        private readonly long[] _bytes;

        public AllocationCounter(WorkerTeam team)
        {
            (_team, _bytes) = (team, new long[team.Count]);
            // Once for practice: the first call of anything may allocate.
            Start();
            Stop();
        }

        public void Start()
        {
            GC.Collect();
            Array.Clear(_bytes);
            CountOnAll();
        }

        public long[] Stop()
        {
            CountOnAll();
            return _bytes;
        }

        /// <summary>Short steps may have left the first worker alone.</summary>
        private void CountOnAll()
        {
            bool wasAlone = _team.IsAlone;
            _team.IsAlone = false;
            _team.Run(this);
            _team.IsAlone = wasAlone;
        }

        public void Execute(int worker) => _bytes[worker] = GC.GetAllocatedBytesForCurrentThread() - _bytes[worker];
    }

    private sealed class Allocating : ITeamWork
    {
        private readonly byte[]?[] _kept = new byte[3][];

        public void Execute(int worker) => _kept[worker] = new byte[1000];
    }
}
