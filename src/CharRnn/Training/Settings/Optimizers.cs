using CharRnn.Engine;

namespace CharRnn.Training;

/// <summary>Gradient descent: w −= rate · (g + decay·w).</summary>
internal sealed class Sgd(OptimizerSettings settings) : Optimizer(settings)
{
    public override int Moments => 0;

    protected override void Update<TLanes>(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        TLanes minusRate = -(float)learningRate;
        for (int i = 0; i <= weights.Length - TLanes.Count; i += TLanes.Count)
        {
            var weight = Lanes.Load<TLanes>(weights, i);
            var gradient = TLanes.MultiplyAdd(WeightDecay, weight, clip.Load<TLanes>(gradients, i));
            TLanes.MultiplyAdd(minusRate, gradient, weight).Store(weights, i);
        }
    }
}

/// <summary>
/// Adagrad (Duchi et al. 2011) as min-char-rnn writes it, ε inside the root: s += g²; w −= rate · g / √(s + ε).
/// </summary>
internal sealed class Adagrad(OptimizerSettings settings) : Optimizer(settings)
{
    public override int Moments => 1;

    protected override void Update<TLanes>(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        TLanes rate = (float)learningRate;
        for (int i = 0; i <= weights.Length - TLanes.Count; i += TLanes.Count)
        {
            var weight = Lanes.Load<TLanes>(weights, i);
            var gradient = TLanes.MultiplyAdd(WeightDecay, weight, clip.Load<TLanes>(gradients, i));
            // Most rows of one-hot input weights see none of their symbols in a short window, and nothing would change.
            if (TLanes.AreZero(gradient))
                continue;
            var squares = TLanes.MultiplyAdd(gradient, gradient, Lanes.Load<TLanes>(first, i));
            squares.Store(first, i);
            (weight - rate * gradient / TLanes.Sqrt(squares + Epsilon)).Store(weights, i);
        }
    }
}

/// <summary>
/// RMSprop (Tieleman &amp; Hinton 2012) in PyTorch's form: s = α·s + (1 − α)·g²; w −= rate · g / (√s + ε).
/// </summary>
internal sealed class Rmsprop(OptimizerSettings settings) : Optimizer(settings)
{
    private const double DefaultAlpha = 0.95;

    private readonly double _alpha = settings.RmspropAlpha ?? DefaultAlpha;

    public override int Moments => 1;

    protected override void Update<TLanes>(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        TLanes rate = (float)learningRate,
            alpha = (float)_alpha,
            rest = (float)(1 - _alpha);
        for (int i = 0; i <= weights.Length - TLanes.Count; i += TLanes.Count)
        {
            var weight = Lanes.Load<TLanes>(weights, i);
            var gradient = TLanes.MultiplyAdd(WeightDecay, weight, clip.Load<TLanes>(gradients, i));
            var squares = TLanes.MultiplyAdd(alpha, Lanes.Load<TLanes>(first, i), rest * gradient * gradient);
            squares.Store(first, i);
            (weight - rate * gradient / (TLanes.Sqrt(squares) + Epsilon)).Store(weights, i);
        }
    }
}

/// <summary>
/// Adam (Kingma &amp; Ba 2015) and AdamW (Loshchilov &amp; Hutter 2019) in PyTorch's form:
/// m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; w −= rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
/// </summary>
internal sealed class Adam(OptimizerSettings settings, bool decoupled) : Optimizer(settings)
{
    private const double DefaultBeta1 = 0.9;
    private const double DefaultBeta2 = 0.99;

    // Moments that fade would end as denormal numbers, which processors handle slowly.
    private const float SmallestMoment = 1e-30f;

    private readonly double _beta1 = settings.Beta1 ?? DefaultBeta1;
    private readonly double _beta2 = settings.Beta2 ?? DefaultBeta2;

    public override int Moments => 2;

    protected override void Update<TLanes>(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        TLanes beta1 = (float)_beta1,
            rest1 = (float)(1 - _beta1),
            beta2 = (float)_beta2,
            rest2 = (float)(1 - _beta2);
        TLanes minusRate = -(float)(learningRate / (1 - Math.Pow(_beta1, step)));
        TLanes rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(_beta2, step)));
        TLanes kept = decoupled ? (float)(1 - learningRate * WeightDecay) : 1f;
        TLanes added = decoupled ? 0f : WeightDecay;
        for (int i = 0; i <= weights.Length - TLanes.Count; i += TLanes.Count)
        {
            var weight = Lanes.Load<TLanes>(weights, i);
            var gradient = TLanes.MultiplyAdd(added, weight, clip.Load<TLanes>(gradients, i));
            var moment = Lanes.ZeroBelow<TLanes>(
                TLanes.MultiplyAdd(beta1, Lanes.Load<TLanes>(first, i), rest1 * gradient),
                SmallestMoment
            );
            var squares = TLanes.MultiplyAdd(beta2, Lanes.Load<TLanes>(second, i), rest2 * gradient * gradient);
            moment.Store(first, i);
            squares.Store(second, i);
            TLanes
                .MultiplyAdd(minusRate, moment / (TLanes.Sqrt(squares) * rootCorrection + Epsilon), weight * kept)
                .Store(weights, i);
        }
    }
}
