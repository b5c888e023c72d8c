using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>Writes down what a scan of one stream computes.</summary>
internal sealed class ScanRecorder : IScanObserver
{
    private readonly Cell _cell;
    private readonly int _hidden,
        _width;
    private readonly StepTrace[][] _traces;

    /// <summary>Looks on at all layers of a window.</summary>
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

    /// <summary>What one step of one layer computed.</summary>
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
