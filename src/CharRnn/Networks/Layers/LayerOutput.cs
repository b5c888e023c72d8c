using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// What becomes of a layer's hidden states on their way to the next layer or the head; the state that is carried on
/// stays h:
/// <code>
/// s = P·h              without a projection s = h
/// y = x + dropout(s)   x, the layer's input, in residual layers alone
/// y' = outputDropout(act(y))   the last layer alone
/// </code>
/// and backwards, with d… for the gradient of the loss:
/// <code>
/// dy = dy' ⊙ outputMask ⊙ act'(y)
/// ds = dy ⊙ mask,  dx += dy
/// dh = Pᵀ·ds,  dP = Σ over rows of ds·hᵀ
/// </code>
/// A projection is outside the recurrence, so it is one product over all rows of a tile after its scan, and one each on
/// the way back; without it the output is written step by step, while h is at hand, or is h itself where nothing is
/// done to it.
/// </summary>
internal sealed class LayerOutput : IDisposable
{
    // Null where hidden states go on as they are.
    private readonly ParameterLayout? _layout;
    private readonly StreamTiles _tiles;
    private readonly int _layer;
    private readonly Activation _activation;
    private readonly Panels _projection;
    private readonly Matrix _hidden,
        _output;
    private readonly AlignedBuffer? _buffer;

    /// <summary>Makes room for a window.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="hidden">((T + 1)·B, H): the layer's hidden states.</param>
    public LayerOutput(ParameterLayout layout, Arena weights, int layer, StreamTiles tiles, Matrix hidden)
    {
        (_layout, _tiles, _layer, _hidden) = (layout, tiles, layer, hidden);
        var spec = layout.Spec;
        bool isTop = layer == spec.NumLayers - 1;
        IsResidual = spec.IsResidual(layer);
        _activation = isTop ? spec.HeadActivation : Activation.None;
        IsProjected = spec.ProjectionSize > 0;
        if (IsProjected)
            _projection = layout.Projection(weights, layer);
        bool changesHidden =
            IsProjected
            || IsResidual
            || spec.DropoutAfter(layer) > 0
            || _activation != Activation.None
            || (isTop && spec.OutputDropout > 0);
        if (!changesHidden)
            return;
        _buffer = new AlignedBuffer((long)tiles.Rows * layout.OutputWidth);
        _output = new Matrix(_buffer, tiles.Rows, layout.OutputWidth);
    }

    /// <summary>Hands hidden states on as they are.</summary>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="hidden">((T + 1)·B, H): the layer's hidden states.</param>
    public LayerOutput(StreamTiles tiles, Matrix hidden) => (_tiles, _hidden) = (tiles, hidden);

    /// <summary>Whether the layer adds its output to its input.</summary>
    public bool IsResidual { get; }

    /// <summary>Whether hidden states are projected, after the scan of their tile.</summary>
    public bool IsProjected { get; }

    /// <summary>Whether each step's output is to be written once its hidden state is there.</summary>
    public bool IsWrittenByStep => !IsProjected && !_output.IsEmpty;

    /// <summary>
    /// Panels of projected numbers, in which the work on the projection's gradient is shared out; 0 without one.
    /// </summary>
    public int ProjectionPanels => IsProjected ? _projection.Count : 0;

    /// <summary>The output over a tile's window: (T·streams, P or H).</summary>
    public Matrix Of(int tile) =>
        _output.IsEmpty ? _tiles.StatesOf(_hidden, tile, 1, _tiles.Steps) : _tiles.RowsOf(_output, tile);

    /// <summary>Writes one step's output of some units.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="t">The step.</param>
    /// <param name="units">The units.</param>
    /// <param name="below">The layer below; null for the first.</param>
    /// <param name="masks">What is silenced.</param>
    public void WriteStep(int tile, int t, UnitSlice units, ILayerInput? below, in LayerMasks masks)
    {
        int streams = _tiles.StreamCount(tile);
        var rows = new RowsOfTile(tile, t * streams, streams);
        var hidden = units.Of(_tiles.StateOf(_hidden, tile, t + 1));
        if (masks.Branch.IsOn)
            masks.Branch.Multiply(hidden, FirstRow(rows), units.Start, Own(_output, rows, units));
        else
            hidden.CopyTo(Own(_output, rows, units));
        Finish(rows, units, below, masks.Output);
    }

