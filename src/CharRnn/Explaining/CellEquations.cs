using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>
/// How a cell's step is told: its equations and the rows of numbers in them, under the names that the cell's own file
/// has.
/// </summary>
internal abstract class CellEquations
{
    private static readonly CellEquations[] All =
    [
        new RnnEquations(),
        new GruEquations(),
        new LstmEquations(),
        new LinearEquations(),
    ];

    /// <summary>The story of a cell. Every cell of <see cref="CellCatalog"/> has one.</summary>
    public static CellEquations Of(string cell) => All.First(story => story.Cell == cell);

    /// <summary>The cell's name.</summary>
    public abstract string Cell { get; }

    /// <summary>
    /// What the gates are called, in the order of their weights; one empty name for a cell that has but one.
    /// </summary>
    public abstract IReadOnlyList<string> Gates { get; }

    /// <summary>
    /// The step's equations; h and c are the state before it, h' and c' the state after it, x its input.
    /// </summary>
    public abstract IReadOnlyList<string> ForwardEquations { get; }

    /// <summary>The equations backwards; dX is the gradient of the loss in X.</summary>
    public abstract IReadOnlyList<string> BackwardEquations { get; }

    /// <summary>The gradients of the weights: sums over the steps.</summary>
    public abstract IReadOnlyList<string> WeightEquations { get; }

    /// <summary>Whether a c is carried beside the h.</summary>
    public virtual bool HasCellState => false;

    /// <summary>The numbers forward; h' is under <see cref="ExplainedLayer.HiddenKey"/>.</summary>
    public abstract IEnumerable<ExplainedRow> Forward(StepTrace trace);

    /// <summary>The numbers backward, after those of dh'.</summary>
    public abstract IEnumerable<ExplainedRow> Backward(StepTrace trace);

    /// <summary>Rows of W x + b, U h and their activated sum, for a gate that takes the sum.</summary>
    protected static IEnumerable<ExplainedRow> SharedGate(
        StepTrace trace,
        int gate,
        string letter,
        string name,
        string function
    ) =>
        [
            new($"{name}_input_product", $"W_{letter} x + b_{letter}", trace.Projected[gate]),
            new($"{name}_recurrent_product", $"U_{letter} h", trace.RecurrentProduct(gate)),
            new(name, $"{name} = {function}(sum)", trace.Gates[gate]),
        ];
}
