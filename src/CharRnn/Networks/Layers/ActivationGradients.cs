using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Where the gradients of a window's rows are on their way down through the layers, and what of them the weight
/// gradients still need.
/// </summary>
internal sealed class ActivationGradients : IDisposable
{
    private readonly List<AlignedBuffer> _buffers = [];
    private readonly Matrix[] _dProjected;

    /// <summary>Makes room for a window.</summary>
    public ActivationGradients(ParameterLayout layout, StreamTiles tiles)
    {
        DOutput = Allocate(tiles.Rows, layout.OutputWidth);
        bool isProjected = layout.Spec.ProjectionSize > 0;
        if (isProjected)
            DHidden = Allocate(tiles.Rows, layout.HiddenWidth);
        _dProjected = isProjected
            ? [.. Enumerable.Range(0, layout.Spec.NumLayers).Select(_ => Allocate(tiles.Rows, layout.OutputWidth))]
            : [];
    }

    /// <summary>
    /// (T·B, P, or H without a projection): the gradient of a layer's output; each layer replaces it by that of its
    /// input.
    /// </summary>
    public Matrix DOutput { get; }

    /// <summary>
    /// (T·B, H): what comes to a layer's hidden states through its projection, one layer after another; empty without
    /// projections.
    /// </summary>
    public Matrix DHidden { get; }

    /// <summary>
    /// (T·B, P): the gradient of a layer's projected states, kept until that of the projection's weights is taken.
    /// </summary>
    public Matrix DProjected(int layer) => _dProjected[layer];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
    }

    private Matrix Allocate(int rows, int columns)
    {
        _buffers.Add(new AlignedBuffer((long)rows * columns));
        return new Matrix(_buffers[^1], rows, columns);
    }
}
