using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary><see cref="RnnCell"/>, told.</summary>
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
