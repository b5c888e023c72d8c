using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// A classifier's windows, one for each shape of batch that has come, all in the same memory, since one is in use at a
/// time: as much as the largest takes. A shape that has come before costs nothing to take again.
/// </summary>
internal sealed class RecordWindows : IDisposable
{
    private readonly ClassifierLayout _layout;
    private readonly Arena _weights;
    private readonly bool _isTrained;
    private readonly MatrixPool _pool = new();
    private readonly BidirectionalInputs _rows = new();
    private readonly Dictionary<(int Steps, int Streams), RecordWindow> _windows = [];
    private int _tableRows;

    /// <summary>Makes no room yet.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read whenever a window is used.</param>
    /// <param name="isTrained">Whether windows have a way back.</param>
    public RecordWindows(ClassifierLayout layout, Arena weights, bool isTrained) =>
        (_layout, _weights, _isTrained) = (layout, weights, isTrained);

    /// <summary>The first layer's input products, one for each direction.</summary>
    public InputProjection[] Tables { get; private set; } = [];

    /// <summary>
    /// Takes in a batch: its window, with both directions' rows arranged. The tables are yet to be indexed.
    /// </summary>
    /// <param name="batch">The records.</param>
    /// <param name="silence">Which of a record's symbols are read as nothing.</param>
    public RecordWindow Take(in LabeledBatch batch, in Dropout silence)
    {
        var window = For(batch.Steps, batch.Streams);
        MakeTables(window.Tiles.Rows);
        _rows.Arrange(batch, window.Tiles, silence, Tables[0].Silence);
        return window;
    }

    /// <summary>Finds the symbols of the batch that was taken, for the tables to be built for.</summary>
    public void IndexTables(RecordWindow window)
    {
        for (int direction = 0; direction < Tables.Length; direction++)
            Tables[direction].Index(_rows.Ids(direction, window.Tiles), window.Tiles);
    }

    /// <summary>Finds the rows of tables that hold all symbols already.</summary>
    public void MapTables(RecordWindow window)
    {
        for (int direction = 0; direction < Tables.Length; direction++)
            Tables[direction].Map(_rows.Ids(direction, window.Tiles), window.Tiles);
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
        Forget();
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
            new StreamTiles(steps, streams, _layout.Spec.HiddenSize),
            _rows,
            _isTrained,
            _pool
        );
        // Smaller windows lost their memory to this one.
        if (_pool.Replacements != replacements)
            Forget();
        _windows.Add((steps, streams), window);
        return window;
    }

    private void Forget()
    {
        foreach (var window in _windows.Values)
            window.Dispose();
        _windows.Clear();
    }
}
