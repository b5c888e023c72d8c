namespace CharRnn.Engine;

/// <summary>
/// A barrier for a fixed number of threads. Waiting spins briefly, where there are cores enough for that, then parks.
/// </summary>
internal sealed class SpinBarrier
{
    // About fifty microseconds in all: longer than the phases of a small model differ; beyond that, a core is better
    // left to whoever is waited for.
    private const int SpinsBeforeParking = 500;

    // The first looks follow each other closely: small models meet every few microseconds.
    private const int CloseSpins = 200;
    private const int PausesPerSpin = 4;

    private readonly object _gate = new();
    private readonly int _count,
        _spins;
    private PaddedInt32 _arrived,
        _generation,
        _parked;

    /// <summary>A barrier.</summary>
    /// <param name="count">How many threads meet, at least 1.</param>
    /// <param name="atWork">
    /// How many threads work beside each other in all: when they are more than the machine has cores, nobody spins.
    /// </param>
    public SpinBarrier(int count, int atWork)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = count;
        _spins = atWork <= Environment.ProcessorCount ? SpinsBeforeParking : 0;
    }

    /// <summary>Waits until every thread has come here: what any wrote before is seen by all after.</summary>
    public void SignalAndWait()
    {
        if (_count == 1)
            return;
        int generation = Volatile.Read(ref _generation.Value);
        if (Interlocked.Increment(ref _arrived.Value) == _count)
        {
            Release(generation);
            return;
        }
        for (int spin = 0; spin < _spins; spin++)
        {
            if (Volatile.Read(ref _generation.Value) != generation)
                return;
            Thread.SpinWait(spin < CloseSpins ? 1 : PausesPerSpin);
        }
        lock (_gate)
        {
            Interlocked.Increment(ref _parked.Value);
            while (Volatile.Read(ref _generation.Value) == generation)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _parked.Value);
        }
    }

    private void Release(int generation)
    {
        _arrived.Value = 0;
        // A full fence: either this sees that somebody has parked, or whoever is about to sees the new generation.
        Interlocked.Exchange(ref _generation.Value, generation + 1);
        if (Volatile.Read(ref _parked.Value) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
