using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CharRnn.Server.Tests;

/// <summary>The host as a process of its own.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Uri?> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(IEnumerable<string> settings, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "CharRnn.Host.dll"), .. settings]
        )
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts one, and waits until it serves.</summary>
    public static async Task<HostProcess> StartAsync(
        IEnumerable<string> settings,
        params (string Name, string Value)[] environment
    )
    {
        var host = Launch(["--urls=http://127.0.0.1:0", .. settings], environment);
        var address = await host._address.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        host.Address = address ?? throw new InvalidOperationException(host._error.ToString());
        return host;
    }

    /// <summary>Starts one that may fail.</summary>
    public static HostProcess Launch(IEnumerable<string> settings, params (string Name, string Value)[] environment) =>
        new(settings, environment);

    /// <summary>Sends it a signal: <c>TERM</c>, <c>INT</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Its exit code, once it has ended by itself.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits until standard error has a text.</summary>
    public Task SaysAsync(string text) =>
        Eventually.HoldsAsync(
            () =>
            {
                lock (_error)
                    return _error.ToString().Contains(text);
            },
            $"standard error says '{text}'"
        );

    /// <summary>Its standard error, once it has ended.</summary>
    public async Task<string> ErrorAsync()
    {
        await _errorEnd.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return _error.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _address.TrySetResult(null);
            _errorEnd.TrySetResult();
            return;
        }
        lock (_error)
            _error.Append(line).Append('\n');
        if (ServingAt().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex("^serving .* at (http://[^/ ]+)/v1")]
    private static partial Regex ServingAt();
}
