using CharRnn.Kernels;
using CharRnn.Memory;

namespace CharRnn.Cells;

/// <summary>
/// The gated recurrent unit (Cho et al. 2014) in PyTorch's form, with the reset gate applied after the recurrent product, and gate order r, z, n.
/// With the products p = W x + b + U h for r and z, and for n kept apart:
/// <code>
/// reset = σ(p_r)    update = σ(p_z)    recalled = U_n h + b_hn
/// candidate = tanh(W_n x + b_in + reset ⊙ recalled)
/// h' = (1 − update) ⊙ candidate + update ⊙ h
/// </code>
/// and backwards:
/// <code>
/// dCandidate = dh' ⊙ (1 − update) ⊙ (1 − candidate²)
/// dReset     = dCandidate ⊙ recalled ⊙ reset(1 − reset)
/// dUpdate    = dh' ⊙ (h − candidate) ⊙ update(1 − update)
/// dRecalled  = dCandidate ⊙ reset
/// dh         = dh' ⊙ update      (and what passes through U)
/// </code>
/// </summary>
public sealed class GruCell : Cell
{
    private const int ResetSlot = 0, UpdateSlot = 1, CandidateSlot = 2, RecalledSlot = 3;

    /// <inheritdoc/>
    public override string Name => "gru";

    /// <inheritdoc/>
    public override string Description => "gated recurrent unit, reset after the product, as in PyTorch";

    /// <inheritdoc/>
    public override int Gates => 3;

    /// <inheritdoc/>
    public override int SharedGates => 2;

    /// <inheritdoc/>
    public override void Forward(in CellStep step)
    {
        Matrix resets = step.Slot(ResetSlot), updates = step.Slot(UpdateSlot);
        Matrix candidates = step.Slot(CandidateSlot), recalls = step.Slot(RecalledSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += Lanes.Count)
            {
                var reset = Elementary.Sigmoid(resets.Load(row, j));
                var update = Elementary.Sigmoid(updates.Load(row, j));
                var candidate = Elementary.Tanh(Lanes.MultiplyAdd(reset, recalls.Load(row, j), candidates.Load(row, j)));
                var before = step.HiddenBefore.Load(row, j);
                step.Hidden.Store(row, j, Lanes.MultiplyAdd(update, before - candidate, candidate));
                resets.Store(row, j, reset);
                updates.Store(row, j, update);
                candidates.Store(row, j, candidate);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(in CellStep step, in CellGradients gradients)
    {
        Matrix resets = step.Slot(ResetSlot), updates = step.Slot(UpdateSlot);
        Matrix candidates = step.Slot(CandidateSlot), recalls = step.Slot(RecalledSlot);
        for (int row = 0; row < step.Streams; row++)
        {
            for (int j = 0; j < step.Width; j += Lanes.Count)
            {
                Lanes one = 1f;
                var reset = resets.Load(row, j);
                var update = updates.Load(row, j);
                var candidate = candidates.Load(row, j);
                var before = step.HiddenBefore.Load(row, j);
                var dHidden = gradients.DHidden.Load(row, j);
                var dCandidate = dHidden * (one - update) * (one - candidate * candidate);
                resets.Store(row, j, dCandidate * recalls.Load(row, j) * (reset * (one - reset)));
                updates.Store(row, j, dHidden * (before - candidate) * (update * (one - update)));
                candidates.Store(row, j, dCandidate);
                recalls.Store(row, j, dCandidate * reset);
                gradients.DHiddenBefore.Store(row, j, dHidden * update);
            }
        }
    }
}
