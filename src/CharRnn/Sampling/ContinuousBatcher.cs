using CharRnn.Networks;

namespace CharRnn.Sampling;

/// <summary>
/// Batcher of generations that come and go: those of one model and label are stepped side by side, so that every weight
/// read serves all of them, and each has the very symbols that it has alone. Between turns a generation's state is its
/// own, so that the next turn may have other neighbors, another batch size or another batcher. (Iteration-level
/// scheduling: G. Yu et al., "Orca: A distributed serving system for transformer-based generative models", OSDI 2022.)
/// For one thread.
/// </summary>
internal sealed class ContinuousBatcher : IDisposable
{
    /// <summary>Max number of generations in a turn.</summary>
    public const int MaxStreams = 64;

    // What takes the place of those that are lacking costs as much as a generation does.
    private static readonly int[] Sizes = [1, 2, 4, 8, 12, 16, 24, 32, 48, MaxStreams];

    private const int MaxSessions = 24;

    // The most recently used last.
    private readonly List<BatchSession> _sessions = [];

    /// <summary>Begins a turn.</summary>
    /// <param name="generations">
    /// Generations of one model and label, none of which is over; 1 to <see cref="MaxStreams"/>.
    /// </param>
    public BatchTurn Begin(IReadOnlyList<Generation> generations)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(generations.Count, MaxStreams);
        var session = SessionFor(
            generations[0].Model,
            generations[0].Label,
            Array.Find(Sizes, size => size >= generations.Count)
        );
        session.Load(generations);
        return new BatchTurn(session, generations);
    }

    /// <summary>Drops what is kept for a model, which may be disposed of after that.</summary>
    public void Forget(LanguageModel model) => Drop(session => session.Model == model);

    /// <inheritdoc/>
    public void Dispose() => Drop(_ => true);

    private BatchSession SessionFor(LanguageModel model, LabelBlend? label, int streams)
    {
        int found = _sessions.FindIndex(session => session.IsFor(model, label, streams));
        var chosen = found >= 0 ? _sessions[found] : new BatchSession(model, label, streams);
        if (found >= 0)
            _sessions.RemoveAt(found);
        else if (_sessions.Count == MaxSessions)
            Drop(session => session == _sessions[0]);
        _sessions.Add(chosen);
        return chosen;
    }

    private void Drop(Predicate<BatchSession> isDropped)
    {
        foreach (var session in _sessions.FindAll(isDropped))
        {
            _sessions.Remove(session);
            session.Dispose();
        }
    }
}

/// <summary>Some steps of generations side by side; disposing of it gives each its state.</summary>
internal sealed class BatchTurn : ILogitsReader, IDisposable
{
    private readonly BatchSession _session;
    private readonly IReadOnlyList<Generation> _generations;
    private readonly int[] _ids;

    internal BatchTurn(BatchSession session, IReadOnlyList<Generation> generations)
    {
        (_session, _generations) = (session, generations);
        _ids = new int[session.Streams];
    }

    /// <summary>Number of generations that are not over.</summary>
    public int Active { get; private set; }

    /// <summary>Reads the next symbol of each generation that is not over, and lets it go on.</summary>
    public void Step()
    {
        bool needsLogits = false;
        Active = 0;
        for (int i = 0; i < _generations.Count; i++)
        {
            var generation = _generations[i];
            // One that is over keeps its place until the turn's end.
            if (generation.EndIfDone())
                continue;
            _ids[i] = generation.Input;
            needsLogits |= generation.NeedsLogits;
            Active++;
        }
        if (Active == 0)
            return;
        _session.Step(_ids, needsLogits ? this : null);
        Active = 0;
        foreach (var generation in _generations)
        {
            if (!needsLogits && !generation.IsOver)
                generation.Advance([]);
            Active += generation.IsOver ? 0 : 1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Store(_generations);

    void ILogitsReader.Read(int worker, int stream, ReadOnlySpan<float> logits)
    {
        if (stream < _generations.Count && !_generations[stream].IsOver)
            _generations[stream].Advance(logits);
    }
}

/// <summary>Session of a batch size, with its states.</summary>
internal sealed class BatchSession(LanguageModel model, LabelBlend? label, int streams) : IDisposable
{
    private readonly StepSession _session = model.NewSession(streams, label: label);
    private readonly NetworkState _states = new(model.Spec, streams);

    /// <summary>B.</summary>
    public int Streams => streams;

    /// <summary>The model.</summary>
    public LanguageModel Model => model;

    /// <summary>Whether generations of a model and label can be stepped in it.</summary>
    public bool IsFor(LanguageModel ofModel, LabelBlend? ofLabel, int ofStreams) =>
        model == ofModel && streams == ofStreams && label?.Name == ofLabel?.Name;

    /// <summary>Gives the first streams the states of generations.</summary>
    public void Load(IReadOnlyList<Generation> generations)
    {
        for (int i = 0; i < generations.Count; i++)
            generations[i].State.CopyStream(0, _states, i);
        _session.SetState(_states);
    }

    /// <summary>Gives generations the states of the first streams.</summary>
    public void Store(IReadOnlyList<Generation> generations)
    {
        _session.CopyStateTo(_states);
        for (int i = 0; i < generations.Count; i++)
            _states.CopyStream(i, generations[i].State, 0);
    }

    /// <summary>Reads one symbol of each stream.</summary>
    public void Step(ReadOnlySpan<int> ids, ILogitsReader? reader) => _session.Step(ids, reader);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
