using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>Reader of the logits of each stream after a step.</summary>
internal interface ILogitsReader
{
    /// <summary>Called once for each stream, by the worker that has its logits.</summary>
    /// <param name="worker">The worker; each reads on its own.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="logits">(V), during the call.</param>
    void Read(int worker, int stream, ReadOnlySpan<float> logits);
}

/// <summary>
/// Session that reads symbols one step at a time and gives the logits of what comes next, carrying the state; samplers
/// are made of it. A step gives the bits that the same position of a whole window has. Not for several threads at once.
/// </summary>
public sealed class StepSession : IDisposable
{
    // Vocabularies up to this size have the products of all their symbols computed beforehand.
    private const int MaxWholeTable = 4096;

    private readonly Window _window;
    private readonly WorkerTeam _team;
    private readonly StepWork _work;
    private readonly IReadOnlyList<string> _labels;
    private readonly bool _hasWholeTable;

    // (1, G·H) what the label adds to every symbol's products.
    private readonly AlignedBuffer? _shift;
    private readonly InputProjection? _labelTable;
    private readonly int _symbols;
    private bool _hasStarted;

    // Used to reorder streams; made at the first call.
    private NetworkState? _before,
        _after;

    // The group of the head's blocks whose logits the head holds: none right after a step.
    private int? _groupWithLogits;

