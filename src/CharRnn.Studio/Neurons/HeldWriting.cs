using CharRnn.Inspecting;

namespace CharRnn.Studio.Neurons;

/// <summary>Texts of one seed, as a model writes, and as it writes while a unit is held.</summary>
internal static class HeldWriting
{
    /// <summary>Writes both.</summary>
    /// <exception cref="SettingsException">The prompt or an option cannot be used.</exception>
    public static (string Before, string After) Write(
        NeuronView view,
        HeldUnit held,
        string prompt,
        SamplingOptions options,
        int length,
        CancellationToken cancellationToken
    )
    {
        using var use = view.Lease.Share();
        var model = view.Model;
        int[] start = model.Encode(prompt);
        return (Write([]), Write([held]));

        string Write(IReadOnlyList<HeldUnit> units)
        {
            using var tree = new WritingTree(model, start, options, view.LabelAt(0), units);
            int node = 0;
            for (int i = 0; i < length && !tree.HasEnded(node); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                node = tree.Choose(node);
            }
            return prompt + model.Vocabulary.Decode(tree.TextOf(node));
        }
    }
}
