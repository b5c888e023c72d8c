using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The weights of some gates turned around, for carrying gradients back through them; made anew after each optimiser
/// step.
/// </summary>
internal sealed class TransposedWeights : IDisposable
{
    private readonly Panels _weights;
    private readonly int _gates,
        _hiddenSize,
        _hiddenWidth;
    private readonly Func<int, int>? _slotOf;
    private readonly AlignedBuffer _buffer;

    /// <summary>Makes room for the transposes.</summary>
    /// <param name="weights">(inputs, gates · H) panels.</param>
    /// <param name="gates">How many gates.</param>
    /// <param name="hiddenSize">H.</param>
    /// <param name="slotOf">Which slot holds each gate's gradient; its own number by default.</param>
    public TransposedWeights(Panels weights, int gates, int hiddenSize, Func<int, int>? slotOf = null)
    {
        (_weights, _gates, _hiddenSize, _slotOf) = (weights, gates, hiddenSize, slotOf);
        _hiddenWidth = weights.Outputs / gates;
        InputWidth = Padding.RoundUp(weights.Inputs);
        _buffer = new AlignedBuffer((long)gates * hiddenSize * InputWidth);
    }

    /// <summary>Outputs of the way back: the weights' inputs, padded.</summary>
    public int InputWidth { get; }

    /// <summary>Panels of the weights, in which the work is shared out.</summary>
    public int PanelCount => _weights.Count;

    /// <summary>Turns one panel of the weights around.</summary>
    public void Refresh(int panel)
    {
        int panelsInGate = _hiddenWidth / Padding.Unit,
            gate = panel / panelsInGate,
            unit = panel % panelsInGate * Padding.Unit;
        Packing.Transpose(_weights.OutputRange(panel * Padding.Unit, Padding.Unit), unit, Gate(gate));
    }

    /// <summary>dInputs += Σ over gates of dGates·W, for neighbouring inputs.</summary>
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

    /// <summary>dInputs = Σ over gates of dGates·W, for neighbouring inputs.</summary>
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
