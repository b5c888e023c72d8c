using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary><see cref="GruCell"/>, told.</summary>
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
