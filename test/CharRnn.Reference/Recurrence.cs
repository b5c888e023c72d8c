namespace CharRnn.Reference;

/// <summary>
/// A cell carried over a window of T steps for B streams, and back: the truncated BPTT of one layer. What came before
/// the window is a constant, what comes after it is unknown: gradients neither leave nor enter at its ends.
/// </summary>
internal sealed class Recurrence
{
    private readonly IReferenceCell _cell;
    private readonly RecurrentParameters _recurrent;
    private readonly int _t;
    private readonly int _b;
    private readonly int _h;
    private readonly int _c;
    private readonly double[] _hiddens;
    private readonly double[] _cells;
    private readonly double[] _saved;
    private readonly bool[] _resets;
    private readonly bool _clearsAfter;
    private readonly double[] _zeros;

    /// <summary>Runs the cell forward.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="recurrent">Its U (G·H, H) and recurrent bias.</param>
    /// <param name="fromInput">(T·B, G·H): W x + b.</param>
    /// <param name="hidden">(B, H): h before the window.</param>
    /// <param name="cellState">(B, H): c before the window; empty where the cell has none.</param>
    /// <param name="t">T.</param>
    /// <param name="b">B.</param>
    /// <param name="resets">(T·B): where h and c are zero before the step, whatever came before it.</param>
    /// <param name="clearsAfter">Whether they are zero after such a step too, whatever it made of them.</param>
    public Recurrence(
        IReferenceCell cell,
        RecurrentParameters recurrent,
        double[] fromInput,
        double[] hidden,
        double[] cellState,
        int t,
        int b,
        bool[] resets,
        bool clearsAfter = false
    )
    {
        _cell = cell;
        _recurrent = recurrent;
        _t = t;
        _b = b;
        _h = hidden.Length / b;
        _c = cellState.Length / b;
        _resets = resets;
        _clearsAfter = clearsAfter;
        _zeros = new double[_h];

        // (T + 1, B, H) each: row block 0 is the state carried in, row block t + 1 the state after step t.
        _hiddens = new double[(t + 1) * b * _h];
        _cells = new double[(t + 1) * b * _c];
        _saved = new double[t * b * cell.Saved * _h];
        hidden.CopyTo(_hiddens, 0);
        cellState.CopyTo(_cells, 0);

        for (int row = 0; row < t * b; row++)
        {
            int next = row + b;
            cell.Forward(
                Row(fromInput, row, cell.Gates * _h),
                recurrent,
                Before(_hiddens, row, _h),
                Before(_cells, row, _c),
                Row(_saved, row, cell.Saved * _h),
                Row(_hiddens, next, _h),
                Row(_cells, next, _c)
            );
            if (!clearsAfter || !resets[row])
                continue;
            Row(_hiddens, next, _h).Clear();
            Row(_cells, next, _c).Clear();
        }
    }

    /// <summary>(T·B, H): h' of every step.</summary>
    public ReadOnlySpan<double> Hiddens => _hiddens.AsSpan(_b * _h);

    /// <summary>(B, H): h after the window.</summary>
    public double[] LastHidden => _hiddens[(_t * _b * _h)..];

    /// <summary>(B, H): c after the window; empty where the cell has none.</summary>
    public double[] LastCell => _cells[(_t * _b * _c)..];

    /// <summary>
    /// The share of sigmoid gates below 0.05 or above 0.95, or without such gates of h' beyond ±0.95.
    /// </summary>
    public double SaturatedShare()
    {
        int blocks = _cell.Saved,
            saturated = 0;
        int[] looked = _cell.SigmoidGates.Count > 0 ? [.. _cell.SigmoidGates] : [0];
        for (int i = 0; i < _saved.Length; i++)
        {
            if (!looked.Contains(i / _h % blocks))
                continue;
            bool isSaturated =
                _cell.SigmoidGates.Count > 0 ? _saved[i] is < 0.05 or > 0.95 : Math.Abs(_saved[i]) > 0.95;
            saturated += isSaturated ? 1 : 0;
        }
        return (double)saturated / (_t * _b * _h * looked.Length);
    }

    /// <summary>Runs the window backward.</summary>
    /// <param name="dOutputs">(T·B, H): the gradient in every h', without what flows back through later steps.</param>
    /// <param name="dRecurrent">The gradient in U and its bias is added here.</param>
    /// <returns>(T·B, G·H): the gradient in W x + b.</returns>
    public double[] Backward(double[] dOutputs, RecurrentParameters dRecurrent)
    {
        double[] dFromInput = new double[_t * _b * _cell.Gates * _h];
        double[] dHidden = new double[_b * _h];
        double[] dCell = new double[_b * _c];
        double[] dNextHidden = new double[_h];

        for (int row = _t * _b - 1; row >= 0; row--)
        {
            int stream = row % _b;
            Row(dHidden, stream, _h).CopyTo(dNextHidden);
            Dense.AddScaled(1, Row(dOutputs, row, _h), dNextHidden);
            if (_clearsAfter && _resets[row])
            {
                Array.Clear(dNextHidden);
                Row(dCell, stream, _c).Clear();
            }
            _cell.Backward(
                Row(_saved, row, _cell.Saved * _h),
                _recurrent,
                Before(_hiddens, row, _h),
                Before(_cells, row, _c),
                dNextHidden,
                Row(dCell, stream, _c),
                Row(dFromInput, row, _cell.Gates * _h),
                Row(dHidden, stream, _h),
                dRecurrent
            );
            if (!_resets[row])
                continue;
            Row(dHidden, stream, _h).Clear();
            Row(dCell, stream, _c).Clear();
        }
        return dFromInput;
    }

    private Span<double> Before(double[] states, int row, int width) =>
        _resets[row] ? _zeros.AsSpan(0, width) : Row(states, row, width);

    private static Span<double> Row(double[] rows, int row, int width) => rows.AsSpan(row * width, width);
}
