using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Sigmoid over rows of logits z, each label on its own, its binary cross-entropy, and the gradient σ(z) − q:
/// <code>
/// loss = Σ −q·ln σ(z) − (1 − q)·ln (1 − σ(z)) = Σ max(z, 0) − q·z + ln(1 + e^−|z|)
/// </code>
/// </summary>
internal static class BinaryCrossEntropy
{
    /// <summary>Turns one row of logits into probabilities.</summary>
    /// <param name="row">(1, K padded): logits in, probabilities out; the padding becomes 0.</param>
    /// <param name="labels">K.</param>
    public static void Sigmoids(Span<float> row, int labels)
    {
        Debug.Assert(row.Length == Padding.RoundUp(labels));
        if (Lanes.AreWide)
            Sigmoids<Lanes16>(row);
        else
            Sigmoids<Lanes8>(row);
        row[labels..].Clear();
    }

    /// <summary>
    /// Binary cross-entropy of one row against the target q = (1 − ε)·1[label is in the set] + ε/2, and its gradient in
    /// place of the logits.
    /// </summary>
    /// <param name="row">(1, K padded): logits in, scale · (σ(z) − q) out; the padding becomes 0.</param>
    /// <param name="labels">K.</param>
    /// <param name="set">The record's labels, ascending.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <returns>The sum of the labels' cross-entropies, in nats.</returns>
    public static double Gradient(Span<float> row, int labels, ReadOnlySpan<int> set, double smoothing, float scale)
    {
        double loss = 0,
            off = smoothing / 2,
            on = 1 - smoothing + off;
        for (int label = 0, next = 0; label < labels; label++)
        {
            double logit = row[label],
                target = off;
            if (next < set.Length && set[next] == label)
            {
                target = on;
                next++;
            }
            loss += Math.Max(logit, 0) - target * logit + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        }
        Sigmoids(row, labels);
        for (int label = 0, next = 0; label < labels; label++)
        {
            bool isOn = next < set.Length && set[next] == label;
            row[label] = scale * (row[label] - (float)(isOn ? on : off));
            next += isOn ? 1 : 0;
        }
        return loss;
    }

    // 0·z keeps what is no number: the sigmoid's own range is cut.
    private static void Sigmoids<TLanes>(Span<float> row)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes zero = 0f;
        for (int i = 0; i <= row.Length - TLanes.Count; i += TLanes.Count)
        {
            var logits = Lanes.Load<TLanes>(row, i);
            (Elementary.Sigmoid(logits) + zero * logits).Store(row, i);
        }
    }
}
