using System.Diagnostics;
using CharRnn.Sampling;
using CharRnn.Server.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CharRnn.Server.Generating;

/// <summary>
/// Scheduler of all generations. A few threads take turns at them: each takes some of one model and label, advances
/// them side by side for a moment, and puts them back behind those that wait, so that each advances however many there
/// are, and one that comes joins at the next turn. Threads do not wait for one another.
/// </summary>
internal sealed partial class GenerationScheduler : IDisposable
{
    // Long enough for the turn's own cost to vanish, short enough that nobody notices the others.
    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(2);

    private readonly ILogger<GenerationScheduler> _logger;
    private readonly ServerMetrics _metrics;
    private readonly int _maxConcurrency;
    private readonly object _gate = new();
    private readonly LinkedList<ScheduledGeneration> _waiting = new();
    private readonly List<LoadedModel>[] _forgotten;

    // Number of scheduled generations of each model that has some.
    private readonly Dictionary<LoadedModel, int> _scheduledOf = [];
    private readonly Thread[] _threads;
    private int _places,
        _scheduled;
    private volatile bool _hasNewcomer;
    private bool _isStopping;

    /// <summary>Starts the threads.</summary>
    public GenerationScheduler(
        IOptions<CharRnnServerOptions> options,
        ModelRegistry models,
        ServerMetrics metrics,
        ILogger<GenerationScheduler> logger
    )
    {
        (_logger, _metrics, _maxConcurrency) = (logger, metrics, options.Value.MaxConcurrency);
        int count = options.Value.Threads > 0 ? options.Value.Threads : Environment.ProcessorCount;
        _forgotten = [.. Enumerable.Range(0, count).Select(_ => new List<LoadedModel>())];
        models.Forget = Forget;
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            _threads[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"CharRnn generation {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of generations that have a place.</summary>
    public int Active => Volatile.Read(ref _places);

    /// <summary>Takes places for generations, all or none.</summary>
    /// <exception cref="ApiException">There are not as many: 429, or 400 where there never are.</exception>
    public void Reserve(int count)
    {
        RequirePlaces(count, _maxConcurrency);
        int taken = Active;
        // What is refused never holds places, not even for a moment: another may fit into them.
        while (taken + count <= _maxConcurrency)
        {
            int before = Interlocked.CompareExchange(ref _places, taken + count, taken);
            if (before == taken)
                return;
            taken = before;
        }
        throw new ApiException(
            StatusCodes.Status429TooManyRequests,
            $"the server writes {_maxConcurrency} texts at once, and is busy with {taken}; try again."
        )
        {
            Code = "rate_limit_exceeded",
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>Refuses a request for more texts than are ever written at once.</summary>
    /// <param name="count">Number of its texts.</param>
    /// <param name="maxConcurrency">The server's places.</param>
    /// <param name="param">The field that asks for them.</param>
    /// <exception cref="ApiException">It is one.</exception>
    public static void RequirePlaces(long count, int maxConcurrency, string param = "n")
    {
        if (count > maxConcurrency)
            throw ApiException.Invalid(
                param,
                $"the request asks for {count} texts at once; the server takes {maxConcurrency}. Ask for fewer."
            );
    }

    /// <summary>Gives places back.</summary>
    public void Free(int count) => Interlocked.Add(ref _places, -count);

    /// <summary>Starts a generation, whose place is free again when it is over.</summary>
    /// <param name="model">The model, which is used until then.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="observer">Receives what is written.</param>
    /// <exception cref="SettingsException">The request cannot be fulfilled; the place is still the caller's.</exception>
    public Generation Start(LoadedModel model, GenerationRequest request, IGenerationObserver observer)
    {
        var generation = new Generation((LanguageModel)model.Model, request, new FreeingObserver(this, observer));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            model.Take();
            _scheduledOf[model] = _scheduledOf.GetValueOrDefault(model) + 1;
            _waiting.AddLast(new ScheduledGeneration(generation, model));
            _scheduled++;
            _hasNewcomer = true;
            Monitor.Pulse(_gate);
        }
        return generation;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            foreach (var waiting in _waiting)
                waiting.Generation.Cancel();
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads)
            thread.Join();
    }

    private void Forget(LoadedModel model)
    {
        lock (_gate)
        {
            if (!_scheduledOf.ContainsKey(model))
                LetAllDrop(model);
        }
    }

    /// <summary>Each thread keeps something for a model, and is its user until it has dropped that.</summary>
    private void LetAllDrop(LoadedModel model)
    {
        if (model.Model is not LanguageModel)
            return;
        foreach (var forgotten in _forgotten)
        {
            forgotten.Add(model);
            model.Take();
        }
        Monitor.PulseAll(_gate);
    }

    private void Work(int number)
    {
        using var batcher = new ContinuousBatcher();
        var turn = new List<ScheduledGeneration>(ContinuousBatcher.MaxStreams);
        while (Next(number, turn, batcher))
            Advance(batcher, turn);
    }

    /// <summary>Puts a turn's generations back, and takes those of the next.</summary>
    /// <returns>False when there is nothing more to do.</returns>
    private bool Next(int number, List<ScheduledGeneration> turn, ContinuousBatcher batcher)
    {
        lock (_gate)
        {
            foreach (var done in turn)
                PutBack(done);
            turn.Clear();
            while (true)
            {
                DropForgotten(number, batcher);
                if (_waiting.Count > 0)
                    break;
                if (_isStopping)
                    return false;
                Monitor.Wait(_gate);
            }
            Take(turn);
            // Another thread takes the rest.
            if (_waiting.Count > 0)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    private void PutBack(ScheduledGeneration done)
    {
        if (_isStopping)
            done.Generation.Cancel();
        if (!done.Generation.IsOver)
        {
            _waiting.AddLast(done);
            return;
        }
        _scheduled--;
        if (--_scheduledOf[done.Model] == 0)
        {
            _scheduledOf.Remove(done.Model);
            if (done.Model.IsRetired)
                LetAllDrop(done.Model);
        }
        done.Model.Dispose();
    }

    /// <summary>Takes a fair share of those that can be advanced together with the first.</summary>
    private void Take(List<ScheduledGeneration> turn)
    {
        int share = Math.Min(ContinuousBatcher.MaxStreams, (_scheduled + _threads.Length - 1) / _threads.Length);
        var first = _waiting.First!.Value.Generation;
        for (var node = _waiting.First; node is not null && turn.Count < share; )
        {
            var next = node.Next;
            if (node.Value.Generation.GoesWith(first))
            {
                turn.Add(node.Value);
                _waiting.Remove(node);
            }
            node = next;
        }
        _hasNewcomer = false;
    }

    private void DropForgotten(int number, ContinuousBatcher batcher)
    {
        foreach (var model in _forgotten[number])
        {
            batcher.Forget((LanguageModel)model.Model);
            model.Dispose();
        }
        _forgotten[number].Clear();
    }

    private void Advance(ContinuousBatcher batcher, List<ScheduledGeneration> scheduled)
    {
        List<Generation> generations = [.. scheduled.Select(each => each.Generation).Where(each => !each.EndIfDone())];
        if (generations.Count == 0)
            return;
#pragma warning disable CA1031 // A defect ends the generations of one turn, and not the server.
        try
        {
            using var turn = batcher.Begin(generations);
            long start = Stopwatch.GetTimestamp();
            do
            {
                turn.Step();
                _metrics.Stepped(turn.Active);
                // Places of those that ended are better filled again.
            } while (
                turn.Active > generations.Count / 2 && !_hasNewcomer && Stopwatch.GetElapsedTime(start) < TurnTime
            );
        }
        catch (Exception failure)
        {
            LogDefect(failure);
            foreach (var generation in generations)
                generation.Fail(new ModelException("generation failed inside the server, which is a defect.", failure));
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(LogLevel.Error, "generation failed")]
    private partial void LogDefect(Exception failure);

    private sealed record ScheduledGeneration(Generation Generation, LoadedModel Model);

    /// <summary>Frees the place before the client is told of the end, so that its next request finds it free.</summary>
    private sealed class FreeingObserver(GenerationScheduler scheduler, IGenerationObserver observer)
        : IGenerationObserver
    {
        public void PromptScored(SymbolScore score) => observer.PromptScored(score);

        public void Written(ReadOnlySpan<int> ids, ReadOnlySpan<SymbolScore> scores) => observer.Written(ids, scores);

        public void Ended(GenerationEnd end, ModelException? failure)
        {
            scheduler.Free(1);
            observer.Ended(end, failure);
        }
    }
}
