using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>What dropout silences of one layer's output in one step; nothing by default.</summary>
/// <param name="Branch">Of the cell's own output, before a residual layer adds it to its input.</param>
/// <param name="Output">Of what goes into the head; on in the last layer alone.</param>
internal readonly record struct LayerMasks(Dropout Branch, Dropout Output);

/// <summary>The first layer's input products.</summary>
/// <param name="Symbols">Of the symbols.</param>
/// <param name="Labels">What the labels add to them; null for nothing.</param>
internal readonly record struct FirstProducts(InputProjection Symbols, InputProjection? Labels);

/// <summary>
/// One layer over a window: it owns time, the cell one step. Inputs are projected for the whole window at once, so that
/// only the product with the hidden state and the gate arithmetic are inside the scan; the gradients of the weights are
/// one product each after it.
/// </summary>
internal sealed class RecurrentLayer : ILayerInput, IDisposable
{
    private readonly RecurrentLayout _layout;
    private readonly Arena _weights;
    private readonly StreamTiles _tiles;
    private readonly Cell _cell;
    private readonly int _layer,
        _width,
        _feedbackWidth,
        _sharedGates,
        _splitGates;
    private readonly Panels _recurrent;
    private readonly Matrix _recurrentBias;
    private readonly LayerBias _bias;
    private readonly StateResets? _resets;
    private readonly MatrixPool _pool;
    private readonly bool _ownsPool;
    private readonly Matrix _gates,
        _hidden,
        _cellState;
    private readonly LayerOutput _output;
    private readonly Matrix _dHidden,
        _dHiddenBefore,
        _dCell;

    /// <summary>Makes room for a window.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="resets">Where in the window the state begins anew; null for nowhere.</param>
    public RecurrentLayer(ParameterLayout layout, Arena weights, int layer, StreamTiles tiles, StateResets? resets)
        : this(layout, weights, layer, tiles, new MatrixPool())
    {
        (_resets, _ownsPool) = (resets, true);
        _output = new LayerOutput(layout, weights, layer, tiles, _hidden);
    }

    /// <summary>Makes a layer that hands its hidden states on as they are, in somebody else's room.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="room">Where its buffers are.</param>
    public RecurrentLayer(RecurrentLayout layout, Arena weights, int layer, StreamTiles tiles, MatrixPool room)
    {
        (_layout, _weights, _layer, _tiles, _pool) = (layout, weights, layer, tiles, room);
        // What the first layer's inputs begin with is the table's.
        _bias = new LayerBias(layout, weights, layer, rooms: layout.IsFirst(layer) ? 0 : tiles.Count);
        _cell = layout.Network.CellKind;
        (_width, _feedbackWidth, _sharedGates, _splitGates) = (
            layout.HiddenWidth,
            layout.FeedbackWidth,
            _cell.SharedGates,
            _cell.SplitGates
        );
        (_recurrent, _recurrentBias) = (layout.RecurrentWeights(weights, layer), layout.RecurrentBias(weights, layer));
        int stateRows = (tiles.Steps + 1) * tiles.Streams;
        _gates = room.Allocate(tiles.Rows, _cell.Slots * _width);
        _hidden = room.Allocate(stateRows, _width);
        if (_cell.HasCellState)
            _cellState = room.Allocate(stateRows, _width);
        _output = new LayerOutput(tiles, _hidden);
        _dHidden = room.Allocate(tiles.Streams, _width);
        _dHiddenBefore = room.Allocate(tiles.Streams, _width);
        if (_cell.HasCellState)
            _dCell = room.Allocate(tiles.Streams, _width);
    }

    /// <summary>Who looks on; nobody in training.</summary>
    public IScanObserver? Observer { get; set; }

    /// <summary>Panels of gate outputs, in which the work on weight gradients is shared out.</summary>
    public int GatePanels => _cell.Gates * _width / Padding.Unit;

    /// <summary>(T·B, ≥ G·H): after the way back, the gradients of the gates' products.</summary>
    public Matrix DGates => _gates;

