using System.Threading.Channels;
using CharRnn.Sampling;
using CharRnn.Server.Models;

namespace CharRnn.Server.Generating;

/// <summary>The generations of one request; disposing of it ends those that still go on.</summary>
internal sealed class GenerationRun : IDisposable
{
    // One is enough: whoever waits then takes all that is there.
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly List<Generation> _generations = [];
    private readonly List<GenerationProgress> _progress = [];
    private readonly TaskCompletionSource _allOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _going;

    /// <summary>Starts the generations.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="model">A language model.</param>
    /// <param name="requests">What is asked for.</param>
    /// <param name="isStreamed">Whether it is told of each symbol.</param>
    /// <exception cref="ApiException">There is no place for them.</exception>
    /// <exception cref="SettingsException">A request cannot be fulfilled.</exception>
    public GenerationRun(
        GenerationScheduler scheduler,
        LoadedModel model,
        IReadOnlyList<GenerationRequest> requests,
        bool isStreamed
    )
    {
        scheduler.Reserve(requests.Count);
        _going = requests.Count;
        try
        {
            foreach (var request in requests)
            {
                var progress = new GenerationProgress(() => _news.Writer.TryWrite(true), OneIsOver, isStreamed);
                _generations.Add(scheduler.Start(model, request, progress));
                _progress.Add(progress);
            }
        }
        catch
        {
            scheduler.Free(requests.Count - _generations.Count);
            Dispose();
            throw;
        }
    }

    /// <summary>What each has written.</summary>
    public IReadOnlyList<GenerationProgress> Progress => _progress;

    /// <summary>Waits until there is something to take that was not there at the call before.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _news.Reader.ReadAsync(cancellationToken);

    /// <summary>Ends when all are over.</summary>
    public Task Completion => _allOver.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var generation in _generations)
            generation.Cancel();
    }

    private void OneIsOver()
    {
        if (Interlocked.Decrement(ref _going) == 0)
            _allOver.TrySetResult();
    }
}
