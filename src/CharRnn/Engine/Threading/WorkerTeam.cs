namespace CharRnn.Engine;

/// <summary>Work of a team, of which every worker executes a fixed part.</summary>
internal interface ITeamWork
{
    /// <summary>
    /// Executes one worker's part. It may wait for the others with <see cref="WorkerTeam.SignalAndWait"/>, the same
    /// number of times on each worker.
    /// </summary>
    /// <param name="worker">
    /// 0 … <see cref="WorkerTeam.Count"/> − 1; 0 is the thread that called <see cref="WorkerTeam.Run"/>.
    /// </param>
    void Execute(int worker);
}

/// <summary>
/// A fixed team of threads, with a barrier between the phases of their work. The items of a phase are handed out as
/// workers become free: each worker begins with its own share, so that it finds in its cache what it wrote there, and
/// goes on with what others have not begun. Which worker takes an item must not show in the result.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SpinBarrier _barrier;

    // By worker: number of items taken from its share since the last barrier.
    private readonly PaddedInt32[] _taken;

    // By worker: the processor it was last seen on.
    private readonly PaddedInt32[] _processors;

    // Those the team may run on; empty where they are too few, or unknown.
    private readonly int[] _allowed;
    private ITeamWork? _work;
    private bool _disposed;

    /// <summary>Starts the threads; the calling thread is worker 0.</summary>
    /// <param name="count">Workers, at least 1.</param>
    public WorkerTeam(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        // The last only keeps the others apart from what follows.
        (_taken, _processors) = (new PaddedInt32[count + 1], new PaddedInt32[count + 1]);
        int[] allowed = count > 1 ? ThreadAffinity.Allowed() : [];
        _allowed = allowed.Length >= count ? allowed : [];
        _barrier = new SpinBarrier(count, atWork: count) { Opening = BeginPhase };
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"CharRnn worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads, the calling one included.</summary>
    public int Count { get; }

    /// <summary>
    /// Whether the calling thread works alone, the others being left asleep: for work that is too small to share on a
    /// busy machine. Changed between two calls of <see cref="Run"/> alone.
    /// </summary>
    public bool IsAlone { get; set; }

    /// <summary>Number of workers at the work at hand: 1, or <see cref="Count"/>.</summary>
    public int Workers => IsAlone ? 1 : Count;

    /// <summary>Executes the work on all workers, and returns when all are done.</summary>
    public void Run(ITeamWork work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Workers == 1)
        {
            BeginPhase();
            work.Execute(0);
            return;
        }
        _work = work;
        _barrier.SignalAndWait();
        Execute(0);
        _barrier.SignalAndWait();
        _work = null;
    }

    /// <summary>
    /// Ends a phase: waits until all workers have arrived; writes made before are visible to all workers after it.
    /// </summary>
    public void SignalAndWait()
    {
        if (Workers == 1)
            BeginPhase();
        else
            _barrier.SignalAndWait();
    }

    /// <summary>
    /// Takes the next items of a phase, of which every worker names the same number; all at once where the worker is
    /// alone.
    /// </summary>
    /// <param name="worker">The worker.</param>
    /// <param name="count">Number of the phase's items.</param>
    /// <param name="grain">Number of neighbors that are taken together.</param>
    /// <param name="items">The items taken: [Start, End).</param>
    /// <returns>Whether there were any left.</returns>
    public bool TryTake(int worker, int count, int grain, out (int Start, int End) items)
    {
        if (Workers == 1)
            grain = Math.Max(1, count);
        int groups = (count + grain - 1) / grain;
        for (int i = 0; i < Workers; i++)
        {
            int owner = (worker + i) % Workers;
            var (start, end) = ShareOf(groups, owner, Workers);
            ref int taken = ref _taken[owner].Value;
            if (Volatile.Read(ref taken) >= end - start)
                continue;
            int group = start + Interlocked.Increment(ref taken) - 1;
            if (group >= end)
                continue;
            items = (group * grain, Math.Min(count, (group + 1) * grain));
            return true;
        }
        items = default;
        return false;
    }

    /// <summary>Takes the next item of a phase, in order, whoever asks.</summary>
    /// <param name="count">Number of the phase's items.</param>
    /// <param name="item">The item taken.</param>
    /// <returns>Whether there was one left.</returns>
    public bool TryTakeNext(int count, out int item)
    {
        item = Interlocked.Increment(ref _taken[0].Value) - 1;
        return item < count;
    }

    /// <summary>
    /// One of <paramref name="parts"/> even shares of <paramref name="count"/> items: [start, end), in order.
    /// </summary>
    public static (int Start, int End) ShareOf(int count, int part, int parts) =>
        ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _work = null;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void BeginPhase()
    {
        for (int worker = 0; worker < Count; worker++)
            _taken[worker].Value = 0;
    }

    /// <summary>
    /// Moves a worker off the processor of one before it. A scheduler leaves two threads on one processor, while a
    /// thread of another program has the next: two and one are as even as one and two. Then a team would be no faster
    /// than its calling thread alone, where it could have half of that other processor too.
    /// </summary>
    private void KeepApart(int worker)
    {
        if (_allowed.Length == 0)
            return;
        int processor = ThreadAffinity.CurrentProcessor;
        Volatile.Write(ref _processors[worker].Value, processor);
        for (int other = 0; other < worker; other++)
        {
            if (Volatile.Read(ref _processors[other].Value) != processor)
                continue;
            Span<int> taken = stackalloc int[worker];
            for (int i = 0; i < worker; i++)
                taken[i] = Volatile.Read(ref _processors[i].Value);
            ThreadAffinity.TryKeepOff(_allowed, taken);
            Volatile.Write(ref _processors[worker].Value, ThreadAffinity.CurrentProcessor);
            return;
        }
    }

    private void Serve(int worker)
    {
        // Changes nothing, but makes the call known before the work begins.
        ThreadAffinity.TryKeepOff(_allowed, taken: []);
        while (true)
        {
            _barrier.SignalAndWait();
            if (_work is null)
                return;
            Execute(worker);
            _barrier.SignalAndWait();
        }
    }

    private void Execute(int worker)
    {
        KeepApart(worker);
        // A failing worker would leave the others waiting at the barrier forever: the process reports it and ends.
        try
        {
            _work!.Execute(worker);
        }
        catch (Exception failure) when (Count > 1)
        {
            Environment.FailFast("CharRnn: a worker thread failed inside the engine, which is a defect.", failure);
        }
    }
}
