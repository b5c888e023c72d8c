namespace CharRnn.Reference;

/// <summary>
/// Softmax cross-entropy of a row of logits z (V) against its target y.
/// <code>
/// nats = −ln p_y = ln Σ exp(z_v − m) + m − z_y,  m = max z
/// dz_v = scale · (p_v − [v = y])
/// </code>
/// </summary>
internal static class SoftmaxLoss
{
    public static double Nats(ReadOnlySpan<double> logits, int target) => LogSumExp(logits) - logits[target];

    public static void Backward(ReadOnlySpan<double> logits, int target, double scale, Span<double> dLogits)
    {
        double logSum = LogSumExp(logits);
        for (int v = 0; v < logits.Length; v++)
            dLogits[v] = scale * Math.Exp(logits[v] - logSum);
        dLogits[target] -= scale;
    }

    private static double LogSumExp(ReadOnlySpan<double> logits)
    {
        double max = double.NegativeInfinity;
        foreach (double logit in logits)
            max = Math.Max(max, logit);
        double sum = 0;
        foreach (double logit in logits)
            sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }
}
