using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Bias of a layer's input product. With two biases (<see cref="BiasMode.Double"/>) it is their sum, b_ih + b_hh,
/// computed from the weights as they are at each call. Gates whose recurrent product stands apart keep b_hh with it.
/// </summary>
internal sealed class LayerBias
{
    private readonly Matrix _bias,
        _second,
        _sums;

    /// <summary>Finds a layer's biases.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="copies">Number of callers that may ask for the same columns at the same time.</param>
    /// <param name="pool">Memory of the sums, one for each of them.</param>
    public LayerBias(RecurrentLayout layout, ForwardWeights weights, int layer, int copies, MatrixPool pool)
    {
        (_bias, _second) = (layout.Bias(weights, layer), layout.SecondBias(weights, layer));
        if (!_second.IsEmpty)
            _sums = pool.Allocate(copies, _bias.Columns);
    }

    /// <summary>Some columns, (1, count).</summary>
    /// <param name="start">The first of them among G·H.</param>
    /// <param name="count">How many.</param>
    /// <param name="copy">The caller's number; the columns are its own until its next call for them.</param>
    public Matrix Columns(int start, int count, int copy)
    {
        var bias = _bias.ColumnRange(start, count);
        if (_second.IsEmpty)
            return bias;
        var sum = _sums.RowRange(copy, 1).ColumnRange(start, count);
        int shared = Math.Clamp(_second.Columns - start, 0, count);
        if (shared > 0)
            RowOperations.Sum(
                bias.ColumnRange(0, shared),
                _second.ColumnRange(start, shared),
                sum.ColumnRange(0, shared)
            );
        bias.ColumnRange(shared, count - shared).CopyTo(sum.ColumnRange(shared, count - shared));
        return sum;
    }

    /// <summary>
    /// Gives the second bias of a layer the gradient that the first has: the gradient of their sum.
    /// </summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="panels">Panels of the gates, for which the first bias has its gradient.</param>
    public static void ShareGradient(RecurrentLayout layout, Arena gradients, int layer, PanelRange panels)
    {
        var second = layout.SecondBias(gradients, layer);
        int count = Math.Min(panels.FirstColumn + panels.Columns, second.Columns) - panels.FirstColumn;
        if (second.IsEmpty || count <= 0)
            return;
        layout
            .Bias(gradients, layer)
            .ColumnRange(panels.FirstColumn, count)
            .CopyTo(second.ColumnRange(panels.FirstColumn, count));
    }
}
