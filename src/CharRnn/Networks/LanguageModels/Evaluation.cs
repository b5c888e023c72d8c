using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>Scores of a language model on a text.</summary>
/// <param name="Characters">
/// Number of predicted characters: all but the first; with a given first symbol, all but those of each record.
/// </param>
/// <param name="TotalNats">Σ −ln p over them.</param>
/// <param name="Hits">Times that the likeliest symbol was the one that came.</param>
public sealed record EvaluationResult(long Characters, double TotalNats, long Hits)
{
    /// <summary>Mean cross-entropy, nats per character.</summary>
    public double NatsPerChar => TotalNats / Characters;

    /// <summary>Mean cross-entropy, bits per character.</summary>
    public double BitsPerChar => NatsPerChar / Math.Log(2);

    /// <summary>e to the mean cross-entropy.</summary>
    public double Perplexity => Math.Exp(NatsPerChar);

    /// <summary>The share of characters that the likeliest symbol got right.</summary>
    public double Accuracy => (double)Hits / Characters;
}

/// <summary>Reader of the score of each character of a text.</summary>
internal interface IScoreReader
{
    /// <summary>Called once for each predicted character, in order.</summary>
    /// <param name="id">The symbol that came.</param>
    /// <param name="isCounted">Whether its prediction counts.</param>
    /// <param name="nats">Its −ln p.</param>
    void Read(int id, bool isCounted, double nats);
}

/// <summary>
/// Evaluator of a language model, with carried state: a text is read in one stream from its beginning, or cut into
/// several neighboring streams that are read side by side, each from a state of zeros (faster, and a little worse for
/// it at each stream's start). A model with labels needs a text with labels (<see cref="SymbolIds.Labels"/>).
/// </summary>
public sealed class Evaluator : ITeamWork, IDisposable
{
    private const int MaxSteps = 64;

    // Enough rows for the products to be fast; more would only cost memory.
    private const int EnoughRows = 256;

    private readonly int _steps;
    private readonly Window _window;
    private readonly WorkerTeam _team;
    private readonly bool _ownsTeam;
    private readonly int[] _inputs,
        _targets,
        _symbols;

    // (T, B); empty for a network without labels.
    private readonly int[] _labels;

    // (streams) what each stream reads now.
    private readonly IdRange[] _reading;
    private bool _carryState;

    /// <summary>Makes an evaluator.</summary>
    /// <param name="model">The model; its weights are read at every call.</param>
    /// <param name="streams">Number of streams; 1 by default.</param>
    /// <param name="threads">Number of threads; 1 by default. Any number gives the same bits.</param>
    public Evaluator(LanguageModel model, int streams = 1, int threads = 1)
        : this(model, streams, new WorkerTeam(threads)) => _ownsTeam = true;

    internal Evaluator(LanguageModel model, int streams, WorkerTeam team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        _steps = Math.Clamp(EnoughRows / streams, 1, MaxSteps);
        _window = new Window(model.Layout, model.ForwardWeights, _steps, streams, team);
        _team = team;
        (_inputs, _targets) = (new int[_window.Tiles.Rows], new int[_window.Tiles.Rows]);
        _labels = model.Labels.Count > 0 ? new int[_window.Tiles.Rows] : [];
        (_symbols, _reading) = (new int[_steps + 1], new IdRange[streams]);
    }

    /// <summary>Reader of each character's score, for one stream; null, the default, for none.</summary>
    internal IScoreReader? Reader { get; init; }

