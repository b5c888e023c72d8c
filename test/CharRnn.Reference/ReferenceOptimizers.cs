namespace CharRnn.Reference;

/// <summary>
/// Optimizers: one update of a parameter array p by its gradient g. All arrays have the same length; the caller keeps
/// the optimizer's moments, initially zero. γ is the learning rate, λ the weight decay, which is added to the gradient
/// (g ← g + λp) except in AdamW. The forms are PyTorch's; Adagrad with ε inside the root is min-char-rnn's.
/// </summary>
public static class ReferenceOptimizers
{
    /// <summary>p ← p − γ g.</summary>
    public static void Sgd(double[] parameters, double[] gradients, double learningRate, double weightDecay = 0)
    {
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] -= learningRate * (gradients[i] + weightDecay * parameters[i]);
    }

    /// <summary>m ← m + g²; p ← p − γ g / √(m + ε), or with ε outside the root, p ← p − γ g / (√m + ε).</summary>
    public static void Adagrad(
        double[] parameters,
        double[] gradients,
        double[] squares,
        double learningRate,
        double epsilon = 1e-8,
        bool epsilonInsideRoot = true,
        double weightDecay = 0
    )
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            double gradient = gradients[i] + weightDecay * parameters[i];
            squares[i] += gradient * gradient;
            double root = epsilonInsideRoot ? Math.Sqrt(squares[i] + epsilon) : Math.Sqrt(squares[i]) + epsilon;
            parameters[i] -= learningRate * gradient / root;
        }
    }

    /// <summary>v ← α v + (1 − α) g²; p ← p − γ g / (√v + ε).</summary>
    public static void RmsProp(
        double[] parameters,
        double[] gradients,
        double[] squares,
        double learningRate,
        double alpha = 0.99,
        double epsilon = 1e-8,
        double weightDecay = 0
    )
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            double gradient = gradients[i] + weightDecay * parameters[i];
            squares[i] = alpha * squares[i] + (1 - alpha) * gradient * gradient;
            parameters[i] -= learningRate * gradient / (Math.Sqrt(squares[i]) + epsilon);
        }
    }

    /// <summary>
    /// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p − γ m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁ˢ), v̂ = v/(1 − β₂ˢ)
    /// at step s = 1, 2, …
    /// </summary>
    public static void Adam(
        double[] parameters,
        double[] gradients,
        double[] firstMoments,
        double[] secondMoments,
        int step,
        double learningRate,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0
    )
    {
        double firstCorrection = 1 - Math.Pow(beta1, step);
        double secondCorrection = 1 - Math.Pow(beta2, step);
        for (int i = 0; i < parameters.Length; i++)
        {
            double gradient = gradients[i] + weightDecay * parameters[i];
            firstMoments[i] = beta1 * firstMoments[i] + (1 - beta1) * gradient;
            secondMoments[i] = beta2 * secondMoments[i] + (1 - beta2) * gradient * gradient;
            double mean = firstMoments[i] / firstCorrection;
            double root = Math.Sqrt(secondMoments[i] / secondCorrection);
            parameters[i] -= learningRate * mean / (root + epsilon);
        }
    }

    /// <summary>p ← p − γ λ p, then <see cref="Adam"/> without weight decay.</summary>
    public static void AdamW(
        double[] parameters,
        double[] gradients,
        double[] firstMoments,
        double[] secondMoments,
        int step,
        double learningRate,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        double weightDecay = 0.01
    )
    {
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] -= learningRate * weightDecay * parameters[i];
        Adam(parameters, gradients, firstMoments, secondMoments, step, learningRate, beta1, beta2, epsilon);
    }

    /// <summary>Clips every element of the gradients to [−limit, limit].</summary>
    public static void ClipElementwise(IEnumerable<double[]> gradients, double limit)
    {
        foreach (double[] tensor in gradients)
            for (int i = 0; i < tensor.Length; i++)
                tensor[i] = Math.Clamp(tensor[i], -limit, limit);
    }

    /// <summary>Multiplies all gradients by limit/norm if their common norm is above the limit.</summary>
    /// <returns>The norm before clipping.</returns>
    public static double ClipByGlobalNorm(IReadOnlyCollection<double[]> gradients, double limit)
    {
        double norm = Math.Sqrt(gradients.Sum(tensor => tensor.Sum(gradient => gradient * gradient)));
        if (norm > limit)
            foreach (double[] tensor in gradients)
                for (int i = 0; i < tensor.Length; i++)
                    tensor[i] *= limit / norm;
        return norm;
    }
}
