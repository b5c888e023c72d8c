using CharRnn.Engine;

namespace CharRnn.Tests.Engine;

public sealed class WorkerTeamTests
{
    public static TheoryData<int> TeamSizes() => [1, 2, 3, 5, 16];

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void AfterEachMeeting_EveryWorkerSeesWhatAllWroteBefore(int workers)
    {
        using var team = new WorkerTeam(workers);
        var work = new Phases(team, phases: 2000 / workers);

        for (int run = 0; run < 5; run++)
            team.Run(work);

        Assert.Equal(0, work.Violations);
        Assert.All(work.PhasesDone, done => Assert.Equal(5 * (2000 / workers), done));
    }

    [Fact]
    public void WorkersOfUnlikeSpeed_WaitForEachOther()
    {
        using var team = new WorkerTeam(3);
        var work = new Phases(team, phases: 20) { SleepsOn = 1 };

        team.Run(work);

        Assert.Equal(0, work.Violations);
    }

    [Fact]
    public void TwoTeams_SideBySide_DoNotDisturbEachOther()
    {
        int violations = 0;
        void RunTeam()
        {
            using var team = new WorkerTeam(2);
            var work = new Phases(team, phases: 1000);
            team.Run(work);
            Interlocked.Add(ref violations, work.Violations);
        }

        var other = new Thread(RunTeam);
        other.Start();
        RunTeam();
        other.Join();

        Assert.Equal(0, violations);
    }

    [Fact]
    public void TheCallingThread_IsWorkerZero_AndEachWorkerKeepsItsThread()
    {
        using var team = new WorkerTeam(4);
        var first = new ThreadIds(team.Count);
        var second = new ThreadIds(team.Count);

        team.Run(first);
        team.Run(second);

        Assert.Equal(Environment.CurrentManagedThreadId, first.Ids[0]);
        Assert.Equal(first.Ids, second.Ids);
        Assert.Equal(4, first.Ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void Dispose_WithParkedWorkers_EndsTheirThreads(int workers)
    {
        var team = new WorkerTeam(workers);
        var threads = new ThreadIds(workers);
        team.Run(threads);
        // Long enough for every waiting worker to have stopped spinning.
        Thread.Sleep(20);

        team.Dispose();
        team.Dispose();

        Assert.All(threads.Threads.Skip(1), thread => Assert.False(thread!.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => team.Run(threads));
    }

    [Fact]
    public void Dispose_OfATeamThatNeverWorked_Ends() => new WorkerTeam(5).Dispose();

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void Shares_CoverEverythingOnce_InOrderAndEvenly(int workers)
    {
        foreach (int count in new[] { 0, 1, 2, 7, 16, 1000, int.MaxValue - 1 })
        {
            int end = 0;
            for (int worker = 0; worker < workers; worker++)
            {
                var share = WorkerTeam.ShareOf(count, worker, workers);
                Assert.Equal(end, share.Start);
                Assert.InRange(share.End - share.Start, count / workers, count / workers + 1);
                end = share.End;
            }
            Assert.Equal(count, end);
        }
    }

    [Theory]
    [MemberData(nameof(TeamSizes))]
    public void ItemsOfEachPhase_AreTakenOnce_ThoughSomeWorkersAreSlow(int workers)
    {
        using var team = new WorkerTeam(workers);
        foreach (var (count, grain) in new[] { (0, 1), (1, 1), (7, 2), (100, 7), (1000, 1) })
        {
            var work = new Takings(team, phases: 10, count, grain);
            team.Run(work);
            Assert.All(work.Times, times => Assert.Equal(10, times));
        }
    }

    [Fact]
    public void ItemsOfAWorkerThatDoesNotCome_AreTakenByTheOthers()
    {
        using var team = new WorkerTeam(3);
        var work = new Takings(team, phases: 1, count: 30, grain: 1) { Absent = 1 };

        team.Run(work);

        Assert.All(work.Times, times => Assert.Equal(1, times));
    }

    [Fact]
    public void WhileAlone_OneWorkerTakesAllAtOnce_AndTheOthersComeBack()
    {
        using var team = new WorkerTeam(3);
        var threads = new ThreadIds(team.Count);
        var work = new Takings(team, phases: 2, count: 30, grain: 1);

        team.IsAlone = true;
        team.Run(work);
        team.Run(threads);

        Assert.Equal(2, work.Calls);
        Assert.Equal(1, threads.Threads.Count(thread => thread is not null));
        team.IsAlone = false;
        team.Run(threads);
        Assert.All(threads.Threads, Assert.NotNull);
    }

    [Fact]
    public void ATeamOfZeroWorkers_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerTeam(0));

    /// <summary>
    /// Each worker counts its phases in plain memory; after a barrier all counts must be equal, and stay so until the
    /// next.
    /// </summary>
    private sealed class Phases(WorkerTeam team, int phases) : ITeamWork
    {
        private int _violations;

        public int Violations => _violations;

        public int[] PhasesDone { get; } = new int[team.Count];

        /// <summary>The number of the slow worker.</summary>
        public int? SleepsOn { get; init; }

        public void Execute(int worker)
        {
            for (int phase = 0; phase < phases; phase++)
            {
                if (worker == SleepsOn)
                    Thread.Sleep(1);
                PhasesDone[worker]++;
                team.SignalAndWait();
                if (PhasesDone.Any(done => done != PhasesDone[worker]))
                    Interlocked.Increment(ref _violations);
                team.SignalAndWait();
            }
        }
    }

    private sealed class Takings(WorkerTeam team, int phases, int count, int grain) : ITeamWork
    {
        private int _calls;

        public int Calls => _calls;

        /// <summary>How often each item was taken.</summary>
        public int[] Times { get; } = new int[count];

        /// <summary>The number of a worker that takes nothing.</summary>
        public int? Absent { get; init; }

        public void Execute(int worker)
        {
            for (int phase = 0; phase < phases; phase++)
            {
                while (worker != Absent && team.TryTake(worker, count, grain, out var items))
                {
                    Interlocked.Increment(ref _calls);
                    for (int i = items.Start; i < items.End; i++)
                        Interlocked.Increment(ref Times[i]);
                }
                team.SignalAndWait();
            }
        }
    }

    private sealed class ThreadIds(int workers) : ITeamWork
    {
        public int[] Ids { get; } = new int[workers];

        public Thread?[] Threads { get; } = new Thread?[workers];

        public void Execute(int worker) =>
            (Ids[worker], Threads[worker]) = (Environment.CurrentManagedThreadId, Thread.CurrentThread);
    }
}
