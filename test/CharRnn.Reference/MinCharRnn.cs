namespace CharRnn.Reference;

/// <summary>
/// min-char-rnn (A. Karpathy, 2015): one tanh layer on one-hot characters, one stream read in windows of 25, loss
/// summed over the window, gradients clipped to ±5, Adagrad with 1e-8 inside the root, and a smoothed loss s.
/// <code>
/// s ← 0.999 s + 0.001 loss,  initially s = T ln V
/// </code>
/// With fewer than T + 2 characters left, the sweep starts again at the beginning of the text, with a zero state.
/// </summary>
public sealed class MinCharRnn
{
    /// <summary>Hidden units, H.</summary>
    public const int Hidden = 100;

    /// <summary>Steps of a window, T.</summary>
    public const int Steps = 25;

    /// <summary>Bound of each gradient element, by clipping.</summary>
    public const double GradientLimit = 5;

    /// <summary>Adagrad's ε, inside the root.</summary>
    public const double Epsilon = 1e-8;

    private const double InitialDeviation = 0.01;
    private const double SmoothedLossWeight = 0.999;
    private const double NewLossWeight = 0.001;

    private readonly int[] _ids;
    private readonly double _learningRate;
    private readonly SortedDictionary<string, double[]> _squares = new(StringComparer.Ordinal);
    private ReferenceState _state;

    /// <param name="ids">The text as ids below <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="learningRate">Adagrad's rate; 0.1 in the original.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    public MinCharRnn(int[] ids, int vocabulary, double learningRate = 0.1, ulong seed = 1)
        : this(ids, InitialModel(vocabulary, seed), learningRate) { }

    /// <param name="ids">The text as ids of the vocabulary of <paramref name="model"/>.</param>
    /// <param name="model">The initial model, one tanh layer on one-hot characters; it is trained in place.</param>
    /// <param name="learningRate">Adagrad's rate; 0.1 in the original.</param>
    public MinCharRnn(int[] ids, ReferenceModel model, double learningRate = 0.1)
    {
        if (ids.Length < Steps + 2)
            throw new ArgumentException(
                $"The text has {ids.Length} characters; a window of {Steps} needs {Steps + 2}.",
                nameof(ids)
            );
        _ids = ids;
        _learningRate = learningRate;
        Model = model;
        _state = Model.NewState(1);
        SmoothedLoss = Steps * Math.Log(model.Spec.Vocabulary);
        foreach ((string name, double[] tensor) in Model.Parameters)
            _squares[name] = new double[tensor.Length];
    }

    public ReferenceModel Model { get; }

    /// <summary>The number of iterations done.</summary>
    public int Iteration { get; private set; }

    /// <summary>Index of the next window's first character, unless the sweep starts again.</summary>
    public int Position { get; private set; }

    /// <summary>The smoothed loss, in nats a window.</summary>
    public double SmoothedLoss { get; private set; }

    /// <summary>
    /// The initial model: weights 0.01 · normal, drawn in the order input (H, V), recurrent (H, H),
    /// head (V, H), each row by row; biases 0.
    /// </summary>
    public static ReferenceModel InitialModel(int vocabulary, ulong seed = 1)
    {
        var model = new ReferenceModel(new ReferenceSpec("rnn", vocabulary, Hidden, Layers: 1, Embedding: 0));
        var random = new SplitMix(seed);
        foreach (string name in (string[])["rnn.weight_ih_l0", "rnn.weight_hh_l0", "head.weight"])
        {
            double[] weights = model.Parameters[name];
            for (int i = 0; i < weights.Length; i++)
                weights[i] = InitialDeviation * random.NextNormal();
        }
        return model;
    }

    /// <summary>One iteration: window, gradients, update.</summary>
    /// <returns>The window's loss before the update, in nats, summed over its steps.</returns>
    public double Step()
    {
        if (Position + Steps + 1 >= _ids.Length)
        {
            Position = 0;
            _state = Model.NewState(1);
        }

        var result = Model.Run(
            _ids[Position..(Position + Steps)],
            _ids[(Position + 1)..(Position + Steps + 1)],
            Steps,
            1,
            _state,
            lossScale: 1
        );
        ReferenceOptimizers.ClipElementwise(result.Gradients.Values, GradientLimit);
        foreach ((string name, double[] parameters) in Model.Parameters)
            ReferenceOptimizers.Adagrad(parameters, result.Gradients[name], _squares[name], _learningRate, Epsilon);

        _state = result.State;
        SmoothedLoss = SmoothedLossWeight * SmoothedLoss + NewLossWeight * result.Loss;
        Position += Steps;
        Iteration++;
        return result.Loss;
    }
}
