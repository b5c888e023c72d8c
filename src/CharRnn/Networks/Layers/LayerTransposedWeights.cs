using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>One layer's weights turned around.</summary>
internal sealed class LayerTransposedWeights : IDisposable
{
    /// <summary>Makes room for a layer's transposes.</summary>
    public LayerTransposedWeights(RecurrentLayout layout, Arena weights, int layer)
    {
        var (cell, hidden) = (layout.Network.CellKind, layout.Network.HiddenSize);
        Recurrent = new TransposedWeights(
            layout.RecurrentWeights(weights, layer),
            cell.Gates,
            hidden,
            cell.RecurrentSlot
        );
        bool hasInputProduct = !layout.IsFirst(layer) || layout.Network.EmbeddingSize > 0;
        if (hasInputProduct)
            Input = new TransposedWeights(layout.InputWeights(weights, layer), cell.Gates, hidden);
        var labels = layer == 0 ? (layout as ParameterLayout)?.Labels : null;
        if (labels is { IsOneHot: false })
            Labels = new TransposedWeights(labels.Weights(weights), cell.Gates, hidden);
        if (layout is ParameterLayout { Spec.ProjectionSize: > 0 and int projected } projecting)
            Projection = new TransposedWeights(projecting.Projection(weights, layer), gates: 1, projected);
        All = [.. new[] { Recurrent, Input, Labels, Projection }.OfType<TransposedWeights>()];
    }

    /// <summary>U, from the gates to the hidden state before.</summary>
    public TransposedWeights Recurrent { get; }

    /// <summary>
    /// W, from the gates to the layer's input; null for a first layer fed one-hot, which has nothing to carry further.
    /// </summary>
    public TransposedWeights? Input { get; }

    /// <summary>
    /// W of the labels, from the gates to the label's embedding; null in other layers than the first, and where there
    /// are no such embeddings.
    /// </summary>
    public TransposedWeights? Labels { get; }

    /// <summary>
    /// P, from the layer's projected output to its hidden states, as weights of one gate; null without a projection.
    /// </summary>
    public TransposedWeights? Projection { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<TransposedWeights> All { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var transposes in All)
            transposes.Dispose();
    }
}
