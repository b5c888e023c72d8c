using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Transposed weights of a network, which gradients are carried back through: those of the layers and of the head.
/// Rebuilt after each optimizer step.
/// </summary>
internal sealed class NetworkTransposedWeights : IDisposable
{
    // Panels that are taken together: a few microseconds.
    private const int PanelGrain = 4;

    private readonly LayerTransposedWeights[] _layers;
    private readonly (TransposedWeights Gates, int Panel)[] _refreshes;
    private readonly Panels _head;
    private readonly AlignedBuffer _headBuffer;

    /// <summary>Allocates the transposed weights.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every refresh.</param>
    /// <param name="head">(joined, N): the head's weights.</param>
    /// <param name="outputs">N, without padding.</param>
    public NetworkTransposedWeights(RecurrentLayout layout, Arena weights, Panels head, int outputs)
    {
        _layers =
        [
            .. Enumerable
                .Range(0, layout.LayerCount)
                .Select(layer => new LayerTransposedWeights(layout, weights, layer)),
        ];
        _refreshes =
        [
            .. _layers
                .SelectMany(layer => layer.All)
                .SelectMany(gates => Enumerable.Range(0, gates.PanelCount).Select(panel => (gates, panel))),
        ];
        _head = head;
        int width = Padding.RoundUp(head.Inputs);
        _headBuffer = new AlignedBuffer((long)outputs * width);
        Head = new Panels(_headBuffer, outputs, width);
    }

    /// <summary>Those of a numbered layer.</summary>
    public LayerTransposedWeights this[int layer] => _layers[layer];

    /// <summary>(N, what the head takes in).</summary>
    public Panels Head { get; }

    /// <summary>One worker's part of transposing the weights again, after they changed.</summary>
    public void Refresh(int worker, WorkerTeam team)
    {
        // The head's panels come first, then those of the gates.
        while (team.TryTake(worker, _head.Count + _refreshes.Length, PanelGrain, out var panels))
        {
            for (int i = panels.Start; i < panels.End; i++)
            {
                if (i < _head.Count)
                    Packing.Transpose(_head.OutputRange(i * Padding.Unit, Padding.Unit), i * Padding.Unit, Head);
                else
                    _refreshes[i - _head.Count].Gates.Refresh(_refreshes[i - _head.Count].Panel);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
            layer.Dispose();
        _headBuffer.Dispose();
    }
}

/// <summary>Transposed weights of one layer.</summary>
internal sealed class LayerTransposedWeights : IDisposable
{
    /// <summary>Makes a layer's transposed weights.</summary>
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
        foreach (var transposed in All)
            transposed.Dispose();
    }
}

/// <summary>
/// Transposed weights of some gates, for carrying gradients back through them; rebuilt after each optimizer step.
/// </summary>
internal sealed class TransposedWeights : IDisposable
{
    private readonly Panels _weights;
    private readonly int _gates,
        _hiddenSize,
        _hiddenWidth;
    private readonly Func<int, int>? _slotOf;
    private readonly AlignedBuffer _buffer;

    /// <summary>Allocates the transposed weights.</summary>
    /// <param name="weights">(inputs, gates · H) panels.</param>
    /// <param name="gates">Number of gates.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="slotOf">Slot of each gate's gradient; its own number by default.</param>
    public TransposedWeights(Panels weights, int gates, int hiddenSize, Func<int, int>? slotOf = null)
    {
        (_weights, _gates, _hiddenSize, _slotOf) = (weights, gates, hiddenSize, slotOf);
        _hiddenWidth = weights.Outputs / gates;
        InputWidth = Padding.RoundUp(weights.Inputs);
        _buffer = new AlignedBuffer((long)gates * hiddenSize * InputWidth);
    }

    /// <summary>Outputs of the backward pass: the weights' inputs, padded.</summary>
    public int InputWidth { get; }

    /// <summary>Panels of the weights, the unit of sharing the work.</summary>
    public int PanelCount => _weights.Count;

    /// <summary>Transposes one panel of the weights.</summary>
    public void Refresh(int panel)
    {
        int panelsInGate = _hiddenWidth / Padding.Unit,
            gate = panel / panelsInGate,
            unit = panel % panelsInGate * Padding.Unit;
        Packing.Transpose(_weights.OutputRange(panel * Padding.Unit, Padding.Unit), unit, Gate(gate));
    }

    /// <summary>dInputs += Σ over gates of dGates·W, for neighboring inputs.</summary>
    /// <param name="dGates">(rows, slots · H).</param>
    /// <param name="firstInput">The first of the inputs.</param>
    /// <param name="dInputs">(rows, some inputs), accumulated.</param>
    public void AddProduct(Matrix dGates, int firstInput, Matrix dInputs)
    {
        for (int gate = 0; gate < _gates; gate++)
            MatrixProducts.AddProduct(
                SlotOf(dGates, gate),
                Gate(gate).OutputRange(firstInput, dInputs.Columns),
                dInputs
            );
    }

    /// <summary>dInputs = Σ over gates of dGates·W, for neighboring inputs.</summary>
    /// <inheritdoc cref="AddProduct"/>
    public void Multiply(Matrix dGates, int firstInput, Matrix dInputs)
    {
        MatrixProducts.Multiply(SlotOf(dGates, 0), Gate(0).OutputRange(firstInput, dInputs.Columns), dInputs);
        for (int gate = 1; gate < _gates; gate++)
            MatrixProducts.AddProduct(
                SlotOf(dGates, gate),
                Gate(gate).OutputRange(firstInput, dInputs.Columns),
                dInputs
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private Matrix SlotOf(Matrix dGates, int gate) =>
        dGates.ColumnRange((_slotOf?.Invoke(gate) ?? gate) * _hiddenWidth, _hiddenWidth);

    private Panels Gate(int gate) =>
        new Panels(_buffer, _gates * _hiddenSize, InputWidth).InputBlock(gate, _hiddenSize);
}
