using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>
/// Equations of a cell's step and the rows of numbers in them, under the names used in the cell's own file.
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

    /// <summary>The equations of a cell. Every cell of <see cref="CellCatalog"/> has them.</summary>
    public static CellEquations Of(string cell) => All.First(equations => equations.Cell == cell);

    /// <summary>The cell's name.</summary>
    public abstract string Cell { get; }

    /// <summary>
    /// Names of the gates, in the order of their weights; one empty name for a cell with a single gate.
    /// </summary>
    public abstract IReadOnlyList<string> Gates { get; }

    /// <summary>
    /// Equations of the forward pass; h and c are the state before the step, h' and c' the state after it, x its input.
    /// </summary>
    public abstract IReadOnlyList<string> ForwardEquations { get; }

    /// <summary>Equations of the backward pass; dX is the gradient of the loss with respect to X.</summary>
    public abstract IReadOnlyList<string> BackwardEquations { get; }

    /// <summary>Equations of the weights' gradients: sums over the steps.</summary>
    public abstract IReadOnlyList<string> WeightEquations { get; }

    /// <summary>Whether the cell carries a state c beside h.</summary>
    public virtual bool HasCellState => false;

    /// <summary>Rows of the forward pass; h' is under <see cref="ExplainedLayer.HiddenKey"/>.</summary>
    public abstract IEnumerable<ExplainedRow> Forward(StepTrace trace);

    /// <summary>Rows of the backward pass, after those of dh'.</summary>
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

/// <summary>Equations of <see cref="RnnCell"/>.</summary>
internal sealed class RnnEquations : CellEquations
{
    public override string Cell => "rnn";

    public override IReadOnlyList<string> Gates => [""];

    public override IReadOnlyList<string> ForwardEquations => ["h' = tanh(W x + b + U h)"];

    public override IReadOnlyList<string> BackwardEquations =>
        ["dPreactivation = dh' ⊙ (1 − h'²)", "dh             = Uᵀ dPreactivation"];

    public override IReadOnlyList<string> WeightEquations =>
        ["dW      = Σ_t dPreactivation xᵀ", "dU      = Σ_t dPreactivation hᵀ", "db      = Σ_t dPreactivation"];

    public override IEnumerable<ExplainedRow> Forward(StepTrace trace) =>
        [
            new("hidden_before", "h, the state before", trace.HiddenBefore),
            new("input_product", "W x + b", trace.Projected[0]),
            new("recurrent_product", "U h", trace.RecurrentProduct(0)),
            new(ExplainedLayer.HiddenKey, "h' = tanh(sum)", trace.Hidden),
        ];

    public override IEnumerable<ExplainedRow> Backward(StepTrace trace) =>
        [new("d_preactivation", "dPreactivation", trace.DProducts[0])];
}

/// <summary>Equations of <see cref="GruCell"/>.</summary>
internal sealed class GruEquations : CellEquations
{
    private const int Reset = 0,
        Update = 1,
        Candidate = 2,
        Recalled = 3;

    public override string Cell => "gru";

    public override IReadOnlyList<string> Gates => ["reset", "update", "candidate"];

    public override IReadOnlyList<string> ForwardEquations =>
        [
            "reset     = σ(W_r x + b_r + U_r h)      update = σ(W_z x + b_z + U_z h)",
            "recalled  = U_n h + b_hn",
            "candidate = tanh(W_n x + b_n + reset ⊙ recalled)",
            "h'        = (1 − update) ⊙ candidate + update ⊙ h",
        ];

    public override IReadOnlyList<string> BackwardEquations =>
        [
            "dCandidate = dh' ⊙ (1 − update) ⊙ (1 − candidate²)",
            "dReset     = dCandidate ⊙ recalled ⊙ reset(1 − reset)",
            "dUpdate    = dh' ⊙ (h − candidate) ⊙ update(1 − update)",
            "dRecalled  = dCandidate ⊙ reset",
            "dh         = dh' ⊙ update + U_rᵀ dReset + U_zᵀ dUpdate + U_nᵀ dRecalled",
        ];

    public override IReadOnlyList<string> WeightEquations =>
        [
            "dW      = Σ_t (dReset, dUpdate, dCandidate) xᵀ",
            "dU      = Σ_t (dReset, dUpdate, dRecalled) hᵀ",
            "db      = Σ_t (dReset, dUpdate, dCandidate)",
            "db_hn   = Σ_t dRecalled",
        ];

    public override IEnumerable<ExplainedRow> Forward(StepTrace trace) =>
        [
            new("hidden_before", "h, the state before", trace.HiddenBefore),
            .. SharedGate(trace, Reset, "r", "reset", "σ"),
            .. SharedGate(trace, Update, "z", "update", "σ"),
            new("candidate_input_product", "W_n x + b_n", trace.Projected[Candidate]),
            new("recalled", "recalled", trace.Added[Recalled]),
            new("candidate", "candidate", trace.Gates[Candidate]),
            new(ExplainedLayer.HiddenKey, "h'", trace.Hidden),
        ];

