namespace CharRnn.Engine;

/// <summary>Work that every member of a team does a fixed part of.</summary>
internal interface ITeamWork
{
    /// <summary>
    /// Does one worker's part; may meet the others with <see cref="WorkerTeam.SignalAndWait"/>, the same number of
    /// times on each.
    /// </summary>
    /// <param name="worker">
    /// 0 … <see cref="WorkerTeam.Count"/> − 1; 0 is the thread that called <see cref="WorkerTeam.Run"/>.
    /// </param>
    void Execute(int worker);
}

/// <summary>
/// Threads that live as long as the team, and a barrier between the phases of their work. Who does what is fixed by the
/// worker's number alone, so that nothing depends on timing.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SpinBarrier _barrier;
    private ITeamWork? _work;
    private bool _disposed;

    /// <summary>Starts the team; the calling thread counts as its first worker.</summary>
    /// <param name="count">Workers, at least 1.</param>
    public WorkerTeam(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _barrier = new SpinBarrier(count, atWork: count);
        _threads = new Thread[count - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"CharRnn worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many workers, the calling thread included.</summary>
    public int Count { get; }

    /// <summary>Has every worker execute the work, and returns when all have.</summary>
    public void Run(ITeamWork work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Count == 1)
        {
            work.Execute(0);
            return;
        }
        _work = work;
        SignalAndWait();
        Execute(0);
        SignalAndWait();
        _work = null;
    }

    /// <summary>Waits until every worker has come here: what any wrote before is seen by all after.</summary>
    public void SignalAndWait() => _barrier.SignalAndWait();

    /// <summary>One worker's share of <paramref name="count"/> items: [start, end), neighbours in order.</summary>
    public (int Start, int End) ShareOf(int count, int worker) => ShareOf(count, worker, Count);

    /// <summary>
    /// One part of <paramref name="count"/> items that are shared out evenly: [start, end), neighbours in order.
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
        SignalAndWait();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            SignalAndWait();
            if (_work is null)
                return;
            Execute(worker);
            SignalAndWait();
        }
    }

    private void Execute(int worker)
    {
        // A failing worker would leave the others waiting for it for ever: the process says what happened and ends.
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
