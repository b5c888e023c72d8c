namespace CharRnn.Engine;

/// <summary>
/// A competitor for one processor: a thread of ordinary priority that does nothing but turn round, tied to it. It ends
/// with this object, or with the process.
/// </summary>
internal sealed class BusyCore : IDisposable
{
    private const int PausesPerTurn = 100;

    private readonly Thread _thread;
    private volatile bool _ends;

    private BusyCore(int processor)
    {
        Processor = processor;
        _thread = new Thread(Turn) { IsBackground = true, Name = "CharRnn competitor" };
        _thread.Start();
    }

    /// <summary>The number of the processor.</summary>
    public int Processor { get; }

    /// <summary>Occupies the first processor that this thread may run on; null where threads cannot be tied.</summary>
    public static BusyCore? TryOccupyFirst() =>
        ThreadAffinity.Allowed() is [int first, ..] ? new BusyCore(first) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }

    private void Turn()
    {
        ThreadAffinity.TryPin(Processor);
        while (!_ends)
            Thread.SpinWait(PausesPerTurn);
    }
}
