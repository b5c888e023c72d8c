using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Workspace of a backward pass: the gradients of the weights, the transposed weights that gradients are carried back
/// through, and each worker's packing scratch.
/// </summary>
internal sealed class GradientWorkspace : IDisposable
{
    private readonly WorkerTeam _team;
    private readonly PackingScratch[] _scratch;

    /// <summary>Makes the workspace of a team.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="transposed">The weights, transposed; owned from now on.</param>
    /// <param name="widths">Columns of the widest operands of weight gradients.</param>
    /// <param name="team">The workers.</param>
    public GradientWorkspace(
        RecurrentLayout layout,
        NetworkTransposedWeights transposed,
        PackingWidths widths,
        WorkerTeam team
    )
    {
        (Transposed, _team) = (transposed, team);
        Gradients = new Arena(layout.Arena);
        _scratch = [.. Enumerable.Range(0, team.Count).Select(_ => new PackingScratch(widths))];
    }

    /// <summary>The gradients of the weights, laid out as these.</summary>
    public Arena Gradients { get; }

    /// <summary>The transposed weights.</summary>
    public NetworkTransposedWeights Transposed { get; }

    /// <summary>A worker's packing scratch.</summary>
    public PackingScratch Scratch(int worker) => _scratch[worker];

    /// <summary>One worker's part of transposing the weights again, after they changed.</summary>
    public void RefreshTransposedWeights(int worker) => Transposed.Refresh(worker, _team);

    /// <inheritdoc/>
    public void Dispose()
    {
        Gradients.Dispose();
        Transposed.Dispose();
        foreach (var scratch in _scratch)
            scratch.Dispose();
    }
}

/// <summary>Columns of the widest operands of a network's weight gradients.</summary>
/// <param name="Input">Of layer inputs.</param>
/// <param name="Hidden">Of hidden states and the head's input.</param>
/// <param name="Gradient">Of the products' gradients.</param>
internal readonly record struct PackingWidths(int Input, int Hidden, int Gradient);

/// <summary>
/// Scratch in which one worker packs the operands of weight gradients, a block of rows at a time. An operand is packed
/// once for all products it is part of.
/// </summary>
internal sealed class PackingScratch(PackingWidths widths) : IDisposable
{
    // (TermBlock, widest) each.
    private readonly AlignedBuffer _inputs = new((long)MatrixProducts.TermBlock * widths.Input),
        _hidden = new((long)MatrixProducts.TermBlock * widths.Hidden),
        _gradients = new((long)MatrixProducts.TermBlock * widths.Gradient);

    /// <summary>Packs a layer's input.</summary>
    /// <param name="rows">(up to <see cref="MatrixProducts.TermBlock"/>, M padded).</param>
    public Panels PackInputs(Matrix rows) => Pack(rows, _inputs, sums: default);

    /// <summary>Packs what the recurrent weights, a projection or the head were multiplied with.</summary>
    /// <inheritdoc cref="PackInputs"/>
    public Panels PackHidden(Matrix rows) => Pack(rows, _hidden, sums: default);

    /// <summary>Packs the gradients of the products, and adds them to that of the bias.</summary>
    /// <param name="rows">(up to <see cref="MatrixProducts.TermBlock"/>, N).</param>
    /// <param name="dBias">(1, N), accumulated; empty without a bias.</param>
    public Panels PackGradients(Matrix rows, Matrix dBias) => Pack(rows, _gradients, dBias);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputs.Dispose();
        _hidden.Dispose();
        _gradients.Dispose();
    }

    private static Panels Pack(Matrix rows, AlignedBuffer buffer, Matrix sums)
    {
        var panels = new Panels(buffer, rows.Rows, rows.Columns);
        Packing.PackRows(rows, panels, sums);
        return panels;
    }
}

/// <summary>Neighboring panels of outputs, [start, end): the share of one worker in a product.</summary>
/// <param name="Start">The first panel.</param>
/// <param name="End">The end of the panels.</param>
internal readonly record struct PanelRange(int Start, int End)
{
    /// <summary>Whether there is no panel.</summary>
    public bool IsEmpty => End <= Start;

    /// <summary>The first column of the first panel.</summary>
    public int FirstColumn => Start * Padding.Unit;

    /// <summary>Columns of all of them.</summary>
    public int Columns => (End - Start) * Padding.Unit;

    /// <summary>One of the ranges that some panels are cut into, all of the same length but for the last.</summary>
    public static PanelRange Of(int number, int length, int panels) =>
        new(number * length, Math.Min(panels, (number + 1) * length));

    /// <summary>A worker's share, as a team gives it.</summary>
    public static implicit operator PanelRange((int Start, int End) share) => new(share.Start, share.End);

    /// <summary>Their columns of a matrix.</summary>
    public Matrix Of(Matrix rows) => rows.ColumnRange(FirstColumn, Columns);

    /// <summary>Their part of some weights, or of the weights' gradient.</summary>
    public Panels Of(Panels weights) => weights.OutputRange(FirstColumn, Columns);

    /// <inheritdoc cref="Of(Panels)"/>
    public WeightPanels Of(WeightPanels weights) => weights.OutputRange(FirstColumn, Columns);

    /// <summary>As many panels, further on by some.</summary>
    public PanelRange Shifted(int panels) => new(Start + panels, End + panels);
}
