using System.Runtime.InteropServices;

namespace CharRnn.Cli;

/// <summary>
/// Ctrl-C and SIGTERM as a request: the first asks the verb to save and stop, for as long as that takes
/// (<see cref="Hold"/>), and ends the process where there is nothing to save; the second ends it at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    // Long enough for any loop that looks at the token; what is stuck in the system, in opening a pipe that nobody
    // writes to, say, never does.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _held;

    /// <summary>Asked to stop when cancelled.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>130 or 143 once a signal has come; the process's exit code after saving.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Starts to listen for the process's signals.</summary>
    public static Interruption Watch()
    {
        var interruption = new Interruption();
        interruption._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, interruption.OnSignal));
        interruption._registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, interruption.OnSignal));
        return interruption;
    }

    /// <summary>
    /// Called when a signal came and nothing stopped for two seconds, though nothing has to be saved; ends the process
    /// where null.
    /// </summary>
    public Action<int>? Abandon { get; init; }

    /// <summary>Work that saves what it has before it stops, until the result is disposed of.</summary>
    public IDisposable Hold()
    {
        Interlocked.Increment(ref _held);
        return new Held(this);
    }

    /// <summary>Asks to stop, as a signal would.</summary>
    public void Request(int exitCode)
    {
        ExitCode = exitCode;
        _source.Cancel();
    }

    /// <summary>Leaves signals to whatever takes the command's place.</summary>
    public void StopWatching()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _registrations.Clear();
    }

    public void Dispose()
    {
        StopWatching();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (ExitCode is not null)
            return;
        context.Cancel = true;
        int code = context.Signal == PosixSignal.SIGINT ? Cli.ExitCode.Interrupted : Cli.ExitCode.Terminated;
        Request(code);
        new Thread(() => AbandonAfterGrace(code)) { IsBackground = true }.Start();
    }

    private void AbandonAfterGrace(int code)
    {
        Thread.Sleep(Grace);
        if (Volatile.Read(ref _held) == 0)
            (Abandon ?? Environment.Exit)(code);
    }

    private sealed class Held(Interruption interruption) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref interruption._held);
    }
}
