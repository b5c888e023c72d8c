using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary><see cref="LstmCell"/>, told.</summary>
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
