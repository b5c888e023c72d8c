using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Softmax over rows of logits, its cross-entropy, and the gradient p − 1[target]. The largest logit is subtracted first, so nothing overflows.</summary>
internal static class Softmax
{
    /// <summary>Turns one row of logits into probabilities.</summary>
    /// <param name="row">(1, V padded): logits in, probabilities out; the padding becomes 0.</param>
    /// <param name="symbols">V.</param>
    /// <returns>The logarithm of the sum of the exponentials of the logits.</returns>
    public static double Normalise(Span<float> row, int symbols)
    {
        var (largest, sum) = Exponentiate(row, symbols);
        Scale(row, (float)(1 / (double)sum));
        return largest + Math.Log(sum);
    }

    /// <summary>Cross-entropy of one row, and its gradient in place of the logits.</summary>
    /// <param name="row">(1, V padded): logits in, scale · (p − 1[target]) out.</param>
    /// <param name="symbols">V.</param>
    /// <param name="target">The id that came.</param>
    /// <param name="scale">What the gradient is multiplied with.</param>
    /// <returns>−ln p(target) in nats.</returns>
    public static double CrossEntropyGradient(Span<float> row, int symbols, int target, float scale)
    {
        Debug.Assert((uint)target < (uint)symbols);
        float targetLogit = row[target];
        var (largest, sum) = Exponentiate(row, symbols);
        Scale(row, (float)(scale / (double)sum));
        row[target] -= scale;
        return largest - (double)targetLogit + Math.Log(sum);
    }

    /// <summary>Cross-entropy of one row; the row is used up.</summary>
    public static double CrossEntropy(Span<float> row, int symbols, int target)
    {
        Debug.Assert((uint)target < (uint)symbols);
        float targetLogit = row[target];
        var (largest, sum) = Exponentiate(row, symbols);
        return largest - (double)targetLogit + Math.Log(sum);
    }

    /// <summary>The first of the largest logits.</summary>
    public static int ArgMax(ReadOnlySpan<float> row, int symbols)
    {
        int best = 0;
        for (int id = 1; id < symbols; id++)
        {
            if (row[id] > row[best]) best = id;
        }
        return best;
    }

    /// <summary>row = exp(row − largest), the padding 0; eight partial sums and one tree.</summary>
    private static (float Largest, float Sum) Exponentiate(Span<float> row, int symbols)
    {
        Debug.Assert(row.Length == Padding.RoundUp(symbols));
        row[symbols..].Fill(float.NegativeInfinity);
        var largestLanes = Vector256.Create(float.NegativeInfinity);
        for (int i = 0; i <= row.Length - Lanes.Count; i += Lanes.Count)
            largestLanes = Max(largestLanes, Lanes.Load(row, i).Vector);
        float largest = Tree(largestLanes, static (a, b) => a >= b || float.IsNaN(a) ? a : b);
        var sums = Lanes.Zero;
        for (int i = 0; i <= row.Length - Lanes.Count; i += Lanes.Count)
        {
            var exponential = Elementary.Exp(Lanes.Load(row, i) - largest);
            exponential.Store(row, i);
            sums += exponential;
        }
        return (largest, Tree(sums.Vector, static (a, b) => a + b));
    }

    private static void Scale(Span<float> row, float factor)
    {
        for (int i = 0; i <= row.Length - Lanes.Count; i += Lanes.Count) (Lanes.Load(row, i) * factor).Store(row, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Max(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(a, b) | ~Vector256.Equals(a, a), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Tree(Vector256<float> v, Func<float, float, float> join) =>
        join(join(join(v[0], v[4]), join(v[2], v[6])), join(join(v[1], v[5]), join(v[3], v[7])));
}
