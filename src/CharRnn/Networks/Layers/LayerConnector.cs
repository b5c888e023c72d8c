using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Rows that a layer above the first takes in.</summary>
internal interface ILayerInput
{
    /// <summary>The rows over a tile's window: (T·streams, inputs padded).</summary>
    Matrix OutputOf(int tile);
}

/// <summary>Dropout masks of one connector in one training step; off by default.</summary>
/// <param name="Branch">Of the cell's own output, before a residual layer adds its input.</param>
/// <param name="Output">Of the head's input; on after the last layer alone.</param>
internal readonly record struct ConnectorMasks(Dropout Branch, Dropout Output);

/// <summary>Gradient of a layer's hidden states behind a dropout mask, which the scan applies step by step.</summary>
/// <param name="DMasked">(T·streams, a worker's units): the gradient of mask ⊙ h.</param>
/// <param name="Mask">The mask; off where the gradient is that of h itself.</param>
internal readonly record struct HiddenGradient(Matrix DMasked, Dropout Mask);

/// <summary>
/// Connector from a layer's hidden states to the next layer's input, or the head's: projection, dropout, residual sum,
/// activation. With h the hidden states, x the layer's own input and y' the output:
/// <code>
/// forward                                              backward
/// s  = P·h                  (no projection: s = h)     dh = Pᵀ·ds        dP = Σ over rows of ds·hᵀ
/// y  = mask ⊙ s + x         (x: residual layers)       ds = mask ⊙ dy    dx = dy + what the gates give
/// y' = outputMask ⊙ act(y)  (last layer)               dy = dy' ⊙ outputMask ⊙ act'(y)
/// </code>
/// A projection is outside the recurrence, so it is one product over all rows of a tile after its scan, and one each in
/// the backward pass. Without one the output is written step by step, while h is in the cache, or is h itself where
/// nothing is done to it.
/// </summary>
internal sealed class LayerConnector : ILayerInput
{
    private readonly ParameterLayout _layout;
    private readonly StreamTiles _tiles;
    private readonly int _layer;
    private readonly RecurrentLayer _states;

    // Null without a residual sum.
    private readonly ILayerInput? _residual;
    private readonly Activation _activation;
    private readonly bool _isProjected;

    // (H, P); empty without a projection.
    private readonly WeightPanels _projection;

    // (T·B, P or H): y'; empty where h goes on as it is.
    private readonly Matrix _output;

