using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary><see cref="LinearCell"/>, told.</summary>
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
