using CharRnn.Kernels;

namespace CharRnn.Training;

/// <summary>Gradient descent: w −= rate · (g + decay·w).</summary>
internal sealed class Sgd(OptimizerSettings settings) : Optimizer(settings)
{
    public override int Moments => 0;

    public override void Update(
        ReadOnlySpan<float> gradients, GradientClip clip, double learningRate, long step, Span<float> first, Span<float> second, Span<float> weights)
    {
        Lanes minusRate = -(float)learningRate;
        for (int i = 0; i <= weights.Length - Lanes.Count; i += Lanes.Count)
        {
            var weight = Lanes.Load(weights, i);
            var gradient = Lanes.MultiplyAdd(WeightDecay, weight, clip.Load(gradients, i));
            Lanes.MultiplyAdd(minusRate, gradient, weight).Store(weights, i);
        }
    }
}

/// <summary>Adagrad (Duchi et al. 2011) as min-char-rnn writes it, ε inside the root: s += g²; w −= rate · g / √(s + ε).</summary>
internal sealed class Adagrad(OptimizerSettings settings) : Optimizer(settings)
{
    public override int Moments => 1;

    public override void Update(
        ReadOnlySpan<float> gradients, GradientClip clip, double learningRate, long step, Span<float> first, Span<float> second, Span<float> weights)
    {
        Lanes rate = (float)learningRate;
        for (int i = 0; i <= weights.Length - Lanes.Count; i += Lanes.Count)
        {
            var weight = Lanes.Load(weights, i);
            var gradient = Lanes.MultiplyAdd(WeightDecay, weight, clip.Load(gradients, i));
            var squares = Lanes.MultiplyAdd(gradient, gradient, Lanes.Load(first, i));
            squares.Store(first, i);
            (weight - rate * gradient / Lanes.Sqrt(squares + Epsilon)).Store(weights, i);
        }
    }
}

/// <summary>RMSprop (Tieleman &amp; Hinton 2012) in PyTorch's form: s = α·s + (1 − α)·g²; w −= rate · g / (√s + ε).</summary>
internal sealed class Rmsprop(OptimizerSettings settings) : Optimizer(settings)
{
    private const double DefaultAlpha = 0.95;

    private readonly double _alpha = settings.RmspropAlpha ?? DefaultAlpha;

    public override int Moments => 1;

    public override void Update(
        ReadOnlySpan<float> gradients, GradientClip clip, double learningRate, long step, Span<float> first, Span<float> second, Span<float> weights)
    {
        Lanes rate = (float)learningRate, alpha = (float)_alpha, rest = (float)(1 - _alpha);
        for (int i = 0; i <= weights.Length - Lanes.Count; i += Lanes.Count)
        {
            var weight = Lanes.Load(weights, i);
            var gradient = Lanes.MultiplyAdd(WeightDecay, weight, clip.Load(gradients, i));
            var squares = Lanes.MultiplyAdd(alpha, Lanes.Load(first, i), rest * gradient * gradient);
            squares.Store(first, i);
            (weight - rate * gradient / (Lanes.Sqrt(squares) + Epsilon)).Store(weights, i);
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

    public override void Update(
        ReadOnlySpan<float> gradients, GradientClip clip, double learningRate, long step, Span<float> first, Span<float> second, Span<float> weights)
    {
        Lanes beta1 = (float)_beta1, rest1 = (float)(1 - _beta1), beta2 = (float)_beta2, rest2 = (float)(1 - _beta2);
        Lanes minusRate = -(float)(learningRate / (1 - Math.Pow(_beta1, step)));
        Lanes rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(_beta2, step)));
        Lanes kept = decoupled ? (float)(1 - learningRate * WeightDecay) : 1f;
        Lanes added = decoupled ? 0f : WeightDecay;
        for (int i = 0; i <= weights.Length - Lanes.Count; i += Lanes.Count)
        {
            var weight = Lanes.Load(weights, i);
            var gradient = Lanes.MultiplyAdd(added, weight, clip.Load(gradients, i));
            var moment = Lanes.ZeroBelow(Lanes.MultiplyAdd(beta1, Lanes.Load(first, i), rest1 * gradient), SmallestMoment);
            var squares = Lanes.MultiplyAdd(beta2, Lanes.Load(second, i), rest2 * gradient * gradient);
            moment.Store(first, i);
            squares.Store(second, i);
            Lanes.MultiplyAdd(minusRate, moment / (Lanes.Sqrt(squares) * rootCorrection + Epsilon), weight * kept).Store(weights, i);
        }
    }
}