    /// <summary>Writes some columns of a whole tile's output, once all of its hidden states are there.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="below">The layer below; null for the first.</param>
    /// <param name="masks">What is silenced.</param>
    public void Project(int tile, UnitSlice columns, ILayerInput? below, in LayerMasks masks)
    {
        var rows = new RowsOfTile(tile, 0, _tiles.RowCount(tile));
        var output = Own(_output, rows, columns);
        MatrixProducts.Multiply(
            _tiles.StatesOf(_hidden, tile, 1, _tiles.Steps),
            _projection.OutputRange(columns.Start, columns.Count),
            output
        );
        if (masks.Branch.IsOn)
            masks.Branch.Multiply(output, FirstRow(rows), columns.Start, output);
        Finish(rows, columns, below, masks.Output);
    }

    /// <summary>
    /// The way back through the last layer's dropout and activation: dy' becomes dy, for some columns of a tile.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="mask">The same as forward.</param>
    /// <param name="dOutput">(T·streams, the columns).</param>
    public void BackwardThroughActivation(int tile, UnitSlice columns, in Dropout mask, Matrix dOutput)
    {
        if (mask.IsOn)
            mask.Multiply(dOutput, _tiles.RowStart(tile), columns.Start, dOutput);
        if (_activation != Activation.None)
            _activation.MultiplyByDerivative(columns.Of(Of(tile)), mask.KeptShare, dOutput);
    }

    /// <summary>The way back through the projection, of a whole tile; all who share the tile call it.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's columns and units.</param>
    /// <param name="transposed">The projection turned around.</param>
    /// <param name="mask">The same as forward.</param>
    /// <param name="dOutput">(T·streams, the worker's columns): dy.</param>
    /// <param name="rows">Where ds and dh go.</param>
    public void BackwardThroughProjection(
        int tile,
        in ScanShare share,
        TransposedWeights transposed,
        in Dropout mask,
        Matrix dOutput,
        ActivationGradients rows
    )
    {
        var dProjected = _tiles.RowsOf(rows.DProjected(_layer), tile);
        var dOwnProjected = share.Columns.Of(dProjected);
        if (mask.IsOn)
            mask.Multiply(dOutput, _tiles.RowStart(tile), share.Columns.Start, dOwnProjected);
        else
            dOutput.CopyTo(dOwnProjected);
        share.SignalAndWait();
        transposed.Multiply(dProjected, share.Units.Start, share.Units.Of(_tiles.RowsOf(rows.DHidden, tile)));
    }

    /// <summary>The gradient of some panels of the projection, summed over (tile, t, stream) in that order.</summary>
    /// <param name="share">Panels [start, end) of <see cref="ProjectionPanels"/>.</param>
    /// <param name="rows">Where ds is.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradient goes.</param>
    public void ProjectionGradients(
        (int Start, int End) share,
        ActivationGradients rows,
        PackingScratch scratch,
        Arena gradients
    )
    {
        if (share.End <= share.Start)
            return;
        int start = share.Start * Padding.Unit,
            width = (share.End - share.Start) * Padding.Unit;
        var dProjection = _layout!.Projection(gradients, _layer).OutputRange(start, width);
        bool overwrite = true;
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            var hidden = _tiles.StatesOf(_hidden, tile, 1, _tiles.Steps);
            var dProjected = _tiles.RowsOf(rows.DProjected(_layer), tile).ColumnRange(start, width);
            for (int row = 0, count; row < hidden.Rows; row += count, overwrite = false)
            {
                count = Math.Min(MatrixProducts.TermBlock, hidden.Rows - row);
                var packed = scratch.PackGradients(dProjected.RowRange(row, count), dBias: default);
                MatrixProducts.TransposedProduct(
                    scratch.PackHidden(hidden.RowRange(row, count)),
                    packed,
                    overwrite,
                    dProjection
                );
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer?.Dispose();

    /// <summary>From dropout(s), which is there already, to what goes on.</summary>
    private void Finish(in RowsOfTile rows, UnitSlice columns, ILayerInput? below, in Dropout outputMask)
    {
        var output = Own(_output, rows, columns);
        if (IsResidual)
            RowOperations.Add(columns.Of(below!.OutputOf(rows.Tile)).RowRange(rows.Start, rows.Count), output);
        _activation.Apply(output);
        if (outputMask.IsOn)
            outputMask.Multiply(output, FirstRow(rows), columns.Start, output);
    }

    /// <summary>Their number among T·B, which masks are drawn for.</summary>
    private int FirstRow(in RowsOfTile rows) => _tiles.RowStart(rows.Tile) + rows.Start;

    private Matrix Own(Matrix buffer, in RowsOfTile rows, UnitSlice columns) =>
        columns.Of(buffer.RowRange(FirstRow(rows), rows.Count));

    /// <summary>Neighbouring rows of one tile.</summary>
    private readonly record struct RowsOfTile(int Tile, int Start, int Count);
}