    /// <summary>Makes a window's connector.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The number of the layer below.</param>
    /// <param name="states">That layer.</param>
    /// <param name="input">Input of that layer; null for the first.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public LayerConnector(
        ParameterLayout layout,
        ForwardWeights weights,
        int layer,
        RecurrentLayer states,
        ILayerInput? input,
        StreamTiles tiles,
        MatrixPool pool
    )
    {
        (_layout, _tiles, _layer, _states) = (layout, tiles, layer, states);
        var spec = layout.Spec;
        bool isTop = layer == spec.NumLayers - 1;
        _residual = spec.IsResidual(layer) ? input : null;
        _activation = isTop ? spec.HeadActivation : Activation.None;
        _isProjected = spec.ProjectionSize > 0;
        if (_isProjected)
            _projection = layout.Projection(weights, layer);
        bool changesHidden =
            _isProjected
            || _residual is not null
            || spec.DropoutAfter(layer) > 0
            || _activation != Activation.None
            || (isTop && spec.OutputDropout > 0);
        if (changesHidden)
            _output = pool.Allocate(tiles.Rows, layout.OutputWidth);
    }

    /// <summary>Masks of the window at hand; off outside training.</summary>
    public ConnectorMasks Masks { get; set; }

    /// <summary>Optional progress of the scan, advanced with each step whose output is there.</summary>
    public ScanProgress? Progress { get; set; }

    /// <summary>Panels of projected numbers, the unit of sharing the projection's gradient; 0 without one.</summary>
    public int ProjectionPanels => _isProjected ? _projection.Count : 0;

    /// <summary>y' over a tile's window: (T·streams, P, or H without a projection).</summary>
    public Matrix OutputOf(int tile) => _output.IsEmpty ? _states.HiddenOf(tile) : _tiles.RowsOf(_output, tile);

    /// <summary>Forward, within the scan: a worker's units of one step, once its hidden state is there.</summary>
    public void ForwardStep(int tile, int t, UnitSlice units)
    {
        if (_isProjected || _output.IsEmpty)
            return;
        int streams = _tiles.StreamCount(tile);
        var rows = new RowsOfTile(tile, t * streams, streams);
        var hidden = units.Of(_states.HiddenBefore(tile, t + 1));
        if (Masks.Branch.IsOn)
            Masks.Branch.Multiply(hidden, FirstRow(rows), units.Start, Own(rows, units));
        else
            hidden.CopyTo(Own(rows, units));
        Finish(rows, units);
    }

    /// <summary>Tells of a step whose output all workers on the tile have written.</summary>
    public void StepDone(int tile, int t)
    {
        if (!_isProjected)
            Progress?.Report(tile, t + 1);
    }

    /// <summary>Forward, after the scan of some steps of a tile: a worker's columns of the projection.</summary>
    public void Forward(int tile, StepRange steps, ScanShare share)
    {
        if (!_isProjected)
            return;
        var rows = RowsOf(tile, steps);
        var output = Own(rows, share.Columns);
        MatrixProducts.Multiply(
            _tiles.StepsOf(_states.HiddenOf(tile), tile, steps),
            _projection.OutputRange(share.Columns.Start, share.Columns.Count),
            output
        );
        if (Masks.Branch.IsOn)
            Masks.Branch.Multiply(output, FirstRow(rows), share.Columns.Start, output);
        Finish(rows, share.Columns);
        share.SignalAndWait();
        Progress?.Report(tile, steps.End);
    }

    /// <summary>
    /// Backward, before the scan of some steps of a tile: from dy' to the gradient of the hidden states. Leaves dy in
    /// <see cref="ActivationGradients.DOutput"/>.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="share">The worker's columns and units.</param>
    /// <param name="transposed">The layer's weights, transposed.</param>
    /// <param name="gradients">Holds dy'.</param>
    public HiddenGradient Backward(
        int tile,
        StepRange steps,
        ScanShare share,
        LayerTransposedWeights transposed,
        ActivationGradients gradients
    )
    {
        var columns = share.Columns;
        int firstRow = FirstRow(RowsOf(tile, steps));
        var dOutput = columns.Of(StepsOf(gradients.DOutput, tile, steps));
        if (Masks.Output.IsOn)
            Masks.Output.Multiply(dOutput, firstRow, columns.Start, dOutput);
        if (_activation != Activation.None)
        {
            var output = columns.Of(_tiles.StepsOf(OutputOf(tile), tile, steps));
            _activation.MultiplyByDerivative(output, Masks.Output.KeptShare, dOutput);
        }
        if (!_isProjected)
            return new HiddenGradient(dOutput, Masks.Branch);

        var dProjected = StepsOf(gradients.DProjected(_layer), tile, steps);
        var dOwnProjected = columns.Of(dProjected);
        if (Masks.Branch.IsOn)
            Masks.Branch.Multiply(dOutput, firstRow, columns.Start, dOwnProjected);
        else
            dOutput.CopyTo(dOwnProjected);
        share.SignalAndWait();
        var dHidden = share.Units.Of(StepsOf(gradients.DHidden, tile, steps));
        transposed.Projection!.Multiply(dProjected, share.Units.Start, dHidden);
        return new HiddenGradient(dHidden, default);
    }

    /// <summary>
    /// Backward, after the scan of a tile: dx = Wᵀ·dGates, to which a residual layer adds dy. dx takes dy's place.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="steps">Steps of the scan that are done.</param>
    /// <param name="share">The worker's columns.</param>
    /// <param name="inputWeights">The layer's input weights W, transposed.</param>
    /// <param name="gradients">Holds dy; then dx, which is dy' of the connector below.</param>
    public void BackwardInput(
        int tile,
        StepRange steps,
        ScanShare share,
        TransposedWeights inputWeights,
        ActivationGradients gradients
    )
    {
        var dInput = share.Columns.Of(StepsOf(gradients.DOutput, tile, steps));
        var dGates = _tiles.StepsOf(_states.DGatesOf(tile), tile, steps);
        if (_residual is null)
            inputWeights.Multiply(dGates, share.Columns.Start, dInput);
        else
            inputWeights.AddProduct(dGates, share.Columns.Start, dInput);
    }

    /// <summary>Backward: some panels of dP, summed over (tile, t, stream) in that order.</summary>
    /// <param name="share">Panels [start, end) of <see cref="ProjectionPanels"/>.</param>
    /// <param name="activations">Holds ds.</param>
    /// <param name="scratch">The worker's packing scratch.</param>
    /// <param name="gradients">Receives dP.</param>
    public void WeightGradients(
        PanelRange share,
        ActivationGradients activations,
        PackingScratch scratch,
        Arena gradients
    )
    {
        if (share.IsEmpty)
            return;
        var dProjection = share.Of(_layout.Projection(gradients, _layer));
        bool overwrite = true;
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            var hidden = _states.HiddenOf(tile);
            var dProjected = share.Of(_tiles.RowsOf(activations.DProjected(_layer), tile));
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

    /// <summary>From mask ⊙ s, which is in the output already, to y'.</summary>
    private void Finish(in RowsOfTile rows, UnitSlice columns)
    {
        var output = Own(rows, columns);
        if (_residual is not null)
            RowOperations.Add(columns.Of(_residual.OutputOf(rows.Tile)).RowRange(rows.Start, rows.Count), output);
        _activation.Apply(output);
        if (Masks.Output.IsOn)
            Masks.Output.Multiply(output, FirstRow(rows), columns.Start, output);
    }

    /// <summary>The rows of some steps of a tile in a (T·B, …) buffer.</summary>
    private Matrix StepsOf(Matrix buffer, int tile, StepRange steps) =>
        _tiles.StepsOf(_tiles.RowsOf(buffer, tile), tile, steps);

    private RowsOfTile RowsOf(int tile, StepRange steps)
    {
        int streams = _tiles.StreamCount(tile);
        return new RowsOfTile(tile, steps.Start * streams, (steps.End - steps.Start) * streams);
    }

    /// <summary>Number of the first row among T·B, which masks are drawn for.</summary>
    private int FirstRow(in RowsOfTile rows) => _tiles.RowStart(rows.Tile) + rows.Start;

    private Matrix Own(in RowsOfTile rows, UnitSlice columns) =>
        columns.Of(_output.RowRange(FirstRow(rows), rows.Count));

    /// <summary>Neighboring rows of one tile.</summary>
    private readonly record struct RowsOfTile(int Tile, int Start, int Count);
}

