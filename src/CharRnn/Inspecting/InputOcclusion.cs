using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Inspecting;

/// <summary>Effect of replacing one input symbol.</summary>
/// <param name="Position">Its position in the text.</param>
/// <param name="Replacement">The symbol in its place.</param>
/// <param name="Bits">By how many bits, −log₂ p, the target is less likely then; below zero, it is likelier.</param>
internal readonly record struct OcclusionEffect(int Position, int Replacement, double Bits);

/// <summary>
/// Occlusion: what a prediction loses if one of the symbols before it is another. The commonest symbol of the text so
/// far stands in for each, the second commonest for that one itself. After J. Li, W. Monroe and D. Jurafsky,
/// "Understanding neural networks through representation erasure", 2016.
/// </summary>
internal static class InputOcclusion
{
    /// <summary>Computes the effects on what comes after a position; all replacements are read side by side.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The text.</param>
    /// <param name="position">The last symbol that is read.</param>
    /// <param name="target">The symbol whose probability is looked at.</param>
    /// <param name="reach">Max number of symbols that are replaced, the one at <paramref name="position"/> included.</param>
    /// <param name="label">The label of the text, for a model with labels.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>One for each symbol, in the order of the text.</returns>
    /// <exception cref="SettingsException">The model has labels and none is given.</exception>
    public static OcclusionEffect[] Of(
        LanguageModel model,
        ReadOnlySpan<int> ids,
        int position,
        int target,
        int reach = InputAttribution.DefaultReach,
        LabelBlend? label = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reach, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)ids.Length, nameof(position));
        LanguageModel.RequireKnown(ids, model.Spec.VocabularySize);
        LanguageModel.RequireKnown([target], model.Spec.VocabularySize);
        int start = Math.Max(0, position + 1 - reach),
            count = position + 1 - start;
        var (commonest, second) = Commonest(ids[..(position + 1)], model.Spec.VocabularySize);

        // Stream i has a replacement at start + i; the last has none.
        using var session = model.NewSession(count + 1, label: label);
        if (InputAttribution.StateBefore(model, ids[..start], label) is { } before)
        {
            var states = new NetworkState(model.Spec, count + 1);
            states.Gather(before, new int[count + 1]);
            session.SetState(states);
        }
        int[] step = new int[count + 1];
        var effects = new OcclusionEffect[count];
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int id = ids[start + i],
                replacement = id == commonest ? second : commonest;
            step.AsSpan().Fill(id);
            step[i] = replacement;
            effects[i] = new OcclusionEffect(start + i, replacement, 0);
            session.Step(step);
        }
        double asItIs = Bits(session.Logits(count), target);
        for (int i = 0; i < count; i++)
            effects[i] = effects[i] with { Bits = Bits(session.Logits(i), target) - asItIs };
        return effects;
    }

    private static (int First, int Second) Commonest(ReadOnlySpan<int> ids, int vocabulary)
    {
        int[] counts = new int[vocabulary];
        foreach (int id in ids)
            counts[id]++;
        int[] order = [.. Enumerable.Range(0, vocabulary).OrderByDescending(id => counts[id]).Take(2)];
        return (order[0], order[^1]);
    }

    private static double Bits(ReadOnlySpan<float> logits, int target) =>
        (Softmax.LogSumExp(logits) - logits[target]) / Math.Log(2);
}
