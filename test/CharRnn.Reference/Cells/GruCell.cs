namespace CharRnn.Reference.Cells;

/// <summary>
/// Gated recurrent unit (G = 3, order r, z, n), the reset-after form of PyTorch's nn.GRU.
/// <code>
/// r = σ(W_r x + b_r + U_r h)      z = σ(W_z x + b_z + U_z h)
/// a = U_n h + b_hn                n = tanh(W_n x + b_in + r ⊙ a)
/// h' = (1 − z) ⊙ n + z ⊙ h
///
/// dn̂ = dh' ⊙ (1 − z) ⊙ (1 − n²)
/// dr̂ = dn̂ ⊙ a ⊙ r(1 − r)          dẑ = dh' ⊙ (h − n) ⊙ z(1 − z)
/// d(W x + b) = (dr̂, dẑ, dn̂)       d = (dr̂, dẑ, dn̂ ⊙ r),  db_hn = its last third
/// dU = d hᵀ,  dh = dh' ⊙ z + Uᵀ d
/// </code>
/// b_hn is multiplied by the reset gate and so cannot be merged with b_in: it is the last third of a recurrent bias
/// (3·H) whose r and z parts are neither read nor trained. Saved: r, z, n, a.
/// </summary>
public sealed class GruCell : IReferenceCell
{
    public string Name => "gru";
    public int Gates => 3;
    public int SharedGates => 2;
    public IReadOnlyList<int> SigmoidGates => [0, 1];
    public int Saved => 4;
    public bool HasCellState => false;
    public bool HasRecurrentBias => true;

    public void Forward(
        ReadOnlySpan<double> fromInput,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        Span<double> saved,
        Span<double> nextHidden,
        Span<double> nextCell
    )
    {
        int size = hidden.Length;
        double[] fromHidden = new double[Gates * size];
        recurrent.Bias.AsSpan(2 * size).CopyTo(fromHidden.AsSpan(2 * size));
        Dense.AddProduct(recurrent.Weight, hidden, fromHidden);
        for (int j = 0; j < size; j++)
        {
            double reset = Dense.Sigmoid(fromInput[j] + fromHidden[j]);
            double update = Dense.Sigmoid(fromInput[size + j] + fromHidden[size + j]);
            double recalled = fromHidden[2 * size + j];
            double candidate = Math.Tanh(fromInput[2 * size + j] + reset * recalled);

            nextHidden[j] = (1 - update) * candidate + update * hidden[j];

            saved[j] = reset;
            saved[size + j] = update;
            saved[2 * size + j] = candidate;
            saved[3 * size + j] = recalled;
        }
    }

    public void Backward(
        ReadOnlySpan<double> saved,
        RecurrentParameters recurrent,
        ReadOnlySpan<double> hidden,
        ReadOnlySpan<double> cell,
        ReadOnlySpan<double> dNextHidden,
        Span<double> dCell,
        Span<double> dFromInput,
        Span<double> dHidden,
        RecurrentParameters dRecurrent
    )
    {
        int size = hidden.Length;
        double[] dFromHidden = new double[Gates * size];
        for (int j = 0; j < size; j++)
        {
            double reset = saved[j];
            double update = saved[size + j];
            double candidate = saved[2 * size + j];
            double recalled = saved[3 * size + j];

            double dCandidate = dNextHidden[j] * (1 - update) * (1 - candidate * candidate);
            double dReset = dCandidate * recalled * reset * (1 - reset);
            double dUpdate = dNextHidden[j] * (hidden[j] - candidate) * update * (1 - update);

            dFromInput[j] = dFromHidden[j] = dReset;
            dFromInput[size + j] = dFromHidden[size + j] = dUpdate;
            dFromInput[2 * size + j] = dCandidate;
            dFromHidden[2 * size + j] = dCandidate * reset;
            dHidden[j] = dNextHidden[j] * update;
        }

        Dense.AddOuterProduct(dFromHidden, hidden, dRecurrent.Weight);
        Dense.AddScaled(1, dFromHidden.AsSpan(2 * size), dRecurrent.Bias.AsSpan(2 * size));
        Dense.AddTransposedProduct(recurrent.Weight, dFromHidden, dHidden);
    }
}
