using System.Collections.Concurrent;

namespace CharRnn.Cli;

/// <summary>
/// Texts that are read on a thread of their own, and given out as many together as are waiting: one at once where they
/// come slowly, and many where they come faster than they are used. No more than a few thousand wait at a time.
/// </summary>
internal sealed class TextFeed : IDisposable
{
    private const int MaxTogether = 4096,
        MaxWaiting = 2 * MaxTogether;

    private readonly BlockingCollection<string> _waiting = new(MaxWaiting);
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;

    /// <param name="texts">
    /// The texts; what reading them throws, comes out of <see cref="Batches"/> after the texts before it.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    public TextFeed(IEnumerable<string> texts, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Reading standard input cannot be broken off: the thread must not keep the process alive.
        new Thread(() => Read(texts)) { IsBackground = true, Name = "reading texts" }.Start();
    }

    /// <summary>The texts in their order.</summary>
    public IEnumerable<IReadOnlyList<string>> Batches()
    {
        while (_waiting.TryTake(out string? first, Timeout.Infinite, _stop.Token))
        {
            var batch = new List<string> { first };
            while (batch.Count < MaxTogether && _waiting.TryTake(out string? text))
                batch.Add(text);
            yield return batch;
        }

        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    // What the thread may still be using is left to the garbage collector.
    public void Dispose() => _stop.Cancel();

    private void Read(IEnumerable<string> texts)
    {
        try
        {
            foreach (string text in texts)
                _waiting.Add(text, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
#pragma warning disable CA1031 // It is thrown again, on the thread that waits.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = exception;
        }
        finally
        {
            _waiting.CompleteAdding();
        }
    }
}
