using CharRnn.Cells;
using CharRnn.Kernels;
using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>What dropout silences of one layer's output in one step; nothing by default.</summary>
/// <param name="Branch">Of the cell's own output, before a residual layer adds it to its input.</param>
/// <param name="Output">Of what goes into the head; on in the last layer alone.</param>
internal readonly record struct LayerMasks(Dropout Branch, Dropout Output);

/// <summary>
/// One layer over a window: it owns time, the cell one step. Inputs are projected for the whole window at once, so that only the product
/// with the hidden state and the gate arithmetic are inside the scan; the gradients of the weights are one product each after it.
/// </summary>
internal sealed class RecurrentLayer : IDisposable
{
    private readonly ParameterLayout _layout;
    private readonly Arena _weights;
    private readonly StreamTiles _tiles;
    private readonly Cell _cell;
    private readonly int _layer, _width, _sharedGates, _splitGates;
    private readonly Panels _recurrent;
    private readonly Matrix _recurrentBias;
    private readonly AlignedBuffer[] _buffers;
    private readonly Matrix _gates, _hidden, _cellState, _output;
    private readonly Matrix _dHidden, _dHiddenBefore, _dCell;

    /// <summary>Makes room for a window.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="tiles">The window's rows.</param>
    public RecurrentLayer(ParameterLayout layout, Arena weights, int layer, StreamTiles tiles)
    {
        (_layout, _weights, _layer, _tiles) = (layout, weights, layer, tiles);
        _cell = layout.Spec.CellKind;
        (_width, _sharedGates, _splitGates) = (layout.HiddenWidth, _cell.SharedGates, _cell.SplitGates);
        (_recurrent, _recurrentBias) = (layout.RecurrentWeights(weights, layer), layout.RecurrentBias(weights, layer));
        var buffers = new List<AlignedBuffer>();
        Matrix Allocate(int rows, int columns)
        {
            buffers.Add(new AlignedBuffer((long)rows * columns));
            return new Matrix(buffers[^1], rows, columns);
        }
        int stateRows = (tiles.Steps + 1) * tiles.Streams;
        _gates = Allocate(tiles.Rows, _cell.Slots * _width);
        _hidden = Allocate(stateRows, _width);
        if (_cell.HasCellState) _cellState = Allocate(stateRows, _width);
        var spec = layout.Spec;
        bool isTop = layer == spec.NumLayers - 1;
        bool changesOutput = spec.IsResidual(layer) || spec.DropoutAfter(layer) > 0 || (isTop && spec.OutputDropout > 0);
        if (changesOutput) _output = Allocate(tiles.Rows, _width);
        _dHidden = Allocate(tiles.Streams, _width);
        _dHiddenBefore = Allocate(tiles.Streams, _width);
        if (_cell.HasCellState) _dCell = Allocate(tiles.Streams, _width);
        _buffers = [.. buffers];
    }

    /// <summary>Who looks on; nobody in training.</summary>
    public IScanWitness? Witness { get; set; }

    /// <summary>Panels of gate outputs, in which the work on weight gradients is shared out.</summary>
    public int GatePanels => _cell.Gates * _width / Padding.Unit;

    /// <summary>(T·B, ≥ G·H): after the way back, the gradients of the gates' products.</summary>
    public Matrix DGates => _gates;

    /// <summary>The layer's output over a tile's window: (T·streams, H).</summary>
    public Matrix OutputOf(int tile) =>
        _output.IsEmpty ? _tiles.StatesOf(_hidden, tile, 1, _tiles.Steps) : _tiles.RowsOf(_output, tile);

    /// <summary>h before the window's first step when <paramref name="step"/> is 0, after its last when it is T: (streams, H).</summary>
    public Matrix HiddenOf(int tile, int step) => _tiles.StateOf(_hidden, tile, step);

    /// <summary>The same of c; empty when the cell has none.</summary>
    public Matrix CellStateOf(int tile, int step) => _cellState.IsEmpty ? default : _tiles.StateOf(_cellState, tile, step);

    /// <summary>Starts the next window from where the last ended, or from zero.</summary>
    public void Begin(int tile, UnitSlice units, bool carryState)
    {
        StartState(_hidden, tile, units, carryState);
        if (!_cellState.IsEmpty) StartState(_cellState, tile, units, carryState);
    }

    /// <summary>A worker's part of the layer over a tile's window, forward; begun before by all who share the tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="table">The first layer's input products; null for the others.</param>
    /// <param name="below">The layer below; null for the first.</param>
    /// <param name="masks">What is silenced of its output.</param>
    /// <param name="progress">Told of every step; null where nobody waits for it.</param>
    public void Forward(int tile, in ScanShare share, InputTable? table, RecurrentLayer? below, in LayerMasks masks, ScanProgress? progress)
    {
        var units = share.Units;
        if (below is not null) ProjectInputs(tile, units, below);
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        for (int t = 0; t < _tiles.Steps; t++)
        {
            var gates = scan.GatesAt(t);
            if (table is not null) GatherInputs(_tiles.RowStart(tile) + t * gates.Rows, units, table, gates);
            Witness?.InputsProjected(_layer, t, gates);
            AddRecurrentProducts(scan.HiddenBefore(t), units, gates);
            Witness?.RecurrentAdded(_layer, t, gates);
            var step = scan.Step(t);
            _cell.Forward(step);
            Witness?.Forward(_layer, t, step);
            if (!_output.IsEmpty) WriteOutput(tile, t, step, below, masks);
            share.Meet();
            progress?.Report(tile, t + 1);
        }
    }

