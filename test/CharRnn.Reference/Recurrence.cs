namespace CharRnn.Reference;

/// <summary>
/// A cell carried over a window of T steps for B streams, and back: the truncated BPTT of one layer. What came before the window is
/// a constant, what comes after it is unknown: gradients neither leave nor enter at its ends.
/// </summary>
internal sealed class Recurrence
{
    private readonly IReferenceCell cell;
    private readonly RecurrentParameters recurrent;
    private readonly int t;
    private readonly int b;
    private readonly int h;
    private readonly int c;
    private readonly double[] hiddens;
    private readonly double[] cells;
    private readonly double[] saved;
    private readonly bool[] resets;
    private readonly bool clearsAfter;
    private readonly double[] zeros;

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
        this.cell = cell;
        this.recurrent = recurrent;
        this.t = t;
        this.b = b;
        h = hidden.Length / b;
        c = cellState.Length / b;
        this.resets = resets;
        this.clearsAfter = clearsAfter;
        zeros = new double[h];

        // (T + 1, B, H) each: row block 0 is the state carried in, row block t + 1 the state after step t.
        hiddens = new double[(t + 1) * b * h];
        cells = new double[(t + 1) * b * c];
        saved = new double[t * b * cell.Saved * h];
        hidden.CopyTo(hiddens, 0);
        cellState.CopyTo(cells, 0);

        for (int row = 0; row < t * b; row++)
        {
            int next = row + b;
            cell.Forward(
                Row(fromInput, row, cell.Gates * h),
                recurrent,
                Before(hiddens, row, h),
                Before(cells, row, c),
                Row(saved, row, cell.Saved * h),
                Row(hiddens, next, h),
                Row(cells, next, c)
            );
            if (!clearsAfter || !resets[row])
                continue;
            Row(hiddens, next, h).Clear();
            Row(cells, next, c).Clear();
        }
    }

    /// <summary>(T·B, H): h' of every step.</summary>
    public ReadOnlySpan<double> Hiddens => hiddens.AsSpan(b * h);

    /// <summary>(B, H): h after the window.</summary>
    public double[] LastHidden => hiddens[(t * b * h)..];

    /// <summary>(B, H): c after the window; empty where the cell has none.</summary>
    public double[] LastCell => cells[(t * b * c)..];

    /// <summary>The share of sigmoid gates below 0.05 or above 0.95, or without such gates of h' beyond ±0.95.</summary>
    public double SaturatedShare()
    {
        int blocks = cell.Saved,
            saturated = 0;
        int[] looked = cell.SigmoidGates.Count > 0 ? [.. cell.SigmoidGates] : [0];
        for (int i = 0; i < saved.Length; i++)
        {
            if (!looked.Contains(i / h % blocks))
                continue;
            bool isSaturated = cell.SigmoidGates.Count > 0 ? saved[i] is < 0.05 or > 0.95 : Math.Abs(saved[i]) > 0.95;
            saturated += isSaturated ? 1 : 0;
        }
        return (double)saturated / (t * b * h * looked.Length);
    }

    /// <summary>Runs the window backward.</summary>
    /// <param name="dOutputs">(T·B, H): the gradient in every h', without what flows back through later steps.</param>
    /// <param name="dRecurrent">The gradient in U and its bias is added here.</param>
    /// <returns>(T·B, G·H): the gradient in W x + b.</returns>
    public double[] Backward(double[] dOutputs, RecurrentParameters dRecurrent)
    {
        var dFromInput = new double[t * b * cell.Gates * h];
        var dHidden = new double[b * h];
        var dCell = new double[b * c];
        var dNextHidden = new double[h];

        for (int row = t * b - 1; row >= 0; row--)
        {
            int stream = row % b;
            Row(dHidden, stream, h).CopyTo(dNextHidden);
            Dense.AddScaled(1, Row(dOutputs, row, h), dNextHidden);
            if (clearsAfter && resets[row])
            {
                Array.Clear(dNextHidden);
                Row(dCell, stream, c).Clear();
            }
            cell.Backward(
                Row(saved, row, cell.Saved * h),
                recurrent,
                Before(hiddens, row, h),
                Before(cells, row, c),
                dNextHidden,
                Row(dCell, stream, c),
                Row(dFromInput, row, cell.Gates * h),
                Row(dHidden, stream, h),
                dRecurrent
            );
            if (!resets[row])
                continue;
            Row(dHidden, stream, h).Clear();
            Row(dCell, stream, c).Clear();
        }
        return dFromInput;
    }

    private Span<double> Before(double[] states, int row, int width) =>
        resets[row] ? zeros.AsSpan(0, width) : Row(states, row, width);

    private static Span<double> Row(double[] rows, int row, int width) => rows.AsSpan(row * width, width);
}