/// <summary>
/// Gradients of a window's activations, on their way from the head down through the layers; what the weight gradients
/// still need of them is kept.
/// </summary>
internal sealed class ActivationGradients
{
    private readonly Matrix[] _dProjected;

    /// <summary>Makes a window's buffers.</summary>
    public ActivationGradients(ParameterLayout layout, StreamTiles tiles, MatrixPool pool)
    {
        DOutput = pool.Allocate(tiles.Rows, layout.OutputWidth);
        bool isProjected = layout.Spec.ProjectionSize > 0;
        if (isProjected)
            DHidden = pool.Allocate(tiles.Rows, layout.HiddenWidth);
        _dProjected = isProjected
            ? [.. Enumerable.Range(0, layout.Spec.NumLayers).Select(_ => pool.Allocate(tiles.Rows, layout.OutputWidth))]
            : [];
    }

    /// <summary>
    /// (T·B, P, or H without a projection): the gradient of a connector's output y', then of y, then of the layer's
    /// input, which is the output of the connector below.
    /// </summary>
    public Matrix DOutput { get; }

    /// <summary>
    /// (T·B, H): the gradient of a layer's hidden states that comes through its projection, one layer after another;
    /// empty without projections.
    /// </summary>
    public Matrix DHidden { get; }

    /// <summary>(T·B, P): ds of a layer, kept until dP is taken.</summary>
    public Matrix DProjected(int layer) => _dProjected[layer];
}
