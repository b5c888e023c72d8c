namespace CharRnn.Reference;

/// <summary>
/// One recurrent layer over a window of T steps of B streams, with its truncated BPTT: the state before the window is a
/// constant, and no gradient comes from after it.
/// </summary>
internal sealed class Recurrence
{
    private readonly IReferenceCell _cell;
    private readonly RecurrentParameters _recurrent;
    private readonly int _steps;
    private readonly int _streams;
    private readonly int _hiddenSize;
    private readonly int _cellSize;
    private readonly double[] _hiddenStates;
    private readonly double[] _cellStates;
    private readonly double[] _saved;
    private readonly bool[] _resets;
    private readonly bool _resetsAfter;
    private readonly double[] _zeros;

    /// <summary>The forward pass over the window.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="recurrent">Its U (G·H, H) and recurrent bias.</param>
    /// <param name="fromInput">(T·B, G·H): W x + b.</param>
    /// <param name="hidden">(B, H): h before the window.</param>
    /// <param name="cellState">(B, H): c before the window; empty if the cell has none.</param>
    /// <param name="steps">T.</param>
    /// <param name="streams">B.</param>
    /// <param name="resets">(T·B): whether h and c are set to zero before the step.</param>
    /// <param name="resetsAfter">Whether they are also set to zero after such a step.</param>
    public Recurrence(
        IReferenceCell cell,
        RecurrentParameters recurrent,
        double[] fromInput,
        double[] hidden,
        double[] cellState,
        int steps,
        int streams,
        bool[] resets,
        bool resetsAfter = false
    )
    {
        _cell = cell;
        _recurrent = recurrent;
        _steps = steps;
        _streams = streams;
        _hiddenSize = hidden.Length / streams;
        _cellSize = cellState.Length / streams;
        _resets = resets;
        _resetsAfter = resetsAfter;
        _zeros = new double[_hiddenSize];

        // (T + 1, B, H) each: block 0 is the state before the window, block t + 1 the state after step t.
        _hiddenStates = new double[(steps + 1) * streams * _hiddenSize];
        _cellStates = new double[(steps + 1) * streams * _cellSize];
        _saved = new double[steps * streams * cell.Saved * _hiddenSize];
        hidden.CopyTo(_hiddenStates, 0);
        cellState.CopyTo(_cellStates, 0);

        for (int row = 0; row < steps * streams; row++)
        {
            int next = row + streams;
            cell.Forward(
                Row(fromInput, row, cell.Gates * _hiddenSize),
                recurrent,
                StateBefore(_hiddenStates, row, _hiddenSize),
                StateBefore(_cellStates, row, _cellSize),
                Row(_saved, row, cell.Saved * _hiddenSize),
                Row(_hiddenStates, next, _hiddenSize),
                Row(_cellStates, next, _cellSize)
            );
            if (!resetsAfter || !resets[row])
                continue;
            Row(_hiddenStates, next, _hiddenSize).Clear();
            Row(_cellStates, next, _cellSize).Clear();
        }
    }

    /// <summary>(T·B, H): h' of every step.</summary>
    public ReadOnlySpan<double> HiddenStates => _hiddenStates.AsSpan(_streams * _hiddenSize);

    /// <summary>(B, H): h after the window.</summary>
    public double[] LastHidden => _hiddenStates[(_steps * _streams * _hiddenSize)..];

    /// <summary>(B, H): c after the window; empty if the cell has none.</summary>
    public double[] LastCell => _cellStates[(_steps * _streams * _cellSize)..];

    /// <summary>
    /// The share of sigmoid gates below 0.05 or above 0.95; without such gates, the share of h' beyond ±0.95.
    /// </summary>
    public double SaturatedShare()
    {
        int blocks = _cell.Saved,
            saturated = 0;
        int[] gates = _cell.SigmoidGates.Count > 0 ? [.. _cell.SigmoidGates] : [0];
        for (int i = 0; i < _saved.Length; i++)
        {
            if (!gates.Contains(i / _hiddenSize % blocks))
                continue;
            bool isSaturated =
                _cell.SigmoidGates.Count > 0 ? _saved[i] is < 0.05 or > 0.95 : Math.Abs(_saved[i]) > 0.95;
            saturated += isSaturated ? 1 : 0;
        }
        return (double)saturated / (_steps * _streams * _hiddenSize * gates.Length);
    }

    /// <summary>The backward pass over the window.</summary>
    /// <param name="dOutputs">(T·B, H): the gradient in every h', without its part through later steps.</param>
    /// <param name="dRecurrent">The gradient in U and its bias is added here.</param>
    /// <returns>(T·B, G·H): the gradient in W x + b.</returns>
    public double[] Backward(double[] dOutputs, RecurrentParameters dRecurrent)
    {
        double[] dFromInput = new double[_steps * _streams * _cell.Gates * _hiddenSize];
        double[] dHidden = new double[_streams * _hiddenSize];
        double[] dCell = new double[_streams * _cellSize];
        double[] dNextHidden = new double[_hiddenSize];

        for (int row = _steps * _streams - 1; row >= 0; row--)
        {
            int stream = row % _streams;
            Row(dHidden, stream, _hiddenSize).CopyTo(dNextHidden);
            Dense.AddScaled(1, Row(dOutputs, row, _hiddenSize), dNextHidden);
            if (_resetsAfter && _resets[row])
            {
                Array.Clear(dNextHidden);
                Row(dCell, stream, _cellSize).Clear();
            }
            _cell.Backward(
                Row(_saved, row, _cell.Saved * _hiddenSize),
                _recurrent,
                StateBefore(_hiddenStates, row, _hiddenSize),
                StateBefore(_cellStates, row, _cellSize),
                dNextHidden,
                Row(dCell, stream, _cellSize),
                Row(dFromInput, row, _cell.Gates * _hiddenSize),
                Row(dHidden, stream, _hiddenSize),
                dRecurrent
            );
            if (!_resets[row])
                continue;
            Row(dHidden, stream, _hiddenSize).Clear();
            Row(dCell, stream, _cellSize).Clear();
        }
        return dFromInput;
    }

    private Span<double> StateBefore(double[] states, int row, int width) =>
        _resets[row] ? _zeros.AsSpan(0, width) : Row(states, row, width);

    private static Span<double> Row(double[] rows, int row, int width) => rows.AsSpan(row * width, width);
}
