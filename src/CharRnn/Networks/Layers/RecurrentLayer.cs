using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Recurrent layer over a window: it owns time, the cell one step. With x the layer's input, W and U its input and
/// recurrent weights, b its biases:
/// <code>
/// forward                                    backward
/// gates = W x + b        all steps at once   dx = Wᵀ·dGates, dW = Σ dGates·xᵀ, db = Σ dGates
/// gates += U h[t − 1]    step by step        dh[t − 1] += Uᵀ·dGates[t], dU = Σ dGates·h[t − 1]ᵀ
/// h[t] = cell(gates, h[t − 1], c[t − 1])     dGates[t], dh[t − 1], dc[t − 1] by the cell
/// </code>
/// Only the product with the hidden state and the gate arithmetic are inside the scan; the gradients of the weights
/// are one product each after it. The layer ends at its hidden states: what goes on to the next layer is a
/// connector's, which the scan calls while a step's states are in the cache.
/// </summary>
internal sealed class RecurrentLayer
{
    private readonly RecurrentLayout _layout;
    private readonly ForwardWeights _weights;
    private readonly StreamTiles _tiles;
    private readonly StateResets? _resets;
    private readonly Cell _cell;
    private readonly int _layer,
        _width,
        _feedbackWidth,
        _sharedGates,
        _splitGates;

    // (fed back, G·H) and (1, split gates · H).
    private readonly WeightPanels _recurrent;
    private readonly Matrix _recurrentBias;
    private readonly LayerBias _bias;

    // (T·B, Slots·H); ((T + 1)·B, H), the first step being the state before the window; the same or empty.
    private readonly Matrix _gates,
        _hidden,
        _cellState;

    // (B, H) of the step at hand; c's is empty without a cell state.
    private readonly Matrix _dHidden,
        _dHiddenBefore,
        _dCell;

    /// <summary>Makes a window's layer.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="pool">Memory of the buffers.</param>
    /// <param name="resets">Steps at which the state is reset; null for none.</param>
    public RecurrentLayer(
        RecurrentLayout layout,
        ForwardWeights weights,
        int layer,
        StreamTiles tiles,
        MatrixPool pool,
        StateResets? resets = null
    )
    {
        (_layout, _weights, _layer, _tiles, _resets) = (layout, weights, layer, tiles, resets);
        _cell = layout.Network.CellKind;
        (_width, _feedbackWidth) = (layout.HiddenWidth, layout.FeedbackWidth);
        (_sharedGates, _splitGates) = (_cell.SharedGates, _cell.SplitGates);
        (_recurrent, _recurrentBias) = (layout.RecurrentWeights(weights, layer), layout.RecurrentBias(weights, layer));
        // The first layer's bias is added by the input projection.
        _bias = new LayerBias(layout, weights, layer, copies: layout.IsFirst(layer) ? 0 : tiles.Count, pool);
        int stateRows = (tiles.Steps + 1) * tiles.Streams;
        _gates = pool.Allocate(tiles.Rows, _cell.Slots * _width);
        _hidden = pool.Allocate(stateRows, _width);
        if (_cell.HasCellState)
            _cellState = pool.Allocate(stateRows, _width);
        _dHidden = pool.Allocate(tiles.Streams, _width);
        _dHiddenBefore = pool.Allocate(tiles.Streams, _width);
        if (_cell.HasCellState)
            _dCell = pool.Allocate(tiles.Streams, _width);
    }

    /// <summary>Optional observer; null in training.</summary>
    public IScanObserver? Observer { get; set; }

    /// <summary>Panels of gate outputs, the unit of sharing the weight gradients.</summary>
    public int GatePanels => _cell.Gates * _width / Padding.Unit;

    /// <summary>(T·B, ≥ G·H): after the backward pass, the gradients of the gates' products.</summary>
    public Matrix DGates => _gates;

    /// <summary>The same over a tile's window: (T·streams, ≥ G·H).</summary>
    public Matrix DGatesOf(int tile) => _tiles.RowsOf(_gates, tile);

    /// <summary>h after each step of a tile's window: (T·streams, H).</summary>
    public Matrix HiddenOf(int tile) => _tiles.StatesOf(_hidden, tile, 1, _tiles.Steps);