    internal StepSession(LanguageModel model, int streams, int threads, LabelBlend? label)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        model.RequireLabel(label);
        _labels = model.Labels;
        _symbols = model.Spec.VocabularySize;
        _hasWholeTable = _symbols <= MaxWholeTable;
        _team = new WorkerTeam(threads);
        _window = new Window(
            model.Layout,
            model.ForwardWeights,
            steps: 1,
            streams,
            _team,
            minTableRows: _hasWholeTable ? _symbols : 0
        );
        _work = new StepWork(this);
        if (label is not null)
        {
            _labelTable = InputProjection.OfLabels(model.Layout, model.ForwardWeights, _labels.Count)!;
            _labelTable.BuildAll();
            _shift = new AlignedBuffer(_labelTable.Width);
            SetLabel(label);
        }
        else if (_hasWholeTable)
        {
            _window.Symbols.BuildAll();
        }
    }

    /// <summary>B.</summary>
    public int Streams => _window.Tiles.Streams;

    /// <summary>Lets what is read from now on have another label; the state stays as it is.</summary>
    /// <exception cref="SettingsException">The model has no labels, or fewer.</exception>
    public void SetLabel(LabelBlend label)
    {
        ArgumentNullException.ThrowIfNull(label);
        LanguageModel.RequireLabel(label, _labels);
        var shift = new Matrix(_shift!, 1, _labelTable!.Width);
        _labelTable.Blend(label, shift);
        _window.Symbols.Shift = shift;
        if (_hasWholeTable)
            _window.Symbols.BuildAll();
    }

    /// <summary>Reads one symbol of each stream.</summary>
    /// <param name="ids">(B).</param>
    public void Step(ReadOnlySpan<int> ids) => Step(ids, reader: null);

    /// <summary>Reads one symbol, in a session of one stream, and gives the logits of what comes next.</summary>
    /// <param name="id">The symbol.</param>
    /// <returns>(V), until the next call.</returns>
    public ReadOnlySpan<float> Step(int id)
    {
        Step([id]);
        return Logits(0);
    }

    /// <summary>
    /// Reads one symbol of each stream, and has each worker read the logits that it computed.
    /// </summary>
    internal void Step(ReadOnlySpan<int> ids, ILogitsReader? reader)
    {
        if (ids.Length != Streams)
            throw new ArgumentException($"ids has {ids.Length} numbers; B={Streams} are needed.", nameof(ids));
        LanguageModel.RequireKnown(ids, _symbols);
        _window.SetInputs(ids);
        _work.Reader = reader;
        _team.Run(_work);
        _hasStarted = true;
        _groupWithLogits = null;
    }

    /// <summary>The logits after the last step.</summary>
    /// <param name="stream">Number of the stream.</param>
    /// <returns>(V), until the next call.</returns>
    public ReadOnlySpan<float> Logits(int stream)
    {
        if ((uint)stream >= (uint)Streams)
            throw new ArgumentOutOfRangeException(nameof(stream), $"stream is {stream}; the session has {Streams}.");
        int row = _window.Tiles.RowOf(0, stream);
        for (int group = 0; ; group++)
        {
            for (int index = 0; index < _window.Head.BlockCount(group); index++)
            {
                var block = _window.Head.Block(group, index);
                int rowInBlock = row - _window.Tiles.RowStart(block.Tile) - block.Start;
                if (rowInBlock < 0 || rowInBlock >= block.Count)
                    continue;
                ComputeLogits(group);
                return _window.Head.LogitsOf(block).Row(rowInBlock)[.._symbols];
            }
        }
    }

    /// <summary>Lets an observer see, or change, the numbers of every step from now on; null for none.</summary>
    internal void Observe(IScanObserver? observer)
    {
        foreach (var layer in _window.Layers)
            layer.Observer = observer;
    }

    /// <summary>The state after the last step.</summary>
    internal NetworkState CopyState() => _window.CopyState();

    /// <summary>The same, into a state for this network and B streams.</summary>
    internal void CopyStateTo(NetworkState state) => _window.CopyStateTo(state);

    /// <summary>Goes on from a state.</summary>
    internal void SetState(NetworkState state)
    {
        _window.SetState(state);
        _hasStarted = true;
    }

    /// <summary>Sets the states of some streams to zeros, as they were before the first step.</summary>
    /// <param name="isCleared">Whether a stream is one of them.</param>
    internal void ClearStates(Predicate<int> isCleared)
    {
        int[] cleared = [.. Enumerable.Range(0, Streams).Where(stream => isCleared(stream))];
        if (cleared.Length == 0 || !_hasStarted)
            return;
        var state = CopyState();
        state.Clear(cleared);
        SetState(state);
    }

    /// <summary>
    /// Lets streams go on from one another's states: stream i from the state that stream <paramref name="sources"/>[i]
    /// has.
    /// </summary>
    /// <param name="sources">(B); a stream may be named several times, or not at all.</param>
    public void Reorder(ReadOnlySpan<int> sources)
    {
        if (sources.Length != Streams)
            throw new ArgumentException(
                $"sources has {sources.Length} numbers; B={Streams} are needed.",
                nameof(sources)
            );
        for (int i = 0; i < sources.Length; i++)
        {
            if ((uint)sources[i] >= (uint)Streams)
                throw new ArgumentOutOfRangeException(
                    nameof(sources),
                    $"sources[{i}] is {sources[i]}; the session has {Streams} streams."
                );
        }
        if (!_hasStarted)
            return;
        _before ??= _window.CopyState();
        _after ??= _window.CopyState();
        _window.CopyStateTo(_before);
        _after.Gather(_before, sources);
        _window.SetState(_after);
    }

    /// <summary>Starts again from a state of zeros.</summary>
    public void Reset() => _hasStarted = false;

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        _window.Dispose();
        _labelTable?.Dispose();
        _shift?.Dispose();
    }

    /// <summary>
    /// Streams are asked for one after another, and share their blocks: each block is computed once a step.
    /// </summary>
    private void ComputeLogits(int group)
    {
        if (_groupWithLogits == group)
            return;
        for (int index = 0; index < _window.Head.BlockCount(group); index++)
            _window.Head.Logits(_window.Head.Block(group, index));
        _groupWithLogits = group;
    }

    /// <summary>
    /// One step by a team: the layers, and the logits where they are read.
    /// </summary>
    private sealed class StepWork(StepSession session) : ITeamWork
    {
        public ILogitsReader? Reader { get; set; }

        public void Execute(int worker)
        {
            var (window, team) = (session._window, session._team);
            window.Forward(worker, session._hasStarted);
            if (Reader is null)
                return;
            for (int group = 0; group < window.Head.GroupCount; group++)
            {
                team.SignalAndWait();
                ReadLogits(worker, group, Reader);
            }
        }

        private void ReadLogits(int worker, int group, ILogitsReader reader)
        {
            var head = session._window.Head;
            while (session._team.TryTake(worker, head.BlockCount(group), grain: 1, out var blocks))
            {
                for (int next = blocks.Start; next < blocks.End; )
                {
                    var block = head.Joined(group, ref next, blocks.End);
                    var logits = head.Logits(block);
                    int firstStream = session._window.Tiles.StreamStart(block.Tile) + block.Start;
                    for (int i = 0; i < block.Count; i++)
                        reader.Read(worker, firstStream + i, logits.Row(i)[..session._symbols]);
                }
            }
        }
    }
}