    /// <summary>Scores part of a text, cut into as many neighboring pieces as there are streams.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="range">The part; at least two symbols.</param>
    /// <param name="progress">Receives the number of characters done, from time to time.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    public EvaluationResult Run(
        SymbolIds ids,
        IdRange range,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    ) =>
        Run(
            ids,
            range.Length < 2 ? [range] : CorpusPart.Cut(range, _window.Tiles.Streams),
            progress,
            cancellationToken
        );

    /// <summary>
    /// Scores pieces of a text, each read from a state of zeros in a stream of its own, as many side by side as there
    /// are streams.
    /// </summary>
    /// <param name="ids">The text.</param>
    /// <param name="pieces">The pieces; at least two symbols in one of them.</param>
    /// <param name="progress">Receives the number of characters done, from time to time.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    public EvaluationResult Run(
        SymbolIds ids,
        IReadOnlyList<IdRange> pieces,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        if (_labels.Length > 0 && ids.Labels is null)
            throw new SettingsException("the model has learnt texts by their labels, and this text has none.");
        long pairs = pieces.Sum(CorpusPart.PairsOf);
        if (pairs < 1)
            throw new CorpusException(
                $"the text to score has {pieces.Sum(piece => piece.Length)} characters; at least 2 are needed."
            );
        int streams = _window.Tiles.Streams;
        double nats = 0;
        long hits = 0,
            done = 0,
            counted = 0;
        // The weights stay as they are until the end.
        if (_window.Symbols.CanHoldAll)
            _window.Symbols.BuildAll();
        for (int first = 0; first < pieces.Count; first += streams)
        {
            int count = Math.Min(streams, pieces.Count - first);
            for (int stream = 0; stream < streams; stream++)
                _reading[stream] = stream < count ? pieces[first + stream] : default;
            long longest = _reading.Max(CorpusPart.PairsOf);
            for (long start = 0; start < longest; start += _steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int stream = 0; stream < streams; stream++)
                    FillStream(ids, stream, start);
                _window.SetInputs(_inputs, _labels);
                _window.Head.SetTargets(_inputs, _targets);
                _carryState = start > 0;
                _team.Run(this);
                for (int stream = 0; stream < streams; stream++)
                {
                    int steps = StepsLeft(stream, start);
                    for (int step = 0; step < steps; step++)
                    {
                        int row = _window.Tiles.RowOf(step, stream);
                        if (_window.Head.IsCounted(row))
                            counted++;
                        nats += _window.Head.Losses[row];
                        Reader?.Read(_targets[row], _window.Head.IsCounted(row), _window.Head.Losses[row]);
                        if (_window.Head.Hits[row])
                            hits++;
                    }
                    done += steps;
                }
                progress?.Report(done);
            }
        }
        return new EvaluationResult(counted, nats, hits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        if (_ownsTeam)
            _team.Dispose();
    }

    /// <inheritdoc/>
    void ITeamWork.Execute(int worker)
    {
        _window.Forward(worker, _carryState);
        var head = _window.Head;
        for (int group = 0; group < head.GroupCount; group++)
        {
            _team.SignalAndWait();
            while (_team.TryTake(worker, head.BlockCount(group), grain: 1, out var blocks))
                head.Evaluate(group, blocks);
        }
    }

    private int StepsLeft(int stream, long start) =>
        (int)Math.Clamp(CorpusPart.PairsOf(_reading[stream]) - start, 0, _steps);

    /// <summary>A stream that has ended goes on with symbol 0, which is not counted.</summary>
    private void FillStream(SymbolIds ids, int stream, long start)
    {
        int steps = StepsLeft(stream, start),
            streams = _window.Tiles.Streams;
        if (steps > 0)
            ids.CopyTo(_reading[stream].Start + start, _symbols.AsSpan(0, steps + 1));
        if (_labels.Length > 0)
            FillLabels(ids.Labels!, stream, start, steps);
        for (int step = 0; step < _steps; step++)
        {
            _inputs[step * streams + stream] = step < steps ? _symbols[step] : 0;
            _targets[step * streams + stream] = step < steps ? _symbols[step + 1] : 0;
        }
    }

    private void FillLabels(SymbolIds labels, int stream, long start, int steps)
    {
        Span<int> ofStream = stackalloc int[MaxSteps];
        if (steps > 0)
            labels.CopyTo(_reading[stream].Start + start, ofStream[..steps]);
        for (int step = 0; step < _steps; step++)
            _labels[step * _window.Tiles.Streams + stream] = step < steps ? ofStream[step] : 0;
    }
}