    /// <summary>h of a tile before a step, from 0 to T; T is the state after the window: (streams, H).</summary>
    public Matrix HiddenBefore(int tile, int step) => _tiles.StateOf(_hidden, tile, step);

    /// <summary>The same of c; empty without a cell state.</summary>
    public Matrix CellStateBefore(int tile, int step) =>
        _cellState.IsEmpty ? default : _tiles.StateOf(_cellState, tile, step);

    /// <summary>Starts the next window from where the last ended, or from zero.</summary>
    public void Begin(int tile, UnitSlice units, bool carryState)
    {
        StartState(_hidden, tile, units, carryState);
        if (!_cellState.IsEmpty)
            StartState(_cellState, tile, units, carryState);
    }

    /// <summary>
    /// Forward of the first layer: a worker's units over some steps of a tile, begun before by all workers on the tile.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="steps">The steps; those before them are done.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="input">The products of its symbols.</param>
    /// <param name="connector">Takes each step's states on; null where that is done after the scan.</param>
    public void Forward(
        int tile,
        StepRange steps,
        ScanShare share,
        in FirstLayerInput input,
        LayerConnector? connector
    ) => Scan(tile, steps, share, input, connector);

    /// <summary>Forward of a layer above the first.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="steps">The steps; those before them are done.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="input">The rows it takes in.</param>
    /// <param name="connector">Takes each step's states on; null where that is done after the scan.</param>
    public void Forward(int tile, StepRange steps, ScanShare share, ILayerInput input, LayerConnector? connector)
    {
        ProjectInputs(tile, steps, share.Units, input);
        Scan(tile, steps, share, firstInput: null, connector);
    }

    /// <summary>Forward through some steps of a tile's window, first to last.</summary>
    private void Scan(
        int tile,
        StepRange steps,
        ScanShare share,
        FirstLayerInput? firstInput,
        LayerConnector? connector
    )
    {
        var units = share.Units;
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        for (int t = steps.Start; t < steps.End; t++)
        {
            var gates = scan.GatesAt(t);
            if (firstInput is { } first)
                GatherInputs(_tiles.RowStart(tile) + t * gates.Rows, units, first, gates);
            Observer?.InputsProjected(_layer, t, gates);
            var step = scan.Step(t);
            var hiddenBefore = scan.HiddenBefore(t);
            if (_resets is not null && _resets.Any(tile, t))
            {
                step = _resets.Begin(tile, t, step);
                hiddenBefore = _resets.HiddenBefore(tile);
                share.SignalAndWait();
            }
            AddRecurrentProducts(hiddenBefore, units, gates);
            Observer?.RecurrentAdded(_layer, t, gates);
            _cell.Forward(step);
            _resets?.ClearAfter(tile, t, step.Hidden, step.CellState);
            Observer?.Forward(_layer, t, step);
            connector?.ForwardStep(tile, t, units);
            share.SignalAndWait();
            connector?.StepDone(tile, t);
        }
    }

