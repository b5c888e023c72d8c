using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// First values of the weights, each a function of (seed, tensor, element). Schemes: <c>pytorch</c> (the default):
/// recurrent layers U(±1/√H), embedding N(0, 1), projections U(±1/√H), head and attention U(±1/√(their inputs));
/// <c>orthogonal</c>: the same, with each gate's recurrent matrix orthogonal (Saxe et al. 2014); <c>torch-rnn</c>: a
/// layer's weights N(0, 1 / (its inputs + H)) and its biases 0, embedding and head as in pytorch, as that program has
/// it; <c>linear</c>: everything U(±1/√(all inputs of its sum)), the layer's and those that are fed back, as PyTorch
/// begins an <c>nn.Linear</c>, embedding as in pytorch; <c>uniform:R</c>: everything U(±R), as in char-rnn;
/// <c>normal:S</c>: weights N(0, S²) and biases 0, as in min-char-rnn. In every scheme the forget gate's bias, where
/// the cell has one, begins at one value: 1 (Jozefowicz et al. 2015) unless another is given.
/// </summary>
internal sealed class Initialization
{
    /// <summary>The schemes, for messages and help.</summary>
    public const string Schemes = "pytorch, orthogonal, torch-rnn, linear, uniform:R, normal:S";

    internal const string Orthogonal = "orthogonal";

    private const string TorchRnn = "torch-rnn",
        Linear = "linear";

    private readonly string _scheme;
    private readonly double _scale,
        _forgetBias;

    private Initialization(string scheme, double scale, double forgetBias) =>
        (_scheme, _scale, _forgetBias) = (scheme, scale, forgetBias);

    /// <summary>Reads a scheme.</summary>
    /// <param name="text">One of <see cref="Schemes"/>.</param>
    /// <param name="forgetBias">First value of the forget gate's bias; 1 by default.</param>
    /// <exception cref="SettingsException">It is none of <see cref="Schemes"/>.</exception>
    public static Initialization Parse(string text, double forgetBias = 1)
    {
        string[] parts = text.Split(':');
        if (text is "pytorch" or Orthogonal or TorchRnn or Linear)
            return new Initialization(text, 0, forgetBias);
        bool isScaled = parts.Length == 2 && parts[0] is "uniform" or "normal";
        if (
            isScaled
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double scale)
            && scale >= 0
            && double.IsFinite(scale)
        )
            return new Initialization(parts[0], scale, forgetBias);
        throw new SettingsException(
            $"'Init' is '{text}'; it must be one of {Schemes}, with R or S a number such as 0.08."
        );
    }

    /// <summary>Fills an arena with the first weights.</summary>
    internal void Fill(RecurrentLayout layout, Arena weights, ulong seed)
    {
        for (int ordinal = 0; ordinal < layout.Tensors.Count; ordinal++)
        {
            var tensor = layout.Tensors[ordinal];
            var draws = new Draws(seed, (ulong)ordinal);
            float[] values = Values(layout.Network, tensor, draws);
            if (
                layout.Network.CellKind.ForgetGate is { } gate
                && tensor.Name.StartsWith("rnn.bias_ih", StringComparison.Ordinal)
            )
                Array.Fill(values, (float)_forgetBias, gate * layout.Network.HiddenSize, layout.Network.HiddenSize);
            tensor.CopyTo(values, weights);
        }
    }

    private float[] Values(INetworkSpec spec, ParameterTensor tensor, Draws draws)
    {
        bool isBias = tensor.Shape.Count == 1;
        double bound = 1 / Math.Sqrt(IsOfOutput(tensor) ? spec.OutputSize : spec.HiddenSize);
        return _scheme switch
        {
            "uniform" => draws.Uniform(tensor.Count, _scale),
            "normal" => isBias ? new float[tensor.Count] : draws.Normal(tensor.Count, _scale),
            TorchRnn when tensor.Name.StartsWith("rnn.", StringComparison.Ordinal) => isBias
                ? new float[tensor.Count]
                : draws.Normal(tensor.Count, 1 / Math.Sqrt(spec.InputSize(LayerOf(tensor)) + spec.HiddenSize)),
            Linear when tensor.Name.StartsWith("rnn.", StringComparison.Ordinal) => draws.Uniform(
                tensor.Count,
                1 / Math.Sqrt(spec.InputSize(LayerOf(tensor)) + spec.FeedbackSize)
            ),
            _ when tensor.Name is "embedding.weight" or "label_embedding.weight" => draws.Normal(tensor.Count, 1),
            Orthogonal when tensor.Name.StartsWith("rnn.weight_hh", StringComparison.Ordinal) => OrthogonalRows(
                spec,
                draws.Normal(tensor.Count, 1)
            ),
            _ => draws.Uniform(tensor.Count, bound),
        };
    }

    /// <summary>Whether a tensor takes in what the last layer hands on.</summary>
    private static bool IsOfOutput(ParameterTensor tensor) =>
        tensor.Name.StartsWith("head.", StringComparison.Ordinal)
        || tensor.Name.StartsWith("attention.", StringComparison.Ordinal);

    /// <summary>
    /// The layer that a tensor such as <c>rnn.weight_ih_l2</c> or <c>rnn.weight_ih_l2_reverse</c> belongs to.
    /// </summary>
    private static int LayerOf(ParameterTensor tensor) =>
        int.Parse(
            tensor.Name.AsSpan(tensor.Name.LastIndexOf('l') + 1).TrimEnd(RecurrentLayout.ReverseSuffix),
            CultureInfo.InvariantCulture
        );

    /// <summary>Gram–Schmidt over the rows of each gate's (H, H) matrix, in double.</summary>
    private static float[] OrthogonalRows(INetworkSpec spec, float[] normal)
    {
        int hidden = spec.HiddenSize;
        float[] result = new float[normal.Length];
        for (int gate = 0; gate < spec.CellKind.Gates; gate++)
        {
            double[][] rows = new double[hidden][];
            for (int i = 0; i < hidden; i++)
            {
                int start = (gate * hidden + i) * hidden;
                double[] row = rows[i] = [.. normal.AsSpan(start, hidden).ToArray().Select(x => (double)x)];
                for (int earlier = 0; earlier < i; earlier++)
                {
                    double along = Dot(row, rows[earlier]);
                    for (int j = 0; j < hidden; j++)
                        row[j] -= along * rows[earlier][j];
                }
                double length = Math.Sqrt(Dot(row, row));
                for (int j = 0; j < hidden; j++)
                    result[start + j] = (float)(row[j] /= length);
            }
        }
        return result;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The random numbers of one tensor.</summary>
    private readonly record struct Draws(ulong Seed, ulong Tensor)
    {
        public float[] Uniform(int count, double bound)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
                values[i] = (float)((2 * Unit(i, 0) - 1) * bound);
            return values;
        }

        /// <summary>Box and Muller's normal deviates.</summary>
        public float[] Normal(int count, double deviation)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
                values[i] = (float)(
                    deviation * Math.Sqrt(-2 * Math.Log(1 - Unit(i, 0))) * Math.Cos(2 * Math.PI * Unit(i, 1))
                );
            return values;
        }

        private double Unit(int element, int which) =>
            CounterRandom.UnitInterval(
                CounterRandom.Draw(Seed, RandomPurpose.Initialization, Tensor, 2 * (ulong)element + (ulong)which)
            );
    }
}
