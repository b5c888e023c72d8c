using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Predictor of many records, in batches of like lengths, by a team: the forward pass of a classifier. Every number of
/// a record is computed from that record alone, in an order that no batch changes, so a record has the same bits
/// whatever is beside it.
/// </summary>
internal sealed class BatchPredictor : ITeamWork, IDisposable
{
    // Enough tiles for several cores, and few enough rows to stay cached.
    private const int MaxStreams = 128;
    private const int MaxRows = 1 << 14;

    private readonly SequenceClassifier _model;

    // Records of the head that are taken together: rows enough for a product's tiles.
    private const int StreamGrain = 24;

    private readonly WorkerTeam _team;
    private readonly RecordWindows _windows;
    private int[] _ids = [],
        _lengths = [];
    private RecordWindow? _window;

    /// <summary>Makes a predictor; the model's weights are read at every call.</summary>
    public BatchPredictor(SequenceClassifier model, WorkerTeam team)
    {
        (_model, _team) = (model, team);
        _windows = new RecordWindows(model.Layout, model.ForwardWeights, team, isTrained: false);
    }

    /// <summary>The probabilities of each label for some records, handed out as they come.</summary>
    /// <param name="records">The ids of each record's characters; at least one each.</param>
    /// <param name="receive">
    /// Receives a record's number and its probabilities (labels), which hold until it returns; the longest records come
    /// first.
    /// </param>
    /// <exception cref="SettingsException">A record is empty.</exception>
    public void Predict(IReadOnlyList<int[]> records, Action<int, ReadOnlySpan<float>> receive) =>
        Read(records, (record, window, stream) => receive(record, window.Head.Probabilities(stream)), default);

    /// <summary>The pooled state of some records, handed out as they come.</summary>
    /// <param name="records">The ids of each record's characters; at least one each.</param>
    /// <param name="receive">
    /// Receives a record's number and its pooled state (joined), which holds until it returns; the longest records come
    /// first.
    /// </param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SettingsException">A record is empty.</exception>
    public void Pool(
        IReadOnlyList<int[]> records,
        Action<int, ReadOnlySpan<float>> receive,
        CancellationToken cancellationToken
    ) => Read(records, (record, window, stream) => receive(record, window.Pooled.Row(stream)), cancellationToken);

    /// <inheritdoc/>
    public void Execute(int worker)
    {
        var window = _window!;
        window.Forward(worker, _windows.Tables);
        _team.SignalAndWait();
        while (_team.TryTake(worker, window.Tiles.Streams, StreamGrain, out var streams))
            window.Head.Forward(streams);
    }

    /// <inheritdoc/>
    public void Dispose() => _windows.Dispose();

    private void Read(
        IReadOnlyList<int[]> records,
        Action<int, RecordWindow, int> receive,
        CancellationToken cancellationToken
    )
    {
        int[] order = TextEmbedding.LongestFirst(records);
        if (order.Length > 0)
            BuildWholeTables(records.Sum(record => (long)record.Length), longest: records[order[0]].Length);
        for (int first = 0, count; first < order.Length; first += count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int maxStreams = Math.Clamp(MaxRows / records[order[first]].Length, 1, MaxStreams);
            count = Math.Min(maxStreams, order.Length - first);
            var batch = order.AsSpan(first, count);
            Run(records, batch);
            for (int stream = 0; stream < count; stream++)
                receive(batch[stream], _window!, stream);
        }
    }

    /// <summary>
    /// Where more characters are to be read than there are symbols, the products of all symbols are computed once, for
    /// all batches.
    /// </summary>
    private void BuildWholeTables(long characters, int longest)
    {
        int symbols = _model.Spec.VocabularySize;
        if (symbols > characters)
        {
            foreach (var table in _windows.Tables)
                table.BuildByWindow();
            return;
        }
        // Large enough for all batches: they must not be rebuilt for a larger one.
        _windows.MakeTables(Math.Max(symbols, Math.Max(MaxRows, longest)));
        foreach (var table in _windows.Tables)
            table.BuildAll();
    }

    private void Run(IReadOnlyList<int[]> records, ReadOnlySpan<int> batch)
    {
        int streams = batch.Length,
            steps = records[batch[0]].Length;
        if (_ids.Length < steps * streams)
            _ids = new int[steps * streams];
        if (_lengths.Length < streams)
            _lengths = new int[MaxStreams];
        for (int stream = 0; stream < streams; stream++)
        {
            int[] record = records[batch[stream]];
            _lengths[stream] = record.Length;
            for (int t = 0; t < record.Length; t++)
                _ids[t * streams + stream] = record[t];
        }
        _window = _windows.Take(
            new LabeledBatch
            {
                Steps = steps,
                Streams = streams,
                Ids = _ids.AsSpan(0, steps * streams),
                Lengths = _lengths.AsSpan(0, streams),
            },
            symbolDropout: default
        );
        _team.Run(this);
    }
}
