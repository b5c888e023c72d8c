using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>Recorder of what a scan of one stream computes.</summary>
internal sealed class ScanRecorder : IScanObserver
{
    private readonly Cell _cell;
    private readonly int _hidden,
        _width;
    private readonly StepTrace[][] _traces;

    /// <summary>Observes all layers of a window.</summary>
    public ScanRecorder(Window window)
    {
        var spec = window.Layout.Spec;
        (_cell, _hidden, _width) = (spec.CellKind, spec.HiddenSize, window.Layout.HiddenWidth);
        _traces =
        [
            .. window.Layers.Select(_ =>
                Enumerable.Range(0, window.Tiles.Steps).Select(_ => new StepTrace()).ToArray()
            ),
        ];
        foreach (var layer in window.Layers)
            layer.Observer = this;
    }

    /// <summary>The values of one step of one layer.</summary>
    public StepTrace this[int layer, int t] => _traces[layer][t];

    /// <inheritdoc/>
    public void InputsProjected(int layer, int t, Matrix gates) => this[layer, t].Projected = Slots(gates, _cell.Gates);

    /// <inheritdoc/>
    public void RecurrentAdded(int layer, int t, Matrix gates) => this[layer, t].Added = Slots(gates, _cell.Slots);

    /// <inheritdoc/>
    public void Forward(int layer, int t, in CellStep step)
    {
        var trace = this[layer, t];
        trace.Gates = Slots(step.Gates, _cell.Slots);
        (trace.HiddenBefore, trace.Hidden) = (Units(step.HiddenBefore), Units(step.Hidden));
        (trace.CellBefore, trace.CellState) = (Units(step.CellBefore), Units(step.CellState));
    }

    /// <inheritdoc/>
    public void GradientArrives(int layer, int t, Matrix dHidden, Matrix dCell)
    {
        var trace = this[layer, t];
        (trace.DHiddenFromLater, trace.DCellFromLater) = (Units(dHidden), Units(dCell));
    }

    /// <inheritdoc/>
    public void Backward(int layer, int t, in CellStep step, in CellGradients gradients)
    {
        var trace = this[layer, t];
        (trace.DHidden, trace.DCellBefore) = (Units(gradients.DHidden), Units(gradients.DCell));
        trace.DProducts = Slots(step.Gates, _cell.Slots);
    }

    private double[][] Slots(Matrix gates, int count) =>
        [.. Enumerable.Range(0, count).Select(slot => Units(gates.ColumnRange(slot * _width, _width)))];

    private double[] Units(Matrix rows)
    {
        if (rows.IsEmpty)
            return [];
        double[] values = new double[_hidden];
        for (int j = 0; j < values.Length; j++)
            values[j] = rows[0, j];
        return values;
    }
}

/// <summary>
/// Values of one step of one layer, of one stream and without padding. Slots are those of the cell.
/// </summary>
internal sealed class StepTrace
{
    /// <summary>W x + b, (G, H).</summary>
    public double[][] Projected { get; set; } = [];

    /// <summary>
    /// The same with U h added, (Slots, H); for split gates W x + b, and U h with its bias in their recurrent slots.
    /// </summary>
    public double[][] Added { get; set; } = [];

    /// <summary>The cell's gates, (Slots, H).</summary>
    public double[][] Gates { get; set; } = [];

    /// <summary>h, (H).</summary>
    public double[] HiddenBefore { get; set; } = [];

    /// <summary>h', (H).</summary>
    public double[] Hidden { get; set; } = [];

    /// <summary>c, (H); empty without a cell state.</summary>
    public double[] CellBefore { get; set; } = [];

    /// <summary>c', (H).</summary>
    public double[] CellState { get; set; } = [];

    /// <summary>The gradient of h' from later steps, (H).</summary>
    public double[] DHiddenFromLater { get; set; } = [];

    /// <summary>The gradient of c' from later steps, (H).</summary>
    public double[] DCellFromLater { get; set; } = [];

    /// <summary>The complete gradient of h', (H).</summary>
    public double[] DHidden { get; set; } = [];

    /// <summary>The gradient of c, (H).</summary>
    public double[] DCellBefore { get; set; } = [];

    /// <summary>
    /// The gradients of the gates' products, (Slots, H); split gates' recurrent ones in their own slots.
    /// </summary>
    public double[][] DProducts { get; set; } = [];

    /// <summary>U h of a gate that takes the sum of both products, (H).</summary>
    public double[] RecurrentProduct(int gate) =>
        [.. Added[gate].Zip(Projected[gate], (sum, projected) => sum - projected)];

    /// <summary>The gradient of h' from above, the head or the next layer, (H).</summary>
    public double[] DHiddenFromAbove() => [.. DHidden.Zip(DHiddenFromLater, (all, later) => all - later)];
}
