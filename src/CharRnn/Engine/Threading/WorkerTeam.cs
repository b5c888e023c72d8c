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
/// A fixed team of threads, with a barrier between the phases of their work. A worker's share depends on its number
/// alone, so that no result depends on timing.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SpinBarrier _barrier;
    private ITeamWork? _work;
    private bool _disposed;

    /// <summary>Starts the threads; the calling thread is worker 0.</summary>
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

    /// <summary>Number of workers, the calling thread included.</summary>
    public int Count { get; }

    /// <summary>Executes the work on all workers, and returns when all are done.</summary>
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

    /// <summary>
    /// Waits until all workers have arrived; writes made before the barrier are visible to all workers after it.
    /// </summary>
    public void SignalAndWait() => _barrier.SignalAndWait();

    /// <summary>One worker's share of <paramref name="count"/> items: [start, end), in order.</summary>
    public (int Start, int End) ShareOf(int count, int worker) => ShareOf(count, worker, Count);

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