    /// <summary>
    /// Panels of projected numbers, in which the work on the projection's gradient is shared out; 0 without one.
    /// </summary>
    public int ProjectionPanels => _output.ProjectionPanels;

    /// <summary>The layer's output over a tile's window: (T·streams, P, or H without a projection).</summary>
    public Matrix OutputOf(int tile) => _output.Of(tile);

    /// <summary>
    /// h before the window's first step when <paramref name="step"/> is 0, after its last when it is T: (streams, H).
    /// </summary>
    public Matrix HiddenOf(int tile, int step) => _tiles.StateOf(_hidden, tile, step);

    /// <summary>The same of c; empty when the cell has none.</summary>
    public Matrix CellStateOf(int tile, int step) =>
        _cellState.IsEmpty ? default : _tiles.StateOf(_cellState, tile, step);

    /// <summary>Starts the next window from where the last ended, or from zero.</summary>
    public void Begin(int tile, UnitSlice units, bool carryState)
    {
        StartState(_hidden, tile, units, carryState);
        if (!_cellState.IsEmpty)
            StartState(_cellState, tile, units, carryState);
    }

    /// <summary>
    /// A worker's part of the layer over a tile's window, forward; begun before by all who share the tile.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="products">The first layer's input products; null for the others.</param>
    /// <param name="below">What it takes in: the layer below; null for the first.</param>
    /// <param name="masks">What is silenced of its output.</param>
    /// <param name="progress">Told of every step; null where nobody waits for it.</param>
    public void Forward(
        int tile,
        in ScanShare share,
        FirstProducts? products,
        ILayerInput? below,
        in LayerMasks masks,
        ScanProgress? progress
    )
    {
        var units = share.Units;
        if (below is not null)
            ProjectInputs(tile, units, below);
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        var followed = _output.IsProjected ? null : progress;
        for (int t = 0; t < _tiles.Steps; t++)
        {
            var gates = scan.GatesAt(t);
            if (products is { } first)
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
            if (_output.IsWrittenByStep)
                _output.WriteStep(tile, t, units, below, masks);
            share.SignalAndWait();
            followed?.Report(tile, t + 1);
        }
        if (!_output.IsProjected)
            return;
        _output.Project(tile, share.Columns, below, masks);
        share.SignalAndWait();
        progress?.Report(tile, _tiles.Steps);
    }

    /// <summary>
    /// How many of a worker's gates over a tile's window are all but shut or open, or in a cell without such gates
    /// hidden values all but ±1; between forward and back.
    /// </summary>
    public long CountSaturated(int tile, UnitSlice units)
    {
        if (!_cell.Saturates)
            return 0;
        if (_cell.SigmoidGates.Count == 0)
            return RowOperations.CountOutside(
                units.Of(_tiles.StatesOf(_hidden, tile, 1, _tiles.Steps)),
                -Saturation.OfTanh,
                Saturation.OfTanh
            );
        long count = 0;
        for (int i = 0; i < _cell.SigmoidGates.Count; i++)
        {
            var gate = _tiles.RowsOf(_gates, tile).ColumnRange(_cell.SigmoidGates[i] * _width, _width);
            count += RowOperations.CountOutside(units.Of(gate), Saturation.OfSigmoidLow, Saturation.OfSigmoidHigh);
        }
        return count;
    }

