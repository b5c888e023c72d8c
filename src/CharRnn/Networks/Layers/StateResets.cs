using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Resets of a window's states: before every step whose input is <see cref="ModelSpec.ResetId"/>, h and c are zero.
/// What a layer stores of the step before is its output too and stays as it is; such a step gets a copy of it, in which
/// the rows of the reset streams are zero. Backward, nothing passes from such a step to the one before. A step without
/// a reset looks at one flag. Where a record's first symbol is given (<see cref="ModelSpec.ConditionOnFirstSymbol"/>),
/// such a step leaves a state of zeros as well, and nothing passes back through it at all.
/// </summary>
internal sealed class StateResets
{
    private readonly StreamTiles _tiles;
    private readonly int _resetId;
    private readonly bool _clearsAfter;
    private readonly int[] _ids;
    private readonly bool[] _steps;

    // (B, H): copies of h and c; c's is empty without a cell state.
    private readonly Matrix _hidden,
        _cellState;

    /// <summary>
    /// Makes the resets of a window; all layers share them, since a tile is in one layer at a time.
    /// </summary>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="resetId">The symbol.</param>
    /// <param name="clearsAfter">Whether the state after the symbol is zero too.</param>
    /// <param name="hiddenWidth">H, padded.</param>
    /// <param name="hasCellState">Whether there is a c beside h.</param>
    /// <param name="pool">Memory of the copies.</param>
    public StateResets(
        StreamTiles tiles,
        int resetId,
        bool clearsAfter,
        int hiddenWidth,
        bool hasCellState,
        MatrixPool pool
    )
    {
        (_tiles, _resetId, _clearsAfter) = (tiles, resetId, clearsAfter);
        _ids = new int[tiles.Rows];
        _steps = new bool[tiles.Count * tiles.Steps];
        _hidden = pool.Allocate(tiles.Streams, hiddenWidth);
        if (hasCellState)
            _cellState = pool.Allocate(tiles.Streams, hiddenWidth);
    }

    /// <summary>Finds the resets of a window.</summary>
    /// <param name="ids">(T, B), index t·B + b.</param>
    public void Mark(ReadOnlySpan<int> ids)
    {
        _tiles.Arrange(ids, _ids);
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            for (int t = 0; t < _tiles.Steps; t++)
                _steps[tile * _tiles.Steps + t] = IdsOf(tile, t).Contains(_resetId);
        }
    }

    /// <summary>Whether the state of any stream of a tile is reset before a step.</summary>
    public bool Any(int tile, int t) => _steps[tile * _tiles.Steps + t];

    /// <summary>
    /// A step that begins from the copies, for a worker's own units. Workers that share the tile need a barrier before
    /// they read <see cref="HiddenBefore"/>.
    /// </summary>
    public CellStep Begin(int tile, int t, in CellStep step)
    {
        var (hidden, cell) = (step.Units.Of(RowsOf(_hidden, tile)), step.CellBefore);
        CopyRest(tile, t, step.HiddenBefore, hidden);
        if (!cell.IsEmpty)
        {
            cell = step.Units.Of(RowsOf(_cellState, tile));
            CopyRest(tile, t, step.CellBefore, cell);
        }
        return step with { HiddenBefore = hidden, CellBefore = cell };
    }

    /// <summary>All units of the copy of h before the step that was begun, (streams, H).</summary>
    public Matrix HiddenBefore(int tile) => RowsOf(_hidden, tile);

    /// <summary>Backward ends at such a step: clears the gradients of the state before it.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="t">The step.</param>
    /// <param name="dHiddenBefore">(streams, U).</param>
    /// <param name="dCellBefore">(streams, U), or empty.</param>
    public void End(int tile, int t, Matrix dHiddenBefore, Matrix dCellBefore) =>
        ClearRows(tile, t, dHiddenBefore, dCellBefore);

    /// <summary>
    /// Clears the state after the symbol, where that is zero too, or in the backward pass its gradient.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="t">The step.</param>
    /// <param name="hidden">(streams, U).</param>
    /// <param name="cell">(streams, U), or empty.</param>
    public void ClearAfter(int tile, int t, Matrix hidden, Matrix cell)
    {
        if (_clearsAfter && Any(tile, t))
            ClearRows(tile, t, hidden, cell);
    }

    /// <summary>
    /// Clears packed rows of h before steps at which the state was reset: no recurrent product used them.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="firstRow">The first row's number within the tile.</param>
    /// <param name="hiddenBefore">(rows, H).</param>
    public void Clear(int tile, int firstRow, Panels hiddenBefore)
    {
        var ids = _ids.AsSpan(_tiles.RowStart(tile) + firstRow, hiddenBefore.Inputs);
        for (int row = 0; row < ids.Length; row++)
        {
            if (ids[row] == _resetId)
                hiddenBefore.ClearInput(row);
        }
    }

    private void ClearRows(int tile, int t, Matrix hidden, Matrix cell)
    {
        var ids = IdsOf(tile, t);
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] != _resetId)
                continue;
            hidden.Row(i).Clear();
            if (!cell.IsEmpty)
                cell.Row(i).Clear();
        }
    }

    private void CopyRest(int tile, int t, Matrix before, Matrix copy)
    {
        var ids = IdsOf(tile, t);
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] == _resetId)
                copy.Row(i).Clear();
            else
                before.Row(i).CopyTo(copy.Row(i));
        }
    }

    private ReadOnlySpan<int> IdsOf(int tile, int t)
    {
        int streams = _tiles.StreamCount(tile);
        return _ids.AsSpan(_tiles.RowStart(tile) + t * streams, streams);
    }

    private Matrix RowsOf(Matrix streams, int tile) =>
        streams.RowRange(_tiles.StreamStart(tile), _tiles.StreamCount(tile));
}
