using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The long short-term memory cell (Hochreiter &amp; Schmidhuber 1997; Gers et al. 2000), in PyTorch's form and gate
/// order i, f, g, o. With the products p = W x + b + U h:
/// <code>
/// input = σ(p_i)    forget = σ(p_f)    candidate = tanh(p_g)    output = σ(p_o)
/// c' = forget ⊙ c + input ⊙ candidate
/// h' = output ⊙ tanh(c')
/// </code>
/// and in the backward pass:
/// <code>
/// dOutput    = dh' ⊙ tanh(c') ⊙ output(1 − output)
/// dc'       += dh' ⊙ output ⊙ (1 − tanh²(c'))
/// dInput     = dc' ⊙ candidate ⊙ input(1 − input)
/// dForget    = dc' ⊙ c ⊙ forget(1 − forget)
/// dCandidate = dc' ⊙ input ⊙ (1 − candidate²)
/// dc         = dc' ⊙ forget
/// </code>
/// </summary>
internal sealed class LstmCell : Cell
{
    private const int InputSlot = 0,
        ForgetSlot = 1,
        CandidateSlot = 2,
        OutputSlot = 3;

    /// <inheritdoc/>
    public override string Name => "lstm";

    /// <inheritdoc/>
    public override string Description => "long short-term memory: gates around a cell state";

    /// <inheritdoc/>
    public override int Gates => 4;

    /// <inheritdoc/>
    public override bool HasCellState => true;

    /// <inheritdoc/>
    public override int? ForgetGate => ForgetSlot;

    /// <inheritdoc/>
    public override IReadOnlyList<int> SigmoidGates { get; } = [InputSlot, ForgetSlot, OutputSlot];

    /// <inheritdoc/>
    internal override void Forward<TLanes>(in CellStep step)
    {
        Matrix inputs = step.Slot(InputSlot),
            forgets = step.Slot(ForgetSlot),
            candidates = step.Slot(CandidateSlot);
        var outputs = step.Slot(OutputSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                var input = Elementary.Sigmoid(inputs.Load<TLanes>(row, j));
                var forget = Elementary.Sigmoid(forgets.Load<TLanes>(row, j));
                var candidate = Elementary.Tanh(candidates.Load<TLanes>(row, j));
                inputs.Store(row, j, input);
                forgets.Store(row, j, forget);
                candidates.Store(row, j, candidate);
                step.CellState.Store(
                    row,
                    j,
                    TLanes.MultiplyAdd(forget, step.CellBefore.Load<TLanes>(row, j), input * candidate)
                );
            }
            // In a loop of its own: within one, tanh(c') would wait for three gates, and a processor looks ahead no
            // further than two or three turns of it.
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                var output = Elementary.Sigmoid(outputs.Load<TLanes>(row, j));
                outputs.Store(row, j, output);
                step.Hidden.Store(row, j, output * Elementary.Tanh(step.CellState.Load<TLanes>(row, j)));
            }
        }
    }

    /// <inheritdoc/>
    internal override void Backward<TLanes>(in CellStep step, in CellGradients gradients)
    {
        Matrix inputs = step.Slot(InputSlot),
            forgets = step.Slot(ForgetSlot),
            candidates = step.Slot(CandidateSlot);
        var outputs = step.Slot(OutputSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                TLanes one = 1f;
                var input = inputs.Load<TLanes>(row, j);
                var forget = forgets.Load<TLanes>(row, j);
                var candidate = candidates.Load<TLanes>(row, j);
                var output = outputs.Load<TLanes>(row, j);
                // Computed again: to keep it would take as much memory as another gate.
                var tanhCell = Elementary.Tanh(step.CellState.Load<TLanes>(row, j));
                var dHidden = gradients.DHidden.Load<TLanes>(row, j);
                var dCell = TLanes.MultiplyAdd(
                    dHidden * output,
                    one - tanhCell * tanhCell,
                    gradients.DCell.Load<TLanes>(row, j)
                );
                outputs.Store(row, j, dHidden * tanhCell * (output * (one - output)));
                inputs.Store(row, j, dCell * candidate * (input * (one - input)));
                forgets.Store(row, j, dCell * step.CellBefore.Load<TLanes>(row, j) * (forget * (one - forget)));
                candidates.Store(row, j, dCell * input * (one - candidate * candidate));
                gradients.DCell.Store(row, j, dCell * forget);
                gradients.DHiddenBefore.Store<TLanes>(row, j, 0f);
            }
        }
    }
}
