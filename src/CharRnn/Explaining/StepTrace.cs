namespace CharRnn.Explaining;

/// <summary>
/// What the engine had in its hands in one step of one layer, one stream, padding left off. Slots are those of the
/// cell.
/// </summary>
internal sealed class StepTrace
{
    /// <summary>(G, H): W x + b.</summary>
    public double[][] Projected { get; set; } = [];

    /// <summary>
    /// (Slots, H): with U h added; for split gates W x + b, and U h with its bias in their recurrent slots.
    /// </summary>
    public double[][] Added { get; set; } = [];

    /// <summary>(Slots, H): what the cell made of them.</summary>
    public double[][] Gates { get; set; } = [];

    /// <summary>(H): h.</summary>
    public double[] HiddenBefore { get; set; } = [];

    /// <summary>(H): h'.</summary>
    public double[] Hidden { get; set; } = [];

    /// <summary>(H): c; empty without a cell state.</summary>
    public double[] CellBefore { get; set; } = [];

    /// <summary>(H): c'.</summary>
    public double[] CellState { get; set; } = [];

    /// <summary>(H): the gradient of h' that comes from later steps.</summary>
    public double[] DHiddenFromLater { get; set; } = [];

    /// <summary>(H): the gradient of c' that comes from later steps.</summary>
    public double[] DCellFromLater { get; set; } = [];

    /// <summary>(H): the gradient of h', complete.</summary>
    public double[] DHidden { get; set; } = [];

    /// <summary>(H): the gradient of c.</summary>
    public double[] DCellBefore { get; set; } = [];

    /// <summary>
    /// (Slots, H): the gradients of the gates' products; split gates' recurrent ones in their own slots.
    /// </summary>
    public double[][] DProducts { get; set; } = [];

    /// <summary>(H): U h of a gate that takes the sum of both products.</summary>
    public double[] RecurrentProduct(int gate) =>
        [.. Added[gate].Zip(Projected[gate], (sum, projected) => sum - projected)];

    /// <summary>(H): the gradient of h' that comes from above: the head or the next layer.</summary>
    public double[] DHiddenFromAbove() => [.. DHidden.Zip(DHiddenFromLater, (all, later) => all - later)];
}
