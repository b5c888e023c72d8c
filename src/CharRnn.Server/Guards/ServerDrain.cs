namespace CharRnn.Server;

/// <summary>
/// Way of a server to its end: once it drains, what has started goes on, and nothing more starts.
/// </summary>
internal sealed class ServerDrain : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _isEmpty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;
    private bool _isDraining;

    /// <summary>Whether nothing more starts.</summary>
    public bool IsDraining
    {
        get
        {
            lock (_gate)
                return _isDraining;
        }
    }

    /// <summary>Number of requests being answered.</summary>
    public int Requests
    {
        get
        {
            lock (_gate)
                return _requests;
        }
    }

    /// <summary>Cancelled when what goes on must end where it is.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Starts a request, unless the server drains.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isDraining)
                return false;
            _requests++;
            return true;
        }
    }

    /// <summary>A request has ended.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            if (--_requests == 0 && _isDraining)
                _isEmpty.TrySetResult();
        }
    }

    /// <summary>Drains: waits for what has started, and after the time cuts it short.</summary>
    /// <param name="timeout">The time.</param>
    /// <returns>Number of requests that were cut.</returns>
    public async Task<int> DrainAsync(TimeSpan timeout)
    {
        lock (_gate)
        {
            _isDraining = true;
            if (_requests == 0)
                _isEmpty.TrySetResult();
        }
        if (await Task.WhenAny(_isEmpty.Task, Task.Delay(timeout)) == _isEmpty.Task)
            return 0;
        int cut = Requests;
        await _cut.CancelAsync();
        return cut;
    }

    /// <inheritdoc/>
    public void Dispose() => _cut.Dispose();
}