    /// <summary>gates = W x + b, of some steps at once.</summary>
    private void ProjectInputs(int tile, StepRange steps, UnitSlice units, ILayerInput input)
    {
        var weights = _layout.InputWeights(_weights, _layer);
        var (inputs, gates) = (
            _tiles.StepsOf(input.OutputOf(tile), tile, steps),
            _tiles.StepsOf(_tiles.RowsOf(_gates, tile), tile, steps)
        );
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            MatrixProducts.MultiplyAddBias(
                inputs,
                weights.OutputRange(start, count),
                _bias.Columns(start, count, copy: tile),
                gates.ColumnRange(start, count)
            );
        }
    }

    /// <summary>The same of one step of the first layer: rows of its input's tables.</summary>
    private void GatherInputs(int firstRow, UnitSlice units, in FirstLayerInput input, Matrix gates)
    {
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            input.Symbols.Gather(firstRow, start, gates.ColumnRange(start, count));
            input.Labels?.AddGathered(firstRow, start, gates.ColumnRange(start, count));
        }
    }

    /// <summary>
    /// Adds the products with the hidden state before to the shared gates, and puts those of the split gates, with
    /// their bias, in their own slots.
    /// </summary>
    private void AddRecurrentProducts(Matrix hiddenBefore, UnitSlice units, Matrix gates)
    {
        for (int run = 0; run < units.Runs(_sharedGates); run++)
        {
            var (start, count) = units.Run(0, _sharedGates, run);
            MatrixProducts.AddProduct(
                hiddenBefore,
                _recurrent.OutputRange(start, count),
                gates.ColumnRange(start, count)
            );
        }
        for (int run = 0; run < units.Runs(_splitGates); run++)
        {
            var (start, count) = units.Run(_sharedGates, _splitGates, run);
            var bias = _recurrentBias.ColumnRange(start - _sharedGates * _width, count);
            MatrixProducts.MultiplyAddBias(
                hiddenBefore,
                _recurrent.OutputRange(start, count),
                bias,
                gates.ColumnRange(start + _splitGates * _width, count)
            );
        }
    }

    /// <summary>
    /// Backward through some steps of a tile's window, last to first: leaves the gradients of the gates' products in
    /// <see cref="DGates"/>.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="steps">The steps; those after them are done.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="transposed">The recurrent weights U, transposed.</param>
    /// <param name="dAbove">The gradient that comes from above in these steps, for the worker's units.</param>
    public void Backward(
        int tile,
        StepRange steps,
        ScanShare share,
        TransposedWeights transposed,
        in HiddenGradient dAbove
    )
    {
        var units = share.Units;
        int firstStream = _tiles.StreamStart(tile),
            streams = _tiles.StreamCount(tile);
        int fedBack = Math.Clamp(_feedbackWidth - units.Start, 0, units.Count);
        var dHidden = units.Of(_dHidden.RowRange(firstStream, streams));
        var dHiddenBefore = units.Of(_dHiddenBefore.RowRange(firstStream, streams));
        var dCell = _dCell.IsEmpty ? default : units.Of(_dCell.RowRange(firstStream, streams));
        if (steps.End == _tiles.Steps)
        {
            dHiddenBefore.Clear();
            if (!dCell.IsEmpty)
                dCell.Clear();
        }
        // The two take turns, step by step.
        else if ((_tiles.Steps - steps.End) % 2 == 1)
            (dHidden, dHiddenBefore) = (dHiddenBefore, dHidden);
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        for (int t = steps.End - 1; t >= steps.Start; t--)
        {
            (dHidden, dHiddenBefore) = (dHiddenBefore, dHidden);
            Observer?.GradientArrives(_layer, t, dHidden, dCell);
            var dStep = dAbove.DMasked.RowRange((t - steps.Start) * streams, streams);
            if (dAbove.Mask.IsOn)
                dAbove.Mask.AddProduct(dStep, _tiles.RowStart(tile) + t * streams, units.Start, dHidden);
            else
                RowOperations.Add(dStep, dHidden);
            var step = scan.Step(t);
            bool isReset = _resets is not null && _resets.Any(tile, t);
            if (isReset)
            {
                step = _resets!.Begin(tile, t, step);
                _resets.ClearAfter(tile, t, dHidden, dCell);
            }
            var gradients = new CellGradients(dHidden, dHiddenBefore, dCell);
            _cell.Backward(step, gradients);
            Observer?.Backward(_layer, t, step, gradients);
            share.SignalAndWait();
            if (t > 0 && fedBack > 0)
                transposed.AddProduct(step.Gates, units.Start, dHiddenBefore.ColumnRange(0, fedBack));
            if (isReset)
                _resets!.End(tile, t, dHiddenBefore, dCell);
        }
    }

    /// <summary>The saturated gates of a tile's window, counted between the forward and the backward pass.</summary>
    public long CountSaturated(int tile) =>
        Saturation.Count(_cell, _tiles.RowsOf(_gates, tile), HiddenOf(tile), UnitSlice.Whole(_width));

    /// <summary>
    /// Backward of the weights: the gradients of some gates' weights and biases, summed over (tile, t, stream) in that
    /// order.
    /// </summary>
    /// <param name="share">Panels [start, end) of <see cref="GatePanels"/>.</param>
    /// <param name="input">
    /// The rows it took in; null for the first layer, whose input weights the projection has.
    /// </param>
    /// <param name="scratch">The worker's packing scratch.</param>
    /// <param name="gradients">Receives the gradients.</param>
    public void WeightGradients(PanelRange share, ILayerInput? input, PackingScratch scratch, Arena gradients)
    {
        if (share.IsEmpty)
            return;
        int sharedPanels = _sharedGates * _width / Padding.Unit;
        var shared = new PanelRange(share.Start, Math.Min(share.End, sharedPanels));
        var split = new PanelRange(Math.Max(share.Start, sharedPanels), share.End);
        if (input is not null)
            share.Of(_layout.Bias(gradients, _layer)).Clear();
        if (!split.IsEmpty)
            SplitBias(gradients, split).Clear();
        bool overwrite = true;
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            for (int row = 0, count; row < _tiles.RowCount(tile); row += count, overwrite = false)
            {
                count = Math.Min(MatrixProducts.TermBlock, _tiles.RowCount(tile) - row);
                var hidden = scratch.PackHidden(
                    _tiles.StatesOf(_hidden, tile, 0, _tiles.Steps).RowRange(row, count).ColumnRange(0, _feedbackWidth)
                );
                _resets?.Clear(tile, row, hidden);
                var inputs = input is null
                    ? default(Panels?)
                    : scratch.PackInputs(input.OutputOf(tile).RowRange(row, count));
                var dGates = DGatesOf(tile).RowRange(row, count);
                if (!shared.IsEmpty)
                    AddSharedGradients(shared, dGates, inputs, hidden, overwrite, scratch, gradients);
                if (!split.IsEmpty)
                    AddSplitGradients(split, dGates, inputs, hidden, overwrite, scratch, gradients);
            }
        }
    }

    private void StartState(Matrix states, int tile, UnitSlice units, bool carry)
    {
        var first = units.Of(_tiles.StateOf(states, tile, 0));
        if (carry)
            units.Of(_tiles.StateOf(states, tile, _tiles.Steps)).CopyTo(first);
        else
            first.Clear();
    }

    /// <summary>Adds a block of rows for gates whose two products have one gradient.</summary>
    private void AddSharedGradients(
        PanelRange panels,
        Matrix dGates,
        Panels? inputs,
        Panels hidden,
        bool overwrite,
        PackingScratch scratch,
        Arena gradients
    )
    {
        var dBias = inputs is null ? default : panels.Of(_layout.Bias(gradients, _layer));
        var packed = scratch.PackGradients(panels.Of(dGates), dBias);
        if (inputs is not null)
        {
            var dInputWeights = panels.Of(_layout.InputWeights(gradients, _layer));
            MatrixProducts.TransposedProduct(inputs.Value, packed, overwrite, dInputWeights);
        }
        var dRecurrentWeights = panels.Of(_layout.RecurrentWeights(gradients, _layer));
        MatrixProducts.TransposedProduct(hidden, packed, overwrite, dRecurrentWeights);
    }

    /// <summary>The same for gates whose recurrent product has a gradient, and a bias, of its own.</summary>
    private void AddSplitGradients(
        PanelRange panels,
        Matrix dGates,
        Panels? inputs,
        Panels hidden,
        bool overwrite,
        PackingScratch scratch,
        Arena gradients
    )
    {
        if (inputs is not null)
        {
            var packed = scratch.PackGradients(panels.Of(dGates), panels.Of(_layout.Bias(gradients, _layer)));
            var dInputWeights = panels.Of(_layout.InputWeights(gradients, _layer));
            MatrixProducts.TransposedProduct(inputs.Value, packed, overwrite, dInputWeights);
        }
        var recurrentSlots = panels.Shifted(_splitGates * _width / Padding.Unit);
        var recurrent = scratch.PackGradients(recurrentSlots.Of(dGates), SplitBias(gradients, panels));
        var dRecurrentWeights = panels.Of(_layout.RecurrentWeights(gradients, _layer));
        MatrixProducts.TransposedProduct(hidden, recurrent, overwrite, dRecurrentWeights);
    }

    /// <summary>The recurrent bias of some panels of the split gates.</summary>
    private Matrix SplitBias(Arena gradients, PanelRange panels) =>
        panels.Shifted(-_sharedGates * _width / Padding.Unit).Of(_layout.RecurrentBias(gradients, _layer));
}
