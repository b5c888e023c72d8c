namespace CharRnn.Reference.Cells;

/// <summary>
/// Long short-term memory (G = 4, order i, f, g, o), as PyTorch's nn.LSTM.
/// <code>
/// i = σ(W_i x + b_i + U_i h)      f = σ(W_f x + b_f + U_f h)
/// g = tanh(W_g x + b_g + U_g h)   o = σ(W_o x + b_o + U_o h)
/// c' = f ⊙ c + i ⊙ g              h' = o ⊙ tanh(c')
///
/// dc' += dh' ⊙ o ⊙ (1 − tanh²(c'))
/// dî = dc' ⊙ g ⊙ i(1 − i)         df̂ = dc' ⊙ c ⊙ f(1 − f)
/// dĝ = dc' ⊙ i ⊙ (1 − g²)         dô = dh' ⊙ tanh(c') ⊙ o(1 − o)
/// dc = dc' ⊙ f
/// dU = (dî, df̂, dĝ, dô) hᵀ,  dh = Uᵀ (dî, df̂, dĝ, dô)
/// </code>
/// Saved: i, f, g, o, tanh(c').
/// </summary>
public sealed class LstmCell : IReferenceCell
{
    public string Name => "lstm";
    public int Gates => 4;
    public int SharedGates => 4;
    public IReadOnlyList<int> SigmoidGates => [0, 1, 3];
    public int Saved => 5;
    public bool HasCellState => true;
    public bool HasRecurrentBias => false;

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
        var gates = saved[..(Gates * size)];
        fromInput.CopyTo(gates);
        Dense.AddProduct(recurrent.Weight, hidden, gates);
        for (int j = 0; j < size; j++)
        {
            double input = Dense.Sigmoid(gates[j]);
            double forget = Dense.Sigmoid(gates[size + j]);
            double candidate = Math.Tanh(gates[2 * size + j]);
            double output = Dense.Sigmoid(gates[3 * size + j]);

            nextCell[j] = forget * cell[j] + input * candidate;
            double tanhCell = Math.Tanh(nextCell[j]);
            nextHidden[j] = output * tanhCell;

            saved[j] = input;
            saved[size + j] = forget;
            saved[2 * size + j] = candidate;
            saved[3 * size + j] = output;
            saved[4 * size + j] = tanhCell;
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
        for (int j = 0; j < size; j++)
        {
            double input = saved[j];
            double forget = saved[size + j];
            double candidate = saved[2 * size + j];
            double output = saved[3 * size + j];
            double tanhCell = saved[4 * size + j];

            double dNextCell = dCell[j] + dNextHidden[j] * output * (1 - tanhCell * tanhCell);
            dFromInput[j] = dNextCell * candidate * input * (1 - input);
            dFromInput[size + j] = dNextCell * cell[j] * forget * (1 - forget);
            dFromInput[2 * size + j] = dNextCell * input * (1 - candidate * candidate);
            dFromInput[3 * size + j] = dNextHidden[j] * tanhCell * output * (1 - output);
            dCell[j] = dNextCell * forget;
        }

        Dense.AddOuterProduct(dFromInput, hidden, dRecurrent.Weight);
        dHidden.Clear();
        Dense.AddTransposedProduct(recurrent.Weight, dFromInput, dHidden);
    }
}
