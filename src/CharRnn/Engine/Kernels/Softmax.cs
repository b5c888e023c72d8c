using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>
/// Softmax over rows of logits, its cross-entropy, and the gradient p − 1[target]. The largest logit is subtracted
/// first, so nothing overflows.
/// </summary>
internal static class Softmax
{
    /// <summary>Turns one row of logits into probabilities.</summary>
    /// <param name="row">(1, V padded): logits in, probabilities out; the padding becomes 0.</param>
    /// <param name="symbols">V.</param>
    /// <returns>The logarithm of the sum of the exponentials of the logits.</returns>
    public static double Normalize(Span<float> row, int symbols)
    {
        var (max, sum) = Exponentiate(row, symbols);
        Scale(row, (float)(1 / (double)sum));
        return max + Math.Log(sum);
    }

    /// <summary>Cross-entropy of one row, and its gradient in place of the logits.</summary>
    /// <param name="row">(1, V padded): logits in, scale · (p − 1[target]) out.</param>
    /// <param name="symbols">V.</param>
    /// <param name="target">The id of the right symbol.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <returns>−ln p(target) in nats.</returns>
    public static double CrossEntropyGradient(Span<float> row, int symbols, int target, float scale)
    {
        Debug.Assert((uint)target < (uint)symbols);
        float targetLogit = row[target];
        var (max, sum) = Exponentiate(row, symbols);
        Scale(row, (float)(scale / (double)sum));
        row[target] -= scale;
        return max - (double)targetLogit + Math.Log(sum);
    }

    /// <summary>
    /// Cross-entropy of one row against a smoothed target q = (1 − ε)·1[target] + ε/K (Szegedy et al. 2016), and its
    /// gradient in place of the logits z:
    /// loss = ln Σ exp(z) − Σ q·z, gradient = scale · (p − q).
    /// </summary>
    /// <param name="row">(1, K padded): logits in, gradients out; the padding becomes 0.</param>
    /// <param name="symbols">K.</param>
    /// <param name="target">The right class.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <returns>The cross-entropy in nats.</returns>
    public static double SmoothedCrossEntropyGradient(
        Span<float> row,
        int symbols,
        int target,
        double smoothing,
        float scale
    )
    {
        Debug.Assert((uint)target < (uint)symbols);
        float top = row[ArgMax(row, symbols)],
            targetLogit = row[target];
        double belowTop = 0,
            share = smoothing / symbols;
        for (int i = 0; i < symbols; i++)
            belowTop += (double)top - row[i];
        float sum = Exponentiate(row, symbols).Sum;
        Scale(row, (float)(1 / (double)sum));
        for (int i = 0; i < symbols; i++)
            row[i] = scale * (row[i] - (float)(i == target ? 1 - smoothing + share : share));
        return Math.Log(sum) + (1 - smoothing) * ((double)top - targetLogit) + share * belowTop;
    }

    /// <summary>Cross-entropy of one row, whose content is overwritten.</summary>
    public static double CrossEntropy(Span<float> row, int symbols, int target)
    {
        Debug.Assert((uint)target < (uint)symbols);
        float targetLogit = row[target];
        var (max, sum) = Exponentiate(row, symbols);
        return max - (double)targetLogit + Math.Log(sum);
    }

    /// <summary>The logarithm of the sum of the exponentials, in double: for looking in rather than for speed.</summary>
    /// <param name="logits">(V).</param>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity,
            sum = 0;
        foreach (float logit in logits)
            max = Math.Max(max, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }

    /// <summary>The first of the largest logits.</summary>
    public static int ArgMax(ReadOnlySpan<float> row, int symbols)
    {
        int best = 0;
        for (int id = 1; id < symbols; id++)
        {
            if (row[id] > row[best])
                best = id;
        }
        return best;
    }

    /// <summary>row = exp(row − max), the padding 0. A NaN among the logits makes the sum NaN.</summary>
    private static (float Max, float Sum) Exponentiate(Span<float> row, int symbols) =>
        Lanes.AreWide ? Exponentiate<Lanes16>(row, symbols) : Exponentiate<Lanes8>(row, symbols);

    private static (float Max, float Sum) Exponentiate<TLanes>(Span<float> row, int symbols)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(row.Length == Padding.RoundUp(symbols));
        row[symbols..].Fill(float.NegativeInfinity);
        TLanes maxLanes = float.NegativeInfinity;
        for (int i = 0; i <= row.Length - TLanes.Count; i += TLanes.Count)
            maxLanes = TLanes.Max(maxLanes, Lanes.Load<TLanes>(row, i));
        float max = maxLanes.MaxLane();
        // Sixteen partial sums, whatever the width: eight lanes take two vectors of them.
        TLanes sums = 0f,
            moreSums = 0f;
        for (int i = 0; i <= row.Length - Padding.Unit; i += Padding.Unit)
        {
            sums += Exponential<TLanes>(row, i, max);
            if (TLanes.Count < Padding.Unit)
                moreSums += Exponential<TLanes>(row, i + TLanes.Count, max);
        }
        return (max, (TLanes.Count < Padding.Unit ? sums + moreSums : sums).Sum());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Exponential<TLanes>(Span<float> row, int i, float max)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        var exponential = Elementary.Exp(Lanes.Load<TLanes>(row, i) - max);
        exponential.Store(row, i);
        return exponential;
    }

    private static void Scale(Span<float> row, float factor)
    {
        for (int i = 0; i <= row.Length - Lanes8.Count; i += Lanes8.Count)
            (Lanes.Load<Lanes8>(row, i) * factor).Store(row, i);
    }
}