    /// <summary>A worker's part of the layer over a tile's window, backwards: leaves the gradients of the gates' products in <see cref="DGates"/>.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="share">The worker's units.</param>
    /// <param name="transposes">The layer's weights turned around.</param>
    /// <param name="masks">The same as forward.</param>
    /// <param name="dOutput">(T·B, H): the gradient of the layer's output; replaced by that of its input, except in the first layer.</param>
    public void Backward(int tile, in ScanShare share, LayerTransposes transposes, in LayerMasks masks, Matrix dOutput)
    {
        var units = share.Units;
        var dOwnOutput = units.Of(dOutput);
        if (masks.Output.IsOn)
        {
            var rows = _tiles.RowsOf(dOwnOutput, tile);
            masks.Output.Multiply(rows, _tiles.RowStart(tile), units.Start, rows);
        }
        int firstStream = _tiles.StreamStart(tile), streams = _tiles.StreamCount(tile);
        var dHidden = units.Of(_dHidden.RowRange(firstStream, streams));
        var dHiddenBefore = units.Of(_dHiddenBefore.RowRange(firstStream, streams));
        var dCell = _dCell.IsEmpty ? default : units.Of(_dCell.RowRange(firstStream, streams));
        dHiddenBefore.Clear();
        if (!dCell.IsEmpty) dCell.Clear();
        var scan = new TileScan(_tiles, tile, units, _gates, _hidden, _cellState);
        var dTileOutput = _tiles.RowsOf(dOwnOutput, tile);
        for (int t = _tiles.Steps - 1; t >= 0; t--)
        {
            (dHidden, dHiddenBefore) = (dHiddenBefore, dHidden);
            Witness?.GradientArrives(_layer, t, dHidden, dCell);
            var dStepOutput = dTileOutput.RowRange(t * streams, streams);
            if (masks.Branch.IsOn) masks.Branch.AddProduct(dStepOutput, _tiles.RowStart(tile) + t * streams, units.Start, dHidden);
            else Rows.Add(dStepOutput, dHidden);
            var step = scan.Step(t);
            var gradients = new CellGradients(dHidden, dHiddenBefore, dCell);
            _cell.Backward(step, gradients);
            Witness?.Backward(_layer, t, step, gradients);
            share.Meet();
            if (t > 0) transposes.Recurrent.AddProduct(step.Gates, units.Start, dHiddenBefore);
        }
        if (_layer == 0) return;
        var dGates = _tiles.RowsOf(_gates, tile);
        var dInput = _tiles.RowsOf(dOwnOutput, tile);
        if (_layout.Spec.IsResidual(_layer)) transposes.Input!.AddProduct(dGates, units.Start, dInput);
        else transposes.Input!.Multiply(dGates, units.Start, dInput);
    }

