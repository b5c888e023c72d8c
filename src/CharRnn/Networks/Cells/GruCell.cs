using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The gated recurrent unit (Cho et al. 2014) in PyTorch's form, with the reset gate applied after the recurrent
/// product, and gate order r, z, n. With the products p = W x + b + U h for r and z, and for n kept apart:
/// <code>
/// reset = σ(p_r)    update = σ(p_z)    recalled = U_n h + b_hn
/// candidate = tanh(W_n x + b_in + reset ⊙ recalled)
/// h' = (1 − update) ⊙ candidate + update ⊙ h
/// </code>
/// and in the backward pass:
/// <code>
/// dCandidate = dh' ⊙ (1 − update) ⊙ (1 − candidate²)
/// dReset     = dCandidate ⊙ recalled ⊙ reset(1 − reset)
/// dUpdate    = dh' ⊙ (h − candidate) ⊙ update(1 − update)
/// dRecalled  = dCandidate ⊙ reset
/// dh         = dh' ⊙ update      (and what passes through U)
/// </code>
/// </summary>
internal sealed class GruCell : Cell
{
    private const int ResetSlot = 0,
        UpdateSlot = 1,
        CandidateSlot = 2,
        RecalledSlot = 3;

    /// <inheritdoc/>
    public override string Name => "gru";

    /// <inheritdoc/>
    public override string Description => "gated recurrent unit, reset after the product, as in PyTorch";

    /// <inheritdoc/>
    public override int Gates => 3;

    /// <inheritdoc/>
    public override int SharedGates => 2;

    /// <inheritdoc/>
    public override IReadOnlyList<int> SigmoidGates { get; } = [ResetSlot, UpdateSlot];

    /// <inheritdoc/>
    internal override void Forward<TLanes>(in CellStep step)
    {
        Matrix resets = step.Slot(ResetSlot),
            updates = step.Slot(UpdateSlot);
        Matrix candidates = step.Slot(CandidateSlot),
            recalls = step.Slot(RecalledSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                resets.Store(row, j, Elementary.Sigmoid(resets.Load<TLanes>(row, j)));
                updates.Store(row, j, Elementary.Sigmoid(updates.Load<TLanes>(row, j)));
            }
            // In a loop of its own, since the candidate waits for the reset gate.
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                var candidate = Elementary.Tanh(
                    TLanes.MultiplyAdd(
                        resets.Load<TLanes>(row, j),
                        recalls.Load<TLanes>(row, j),
                        candidates.Load<TLanes>(row, j)
                    )
                );
                var before = step.HiddenBefore.Load<TLanes>(row, j);
                candidates.Store(row, j, candidate);
                step.Hidden.Store(
                    row,
                    j,
                    TLanes.MultiplyAdd(updates.Load<TLanes>(row, j), before - candidate, candidate)
                );
            }
        }
    }

    /// <inheritdoc/>
    internal override void Backward<TLanes>(in CellStep step, in CellGradients gradients)
    {
        Matrix resets = step.Slot(ResetSlot),
            updates = step.Slot(UpdateSlot);
        Matrix candidates = step.Slot(CandidateSlot),
            recalls = step.Slot(RecalledSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += TLanes.Count)
            {
                TLanes one = 1f;
                var reset = resets.Load<TLanes>(row, j);
                var update = updates.Load<TLanes>(row, j);
                var candidate = candidates.Load<TLanes>(row, j);
                var before = step.HiddenBefore.Load<TLanes>(row, j);
                var dHidden = gradients.DHidden.Load<TLanes>(row, j);
                var dCandidate = dHidden * (one - update) * (one - candidate * candidate);
                resets.Store(row, j, dCandidate * recalls.Load<TLanes>(row, j) * (reset * (one - reset)));
                updates.Store(row, j, dHidden * (before - candidate) * (update * (one - update)));
                candidates.Store(row, j, dCandidate);
                recalls.Store(row, j, dCandidate * reset);
                gradients.DHiddenBefore.Store(row, j, dHidden * update);
            }
        }
    }
}
