using System.Globalization;
using System.Runtime.InteropServices;
using CharRnn.Server;
using Microsoft.Extensions.Options;

namespace CharRnn.Host;

/// <summary>
/// Ctrl-C and SIGTERM as the end of the server: the first lets what has started end, while new requests are refused;
/// the second ends it at once.
/// </summary>
internal sealed class DrainingLifetime(
    IHostApplicationLifetime application,
    ServerDrain drain,
    IOptions<CharRnnServerOptions> options
) : IHostLifetime, IDisposable
{
    // 128 + the signal's number, by the shells' convention.
    private const int Interrupted = 130,
        Terminated = 143;

    // A client that was refused needs a moment to read that.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromMilliseconds(100);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
            Environment.Exit(context.Signal == PosixSignal.SIGTERM ? Terminated : Interrupted);
        _ = StopAsync();
    }

    private async Task StopAsync()
    {
        var timeout = options.Value.DrainTimeout;
        // Whoever reads that it stops finds it stopping.
        var drained = drain.DrainAsync(timeout);
        if (drain.Requests is > 0 and var requests)
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"stopping: {requests} requests may end within {timeout.TotalSeconds:0.#} s; "
                        + $"a second signal ends them."
                )
            );
        int cut = await drained;
        if (cut > 0)
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cut} requests were cut short; more time is --drain-timeout."
                )
            );
        await Task.Delay(LastAnswers);
        application.StopApplication();
    }
}