    /// <summary>
    /// A worker's part of the layer over a tile's window, backwards: leaves the gradients of the gates' products in
    /// <see cref="DGates"/>.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="transposes">The layer's weights turned around.</param>
    /// <param name="masks">The same as forward.</param>
    /// <param name="rows">
    /// Holds the gradient of the layer's output; replaced by that of its input, except in the first layer.
    /// </param>
    public void Backward(
        int tile,
        in ScanShare share,
        LayerTransposedWeights transposes,
        in LayerMasks masks,
        ActivationGradients rows
    )
    {
        var units = share.Units;
        var dOutput = share.Columns.Of(_tiles.RowsOf(rows.DOutput, tile));
        _output.BackwardThroughActivation(tile, share.Columns, masks.Output, dOutput);
        var (dOwnHidden, mask) = (dOutput, masks.Branch);
        if (_output.IsProjected)
        {
            _output.BackwardThroughProjection(tile, share, transposes.Projection!, masks.Branch, dOutput, rows);
            (dOwnHidden, mask) = (units.Of(_tiles.RowsOf(rows.DHidden, tile)), default);
        }
        BackwardThroughTime(tile, share, transposes.Recurrent, mask, dOwnHidden);
        if (_layout.IsFirst(_layer))
            return;
        var dGates = _tiles.RowsOf(_gates, tile);
        if (_output.IsResidual)
            transposes.Input!.AddProduct(dGates, share.Columns.Start, dOutput);
        else
            transposes.Input!.Multiply(dGates, share.Columns.Start, dOutput);
    }

    /// <summary>
    /// The way back through the steps of a tile's window: leaves the gradients of the gates' products in
    /// <see cref="DGates"/>.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="transposed">The recurrent weights turned around.</param>
    /// <param name="mask">What was silenced of the hidden states on their way on.</param>
    /// <param name="dOwnHidden">(T·streams, the worker's units): the gradient of what was left of them.</param>
    public void BackwardThroughTime(
        int tile,
        in ScanShare share,
        TransposedWeights transposed,
        in Dropout mask,
        Matrix dOwnHidden
    )
    {
        var units = share.Units;
        int firstStream = _tiles.StreamStart(tile),
            streams = _tiles.StreamCount(tile);
        int fedBack = Math.Clamp(_feedbackWidth - units.Start, 0, units.Count);
        var dHidden = units.Of(_dHidden.RowRange(firstStream, streams));
        var dHiddenBefore = units.Of(_dHiddenBefore.RowRange(firstStream, streams));
        var dCell = _dCell.IsEmpty ? default : units.Of(_dCell.RowRange(firstStream, streams));
        dHiddenBefore.Clear();
        if (!dCell.IsEmpty)
            dCell.Clear();
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        for (int t = _tiles.Steps - 1; t >= 0; t--)
        {
            (dHidden, dHiddenBefore) = (dHiddenBefore, dHidden);
            Observer?.GradientArrives(_layer, t, dHidden, dCell);
            var dStepHidden = dOwnHidden.RowRange(t * streams, streams);
            if (mask.IsOn)
                mask.AddProduct(dStepHidden, _tiles.RowStart(tile) + t * streams, units.Start, dHidden);
            else
                RowOperations.Add(dStepHidden, dHidden);
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

    /// <summary>
    /// The gradients of some of the gates' weights and biases: a range of panels, summed over (tile, t, stream) in that
    /// order.
    /// </summary>
    /// <param name="share">Panels [start, end) of <see cref="GatePanels"/>.</param>
    /// <param name="below">The layer below; null for the first, whose input weights the table looks after.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go.</param>
    public void WeightGradients((int Start, int End) share, ILayerInput? below, PackingScratch scratch, Arena gradients)
    {
        if (share.End <= share.Start)
            return;
        int sharedPanels = _sharedGates * _width / Padding.Unit;
        var shared = (share.Start, End: Math.Min(share.End, sharedPanels));
        var split = (Start: Math.Max(share.Start, sharedPanels), share.End);
        if (below is not null)
            Columns(_layout.Bias(gradients, _layer), share).Clear();
        if (split.End > split.Start)
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
                var inputs = below is null
                    ? default(Panels?)
                    : scratch.PackInputs(below.OutputOf(tile).RowRange(row, count));
                var dGates = _tiles.RowsOf(_gates, tile).RowRange(row, count);
                if (shared.End > shared.Start)
                    SharedGradients(shared, dGates, inputs, hidden, overwrite, scratch, gradients);
                if (split.End > split.Start)
                    SplitGradients(split, dGates, inputs, hidden, overwrite, scratch, gradients);
            }
        }
    }

