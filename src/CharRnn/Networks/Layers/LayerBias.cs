using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// What the products of a layer's input begin with. With one bias that is the bias; with two
/// (<see cref="BiasMode.Double"/>) it is their sum, b_ih + b_hh, made from the weights as they are whenever it is asked
/// for. Gates whose recurrent product stands apart keep b_hh apart with it.
/// </summary>
internal sealed class LayerBias : IDisposable
{
    private readonly Matrix _bias,
        _second,
        _sums;
    private readonly AlignedBuffer? _buffer;

    /// <summary>Finds a layer's biases.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="layer">The layer's number.</param>
    /// <param name="rooms">How many may ask for the same columns at the same time, each with a room of its own.</param>
    public LayerBias(RecurrentLayout layout, Arena weights, int layer, int rooms)
    {
        (_bias, _second) = (layout.Bias(weights, layer), layout.SecondBias(weights, layer));
        if (_second.IsEmpty)
            return;
        _buffer = new AlignedBuffer((long)rooms * _bias.Columns);
        _sums = new Matrix(_buffer, rooms, _bias.Columns);
    }

    /// <summary>Some columns, (1, count).</summary>
    /// <param name="start">The first of them among G·H.</param>
    /// <param name="count">How many.</param>
    /// <param name="room">Whose they are, until the next call for the same room and columns.</param>
    public Matrix Columns(int start, int count, int room)
    {
        var bias = _bias.ColumnRange(start, count);
        if (_second.IsEmpty)
            return bias;
        var sum = _sums.RowRange(room, 1).ColumnRange(start, count);
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
    /// Gives the second bias of each layer the gradient that the first has: the gradient of their sum.
    /// </summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="panels">Panels [start, end) of the gates, for which the first bias has its gradient.</param>
    public static void ShareGradients(RecurrentLayout layout, Arena gradients, (int Start, int End) panels)
    {
        for (int layer = 0; layer < layout.LayerCount; layer++)
        {
            var second = layout.SecondBias(gradients, layer);
            if (second.IsEmpty)
                return;
            int start = panels.Start * Padding.Unit,
                count = Math.Min(panels.End * Padding.Unit, second.Columns) - start;
            if (count > 0)
                layout.Bias(gradients, layer).ColumnRange(start, count).CopyTo(second.ColumnRange(start, count));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer?.Dispose();
}