    /// <summary>The gradients of some of the gates' weights and biases: a range of panels, summed over (tile, t, stream) in that order.</summary>
    /// <param name="share">Panels [start, end) of <see cref="GatePanels"/>.</param>
    /// <param name="below">The layer below; null for the first, whose input weights the table looks after.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go.</param>
    public void WeightGradients((int Start, int End) share, RecurrentLayer? below, PackingScratch scratch, Arena gradients)
    {
        if (share.End <= share.Start) return;
        int sharedPanels = _sharedGates * _width / Padding.Unit;
        var shared = (share.Start, End: Math.Min(share.End, sharedPanels));
        var split = (Start: Math.Max(share.Start, sharedPanels), share.End);
        if (below is not null) Columns(_layout.Bias(gradients, _layer), share).Clear();
        if (split.End > split.Start) SplitBias(gradients, split).Clear();
        bool overwrite = true;
        for (int tile = 0; tile < _tiles.Count; tile++)
        {
            for (int row = 0, count; row < _tiles.RowCount(tile); row += count, overwrite = false)
            {
                count = Math.Min(MatrixProducts.TermBlock, _tiles.RowCount(tile) - row);
                var hidden = scratch.PackHidden(_tiles.StatesOf(_hidden, tile, 0, _tiles.Steps).RowRange(row, count));
                var inputs = below is null ? default(Panels?) : scratch.PackInputs(below.OutputOf(tile).RowRange(row, count));
                var dGates = _tiles.RowsOf(_gates, tile).RowRange(row, count);
                if (shared.End > shared.Start) SharedGradients(shared, dGates, inputs, hidden, overwrite, scratch, gradients);
                if (split.End > split.Start) SplitGradients(split, dGates, inputs, hidden, overwrite, scratch, gradients);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
    }

    /// <summary>What a block of rows adds for gates whose two products have one gradient.</summary>
    private void SharedGradients(
        (int Start, int End) panels, Matrix dGates, Panels? inputs, Panels hidden, bool overwrite, PackingScratch scratch, Arena gradients)
    {
        var packed = scratch.PackGradients(Columns(dGates, panels), inputs is null ? default : Columns(_layout.Bias(gradients, _layer), panels));
        if (inputs is not null) MatrixProducts.TransposedProduct(inputs.Value, packed, overwrite, Outputs(_layout.InputWeights(gradients, _layer), panels));
        MatrixProducts.TransposedProduct(hidden, packed, overwrite, Outputs(_layout.RecurrentWeights(gradients, _layer), panels));
    }

    /// <summary>The same for gates whose recurrent product has a gradient, and a bias, of its own.</summary>
    private void SplitGradients(
        (int Start, int End) panels, Matrix dGates, Panels? inputs, Panels hidden, bool overwrite, PackingScratch scratch, Arena gradients)
    {
        if (inputs is not null)
        {
            var packed = scratch.PackGradients(Columns(dGates, panels), Columns(_layout.Bias(gradients, _layer), panels));
            MatrixProducts.TransposedProduct(inputs.Value, packed, overwrite, Outputs(_layout.InputWeights(gradients, _layer), panels));
        }
        int shift = _splitGates * _width / Padding.Unit;
        var recurrent = scratch.PackGradients(Columns(dGates, (panels.Start + shift, panels.End + shift)), SplitBias(gradients, panels));
        MatrixProducts.TransposedProduct(hidden, recurrent, overwrite, Outputs(_layout.RecurrentWeights(gradients, _layer), panels));
    }

    /// <summary>The recurrent bias of some panels of the split gates.</summary>
    private Matrix SplitBias(Arena gradients, (int Start, int End) panels)
    {
        int sharedPanels = _sharedGates * _width / Padding.Unit;
        return Columns(_layout.RecurrentBias(gradients, _layer), (panels.Start - sharedPanels, panels.End - sharedPanels));
    }

    private static Matrix Columns(Matrix rows, (int Start, int End) panels) =>
        rows.ColumnRange(panels.Start * Padding.Unit, (panels.End - panels.Start) * Padding.Unit);

    private static Panels Outputs(Panels weights, (int Start, int End) panels) =>
        weights.OutputRange(panels.Start * Padding.Unit, (panels.End - panels.Start) * Padding.Unit);

    private void ProjectInputs(int tile, UnitSlice units, RecurrentLayer below)
    {
        var (weights, bias) = (_layout.InputWeights(_weights, _layer), _layout.Bias(_weights, _layer));
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            MatrixProducts.MultiplyAddBias(
                below.OutputOf(tile), weights.OutputRange(start, count), bias.ColumnRange(start, count), _tiles.RowsOf(_gates, tile).ColumnRange(start, count));
        }
    }

    private void GatherInputs(int firstRow, UnitSlice units, InputTable table, Matrix gates)
    {
        for (int run = 0; run < units.Runs(_cell.Gates); run++)
        {
            var (start, count) = units.Run(0, _cell.Gates, run);
            table.Gather(firstRow, start, gates.ColumnRange(start, count));
        }
    }

    /// <summary>Adds the products with the hidden state before to the shared gates, and puts those of the split gates, with their bias, in their own slots.</summary>
    private void AddRecurrentProducts(Matrix hiddenBefore, UnitSlice units, Matrix gates)
    {
        for (int run = 0; run < units.Runs(_sharedGates); run++)
        {
            var (start, count) = units.Run(0, _sharedGates, run);
            MatrixProducts.AddProduct(hiddenBefore, _recurrent.OutputRange(start, count), gates.ColumnRange(start, count));
        }
        for (int run = 0; run < units.Runs(_splitGates); run++)
        {
            var (start, count) = units.Run(_sharedGates, _splitGates, run);
            var bias = _recurrentBias.ColumnRange(start - _sharedGates * _width, count);
            MatrixProducts.MultiplyAddBias(
                hiddenBefore, _recurrent.OutputRange(start, count), bias, gates.ColumnRange(start + _splitGates * _width, count));
        }
    }

    private void WriteOutput(int tile, int t, in CellStep step, RecurrentLayer? below, in LayerMasks masks)
    {
        var units = step.Units;
        var output = units.Of(_tiles.StepOf(_output, tile, t));
        int firstRow = _tiles.RowStart(tile) + t * step.Streams;
        if (masks.Branch.IsOn) masks.Branch.Multiply(step.Hidden, firstRow, units.Start, output);
        else step.Hidden.CopyTo(output);
        if (_layout.Spec.IsResidual(_layer)) Rows.Add(units.Of(below!.OutputOf(tile)).RowRange(t * step.Streams, step.Streams), output);
        if (masks.Output.IsOn) masks.Output.Multiply(output, firstRow, units.Start, output);
    }

    private void StartState(Matrix states, int tile, UnitSlice units, bool carry)
    {
        var first = units.Of(_tiles.StateOf(states, tile, 0));
        if (carry) units.Of(_tiles.StateOf(states, tile, _tiles.Steps)).CopyTo(first);
        else first.Clear();
    }
}
