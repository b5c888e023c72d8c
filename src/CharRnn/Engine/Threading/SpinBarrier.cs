using System.Runtime.InteropServices;

namespace CharRnn.Engine;

/// <summary>
/// A barrier for a fixed number of threads. Waiting threads spin briefly, if there are enough cores, then park.
/// </summary>
internal sealed class SpinBarrier
{
    // About fifty microseconds in all: longer than the phases of a small model differ between threads; beyond that, the
    // core is better used by the thread that is late.
    private const int SpinsBeforeParking = 5000;

    // The first spins are short: small models wait at the barrier every few microseconds.
    private const int CloseSpins = 200;
    private const int PausesPerSpin = 4;

    private readonly object _gate = new();
    private readonly int _count,
        _spins;
    private PaddedInt32 _arrived,
        _generation,
        _parked;

    /// <summary>Creates a barrier.</summary>
    /// <param name="count">Number of participating threads, at least 1.</param>
    /// <param name="atWork">
    /// Number of threads that work at the same time in all: if they are more than the machine's cores, waiting parks
    /// without spinning.
    /// </param>
    public SpinBarrier(int count, int atWork)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _count = count;
        _spins = atWork <= Environment.ProcessorCount ? SpinsBeforeParking : 0;
    }

    /// <summary>Called by the last thread to arrive, before any goes on; null for nothing.</summary>
    public Action? Opening { get; init; }

    /// <summary>
    /// Waits until all threads have arrived; writes made before the barrier are visible to all threads after it.
    /// </summary>
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
        Opening?.Invoke();
        _arrived.Value = 0;
        // A full fence: either this thread sees the parked count, or a thread about to park sees the new generation.
        Interlocked.Exchange(ref _generation.Value, generation + 1);
        if (Volatile.Read(ref _parked.Value) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}

/// <summary>
/// An <see cref="int"/> alone on its cache lines, to avoid false sharing with its neighbors in memory.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * Distance)]
internal struct PaddedInt32
{
    // Two cache lines, since processors fetch them in pairs.
    private const int Distance = 128;

    /// <summary>The value.</summary>
    [FieldOffset(Distance)]
    public int Value;
}
