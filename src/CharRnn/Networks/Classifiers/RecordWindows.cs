using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Windows of a classifier, one for each shape of batch that has come, all in the same memory, since one is in use at a
/// time: as much as the largest takes. A shape that has come before costs nothing to take again.
/// </summary>
internal sealed class RecordWindows : IDisposable
{
    private readonly ClassifierLayout _layout;
    private readonly ForwardWeights _weights;
    private readonly WorkerTeam _team;
    private readonly bool _isTrained;
    private readonly MatrixPool _pool = new();
    private readonly BidirectionalInputs _rows = new();
    private readonly Dictionary<(int Steps, int Streams), RecordWindow> _windows = [];
    private int _tableRows;

    /// <summary>Makes no window yet.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read whenever a window is used.</param>
    /// <param name="team">The workers.</param>
    /// <param name="isTrained">Whether windows have a backward pass.</param>
    public RecordWindows(ClassifierLayout layout, ForwardWeights weights, WorkerTeam team, bool isTrained) =>
        (_layout, _weights, _team, _isTrained) = (layout, weights, team, isTrained);

    /// <summary>The input projections, one a direction.</summary>
    public InputProjection[] Tables { get; private set; } = [];

    /// <summary>
    /// Window of a batch, with the batch as the input of its next forward pass. Called by one thread.
    /// </summary>
    /// <param name="batch">The records.</param>
    /// <param name="symbolDropout">Dropout of a record's symbols, which are then read as nothing.</param>
    public RecordWindow Take(in LabeledBatch batch, in Dropout symbolDropout)
    {
        var window = For(batch.Steps, batch.Streams);
        MakeTables(window.Tiles.Rows);
        _rows.Arrange(batch, window.Tiles, symbolDropout, Tables[0].Silence);
        for (int direction = 0; direction < Tables.Length; direction++)
            Tables[direction].Index(_rows.Ids(direction, window.Tiles), window.Tiles);
        return window;
    }

    /// <summary>Dropout of whole symbols in a training step, drawn for (record, symbol).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The training step.</param>
    public Dropout SymbolDropout(ulong seed, long step)
    {
        // The number after those of the layers and of the pooled vectors.
        int number = _layout.Spec.NumLayers + 1;
        return new Dropout(_layout.Spec.EmbeddingDropout, seed, step, number);
    }

    /// <summary>
    /// Makes tables for batches of up to so many rows, or symbols; those that are large enough stay as they are.
    /// </summary>
    public void MakeTables(int rows)
    {
        if (rows <= _tableRows)
            return;
        foreach (var table in Tables)
            table.Dispose();
        Tables = new InputProjection[_layout.Directions];
        for (int direction = 0; direction < Tables.Length; direction++)
            Tables[direction] = InputProjection.OfSymbols(_layout, _weights, rows, direction);
        _tableRows = rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var table in Tables)
            table.Dispose();
        _pool.Dispose();
    }

    private RecordWindow For(int steps, int streams)
    {
        if (_windows.TryGetValue((steps, streams), out var known))
            return known;
        int replacements = _pool.Replacements;
        _pool.Restart();
        var window = new RecordWindow(
            _layout,
            _weights,
            new StreamTiles(steps, streams),
            _rows,
            _team,
            _isTrained,
            _pool
        );
        // Smaller windows lost their memory to this one.
        if (_pool.Replacements != replacements)
            _windows.Clear();
        _windows.Add((steps, streams), window);
        return window;
    }
}
