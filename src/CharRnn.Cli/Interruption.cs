using System.Runtime.InteropServices;

namespace CharRnn.Cli;

/// <summary>
/// Ctrl-C and SIGTERM as a request: the first asks the verb to save and stop, for as long as that takes; the second
/// ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

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

    /// <summary>Asks to stop, as a signal would.</summary>
    public void Request(int exitCode)
    {
        ExitCode = exitCode;
        _source.Cancel();
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (ExitCode is not null)
            return;
        context.Cancel = true;
        Request(context.Signal == PosixSignal.SIGINT ? Cli.ExitCode.Interrupted : Cli.ExitCode.Terminated);
    }
}