    /// <inheritdoc cref="LayerOutput.ProjectionGradients"/>
    public void ProjectionGradients(
        (int Start, int End) share,
        ActivationGradients rows,
        PackingScratch scratch,
        Arena gradients
    ) => _output.ProjectionGradients(share, rows, scratch, gradients);

    /// <inheritdoc/>
    public void Dispose()
    {
        _bias.Dispose();
        if (_ownsPool)
            _pool.Dispose();
        _output.Dispose();
    }

    /// <summary>What a block of rows adds for gates whose two products have one gradient.</summary>
    private void SharedGradients(
        (int Start, int End) panels,
        Matrix dGates,
        Panels? inputs,
        Panels hidden,
        bool overwrite,
        PackingScratch scratch,
        Arena gradients
    )
    {
        var packed = scratch.PackGradients(
            Columns(dGates, panels),
            inputs is null ? default : Columns(_layout.Bias(gradients, _layer), panels)
        );
        if (inputs is not null)
            MatrixProducts.TransposedProduct(
                inputs.Value,
                packed,
                overwrite,
                Outputs(_layout.InputWeights(gradients, _layer), panels)
            );
        MatrixProducts.TransposedProduct(
            hidden,
            packed,
            overwrite,
            Outputs(_layout.RecurrentWeights(gradients, _layer), panels)
        );
    }

    /// <summary>The same for gates whose recurrent product has a gradient, and a bias, of its own.</summary>
    private void SplitGradients(
        (int Start, int End) panels,
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
            var packed = scratch.PackGradients(
                Columns(dGates, panels),
                Columns(_layout.Bias(gradients, _layer), panels)
            );
            MatrixProducts.TransposedProduct(
                inputs.Value,
                packed,
                overwrite,
                Outputs(_layout.InputWeights(gradients, _layer), panels)
            );
        }
        int shift = _splitGates * _width / Padding.Unit;
        var recurrent = scratch.PackGradients(
            Columns(dGates, (panels.Start + shift, panels.End + shift)),
            SplitBias(gradients, panels)
        );
        MatrixProducts.TransposedProduct(
            hidden,
            recurrent,
            overwrite,
            Outputs(_layout.RecurrentWeights(gradients, _layer), panels)
        );
    }

    /// <summary>The recurrent bias of some panels of the split gates.</summary>
    private Matrix SplitBias(Arena gradients, (int Start, int End) panels)
    {
        int sharedPanels = _sharedGates * _width / Padding.Unit;
        return Columns(
            _layout.RecurrentBias(gradients, _layer),
            (panels.Start - sharedPanels, panels.End - sharedPanels)
        );
    }

    private static Matrix Columns(Matrix rows, (int Start, int End) panels) =>
        rows.ColumnRange(panels.Start * Padding.Unit, (panels.End - panels.Start) * Padding.Unit);

    private static Panels Outputs(Panels weights, (int Start, int End) panels) =>
        weights.OutputRange(panels.Start * Padding.Unit, (panels.End - panels.Start) * Padding.Unit);

    private void ProjectInputs(int tile, UnitSlice units, ILayerInput below)
    {
        var weights = _layout.InputWeights(_weights, _layer);
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            MatrixProducts.MultiplyAddBias(
                below.OutputOf(tile),
                weights.OutputRange(start, count),
                _bias.Columns(start, count, room: tile),
                _tiles.RowsOf(_gates, tile).ColumnRange(start, count)
            );
        }
    }

    private void GatherInputs(int firstRow, UnitSlice units, in FirstProducts products, Matrix gates)
    {
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            products.Symbols.Gather(firstRow, start, gates.ColumnRange(start, count));
            products.Labels?.AddGathered(firstRow, start, gates.ColumnRange(start, count));
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

    private void StartState(Matrix states, int tile, UnitSlice units, bool carry)
    {
        var first = units.Of(_tiles.StateOf(states, tile, 0));
        if (carry)
            units.Of(_tiles.StateOf(states, tile, _tiles.Steps)).CopyTo(first);
        else
            first.Clear();
    }
}
