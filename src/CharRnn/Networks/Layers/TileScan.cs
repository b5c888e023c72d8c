using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>One layer's buffers of one tile, found once for all its steps.</summary>
internal readonly struct TileScan
{
    private readonly UnitSlice _units;
    private readonly int _streams;
    private readonly Matrix _gates,
        _hidden,
        _ownHidden,
        _ownCellState;

    /// <summary>Finds them.</summary>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="units">The units that are computed.</param>
    /// <param name="gates">(T·B, Slots·H).</param>
    /// <param name="hidden">((T + 1)·B, H).</param>
    /// <param name="cellState">((T + 1)·B, H), or empty.</param>
    public TileScan(StreamTiles tiles, int tile, UnitSlice units, Matrix gates, Matrix hidden, Matrix cellState)
    {
        (_units, _streams) = (units, tiles.StreamCount(tile));
        _gates = tiles.RowsOf(gates, tile);
        _hidden = tiles.StatesOf(hidden, tile, 0, tiles.Steps + 1);
        _ownHidden = units.Of(_hidden);
        if (!cellState.IsEmpty)
            _ownCellState = units.Of(tiles.StatesOf(cellState, tile, 0, tiles.Steps + 1));
    }

    /// <summary>(streams, Slots·H).</summary>
    public Matrix GatesAt(int t) => At(_gates, t);

    /// <summary>All units of h before a step, (streams, H).</summary>
    public Matrix HiddenBefore(int t) => At(_hidden, t);

    /// <summary>What the cell needs of a step.</summary>
    public CellStep Step(int t) =>
        new(
            GatesAt(t),
            _units,
            At(_ownHidden, t),
            At(_ownHidden, t + 1),
            _ownCellState.IsEmpty ? default : At(_ownCellState, t),
            _ownCellState.IsEmpty ? default : At(_ownCellState, t + 1)
        );

    private Matrix At(Matrix steps, int t) => steps.RowRange(t * _streams, _streams);
}
