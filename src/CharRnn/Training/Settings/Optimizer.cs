using System.Runtime.CompilerServices;
using CharRnn.Engine;
using CharRnn.Training;

namespace CharRnn;

/// <summary>Settings of an optimizer. Values left out take the optimizer's own default.</summary>
public sealed record OptimizerSettings
{
    /// <summary>The optimizers there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sgd", "adagrad", "rmsprop", "adam", "adamw"];

    /// <summary>One of <see cref="Names"/>.</summary>
    public string Name { get; init; } = "adam";

    /// <summary>Decay of the first moment (adam, adamw); default 0.9.</summary>
    public double? Beta1 { get; init; }

    /// <summary>Decay of the second moment (adam, adamw); default 0.99.</summary>
    public double? Beta2 { get; init; }

    /// <summary>Decay of the squared gradients (rmsprop); default 0.95, char-rnn's.</summary>
    public double? RmspropAlpha { get; init; }

    /// <summary>Keeps divisions finite; default 1e-8.</summary>
    public double? Epsilon { get; init; }

    /// <summary>
    /// adamw: the share of a weight taken off at each step, times the learning rate. Others: added to the gradient,
    /// times the weight. Default 0.
    /// </summary>
    public double WeightDecay { get; init; }
}

/// <summary>
/// One step's gradients as the optimizer sees them: scaled by the norm clip first, then clipped element by element.
/// </summary>
/// <param name="Scale">Factor of every gradient: 1, or the norm clip's share.</param>
/// <param name="Limit">The largest magnitude an element may have; infinite for none.</param>
internal readonly record struct GradientClip(float Scale, float Limit)
{
    /// <summary>Some clipped gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLanes Load<TLanes>(ReadOnlySpan<float> gradients, int index)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        var gradient = Lanes.Load<TLanes>(gradients, index) * Scale;
        return float.IsPositiveInfinity(Limit) ? gradient : Lanes.Clamp<TLanes>(gradient, -Limit, Limit);
    }
}

/// <summary>A rule that turns gradients into new weights, element by element, in one pass over flat memory.</summary>
internal abstract class Optimizer(OptimizerSettings settings)
{
    private const double DefaultEpsilon = 1e-8;

    /// <summary>Number of moments kept for each weight: 0, 1 or 2.</summary>
    public abstract int Moments { get; }

    /// <summary>Keeps divisions finite.</summary>
    protected float Epsilon { get; } = (float)(settings.Epsilon ?? DefaultEpsilon);

    /// <summary>The weight decay.</summary>
    protected float WeightDecay { get; } = (float)settings.WeightDecay;

    /// <summary>The optimizer of that name.</summary>
    /// <exception cref="SettingsException">There is none, or a setting is out of its range.</exception>
    public static Optimizer Create(OptimizerSettings settings)
    {
        RequireDecay("'Beta1'", settings.Beta1);
        RequireDecay("'Beta2'", settings.Beta2);
        RequireDecay("'RmspropAlpha'", settings.RmspropAlpha);
        if (settings.Epsilon is { } epsilon && !(epsilon > 0 && double.IsFinite(epsilon)))
            throw new SettingsException($"'Epsilon' is {epsilon}; it must be more than 0.");
        if (!(settings.WeightDecay >= 0 && double.IsFinite(settings.WeightDecay)))
            throw new SettingsException($"'WeightDecay' is {settings.WeightDecay}; it must be 0 or more.");
        return settings.Name switch
        {
            "sgd" => new Sgd(settings),
            "adagrad" => new Adagrad(settings),
            "rmsprop" => new Rmsprop(settings),
            "adam" => new Adam(settings, decoupled: false),
            "adamw" => new Adam(settings, decoupled: true),
            _ => throw new SettingsException(
                $"there is no optimizer '{settings.Name}'; the optimizers are "
                    + $"{string.Join(", ", OptimizerSettings.Names)}."
            ),
        };
    }

    /// <summary>
    /// Updates some weights and their moments. All spans have the same length, a multiple of
    /// <see cref="Padding.Unit"/>.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="clip">Clipping of the gradients.</param>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="first">The first moment, if there is one.</param>
    /// <param name="second">The second moment, if there is one.</param>
    /// <param name="weights">The weights.</param>
    public void Update(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
    {
        if (Lanes.AreWide)
            Update<Lanes16>(gradients, clip, learningRate, step, first, second, weights);
        else
            Update<Lanes8>(gradients, clip, learningRate, step, first, second, weights);
    }

    /// <summary>The same with a chosen width.</summary>
    protected abstract void Update<TLanes>(
        ReadOnlySpan<float> gradients,
        GradientClip clip,
        double learningRate,
        long step,
        Span<float> first,
        Span<float> second,
        Span<float> weights
    )
        where TLanes : unmanaged, ILanes<TLanes>;

    private static void RequireDecay(string flag, double? value)
    {
        if (value is { } decay && !(decay >= 0 && decay < 1))
            throw new SettingsException($"{flag} is {decay}; it must be at least 0 and less than 1.");
    }
}

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
    private const float MinMoment = 1e-30f;

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
                MinMoment
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