    public override IEnumerable<ExplainedRow> Backward(StepTrace trace) =>
        [
            new("d_reset", "dReset", trace.DProducts[Reset]),
            new("d_update", "dUpdate", trace.DProducts[Update]),
            new("d_candidate", "dCandidate", trace.DProducts[Candidate]),
            new("d_recalled", "dRecalled", trace.DProducts[Recalled]),
        ];
}

/// <summary>Equations of <see cref="LstmCell"/>.</summary>
internal sealed class LstmEquations : CellEquations
{
    private const int Input = 0,
        Forget = 1,
        Candidate = 2,
        Output = 3;

    public override string Cell => "lstm";

    public override IReadOnlyList<string> Gates => ["input", "forget", "candidate", "output"];

    public override bool HasCellState => true;

    public override IReadOnlyList<string> ForwardEquations =>
        [
            "input     = σ(W_i x + b_i + U_i h)      forget = σ(W_f x + b_f + U_f h)",
            "candidate = tanh(W_g x + b_g + U_g h)   output = σ(W_o x + b_o + U_o h)",
            "c'        = forget ⊙ c + input ⊙ candidate",
            "h'        = output ⊙ tanh(c')",
        ];

    public override IReadOnlyList<string> BackwardEquations =>
        [
            "dOutput    = dh' ⊙ tanh(c') ⊙ output(1 − output)",
            "dc'        = dc' from the step after + dh' ⊙ output ⊙ (1 − tanh²(c'))",
            "dInput     = dc' ⊙ candidate ⊙ input(1 − input)",
            "dForget    = dc' ⊙ c ⊙ forget(1 − forget)",
            "dCandidate = dc' ⊙ input ⊙ (1 − candidate²)",
            "dc         = dc' ⊙ forget",
            "dh         = U_iᵀ dInput + U_fᵀ dForget + U_gᵀ dCandidate + U_oᵀ dOutput",
        ];

    public override IReadOnlyList<string> WeightEquations =>
        [
            "dW      = Σ_t (dInput, dForget, dCandidate, dOutput) xᵀ",
            "dU      = Σ_t (dInput, dForget, dCandidate, dOutput) hᵀ",
            "db      = Σ_t (dInput, dForget, dCandidate, dOutput)",
        ];

    public override IEnumerable<ExplainedRow> Forward(StepTrace trace) =>
        [
            new("hidden_before", "h, the state before", trace.HiddenBefore),
            new("cell_before", "c, the memory before", trace.CellBefore),
            .. SharedGate(trace, Input, "i", "input", "σ"),
            .. SharedGate(trace, Forget, "f", "forget", "σ"),
            .. SharedGate(trace, Candidate, "g", "candidate", "tanh"),
            .. SharedGate(trace, Output, "o", "output", "σ"),
            new("cell", "c'", trace.CellState),
            new(ExplainedLayer.HiddenKey, "h'", trace.Hidden),
        ];

    public override IEnumerable<ExplainedRow> Backward(StepTrace trace) =>
        [
            new("d_output", "dOutput", trace.DProducts[Output]),
            new("d_cell_from_later", "dc' from the step after", trace.DCellFromLater),
            new("d_cell", "dc'", DCell(trace)),
            new("d_input", "dInput", trace.DProducts[Input]),
            new("d_forget", "dForget", trace.DProducts[Forget]),
            new("d_candidate", "dCandidate", trace.DProducts[Candidate]),
            new("d_cell_before", "dc", trace.DCellBefore),
        ];

    // The cell does not keep it.
    private static double[] DCell(StepTrace trace)
    {
        double[] dCell = new double[trace.Hidden.Length];
        for (int j = 0; j < dCell.Length; j++)
        {
            double tanhCell = Math.Tanh(trace.CellState[j]);
            dCell[j] = trace.DCellFromLater[j] + trace.DHidden[j] * trace.Gates[Output][j] * (1 - tanhCell * tanhCell);
        }
        return dCell;
    }
}

/// <summary>Equations of <see cref="LinearCell"/>.</summary>
internal sealed class LinearEquations : CellEquations
{
    public override string Cell => "linear";

    public override IReadOnlyList<string> Gates => [""];

    public override IReadOnlyList<string> ForwardEquations => ["h' = W x + b + U h"];

    public override IReadOnlyList<string> BackwardEquations => ["dSum = dh'", "dh   = Uᵀ dSum"];

    public override IReadOnlyList<string> WeightEquations =>
        ["dW      = Σ_t dSum xᵀ", "dU      = Σ_t dSum hᵀ", "db      = Σ_t dSum"];

    public override IEnumerable<ExplainedRow> Forward(StepTrace trace) =>
        [
            new("hidden_before", "h, the state before", trace.HiddenBefore),
            new("input_product", "W x + b", trace.Projected[0]),
            new("recurrent_product", "U h", trace.RecurrentProduct(0)),
            new(ExplainedLayer.HiddenKey, "h' = sum", trace.Hidden),
        ];

    public override IEnumerable<ExplainedRow> Backward(StepTrace trace) => [new("d_sum", "dSum", trace.DProducts[0])];
}
