using System.Security.Cryptography;
using CharRnn.Checkpoints;

namespace CharRnn;

/// <summary>Optional material of a classifier's run besides its records and settings.</summary>
public sealed record ClassifierMaterial
{
    /// <summary>
    /// Records of their own to choose the best model by; of the others none are then held out for that
    /// (<see cref="ClassifierSettings.ValFrac"/> is 0).
    /// </summary>
    public LabeledRecords? Validation { get; init; }

    /// <summary>
    /// Records of their own to score at the end; of the others none are then held out for that
    /// (<see cref="RunSettings.TestFrac"/> is 0).
    /// </summary>
    public LabeledRecords? Test { get; init; }

    /// <summary>
    /// A classifier to begin from; the settings have its network (<see cref="ClassifierSettings.WithNetworkOf"/>). Its
    /// labels need not be those of the records: the head's rows of labels that both have are kept.
    /// </summary>
    public StartingClassifier? InitFrom { get; init; }

    /// <summary>Symbols that the vocabulary has besides those of the records; null for none.</summary>
    internal Vocabulary? Symbols { get; init; }
}

/// <summary>
/// A classifier for a run to begin from. Disposing frees it; a trainer that was made has taken over what it needs.
/// </summary>
public sealed class StartingClassifier : IDisposable
{
    private StartingClassifier(SequenceClassifier model, StartingModelRecord record) =>
        (Model, Record) = (model, record);

    /// <summary>The model.</summary>
    public SequenceClassifier Model { get; }

    /// <summary>Record of the model.</summary>
    internal StartingModelRecord Record { get; }

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static StartingClassifier Load(string path)
    {
        string file = ModelFile.Resolve(path);
        var model = SequenceClassifier.Load(file);
        using var stream = File.OpenRead(file);
        return new StartingClassifier(
            model,
            new StartingModelRecord(file, Convert.ToHexStringLower(SHA256.HashData(stream)))
        );
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    /// <summary>Notes for people: what is taken of the model, and where the new texts are prepared otherwise.</summary>
    /// <param name="started">The model that began from this one.</param>
    internal IEnumerable<string> NotesOn(SequenceClassifier started)
    {
        string[] kept = [.. started.Labels.Intersect(Model.Labels, StringComparer.Ordinal)],
            added = [.. started.Labels.Except(Model.Labels, StringComparer.Ordinal)];
        int symbols = started.Vocabulary.Count - Model.Vocabulary.Count;
        yield return $"starting from {Record.Path}: of its {Quantity.Count(Model.Labels.Count, "label")} "
            + $"{Quantity.Count(kept.Length)} are kept"
            + (added.Length > 0 ? $", and new are {LabelNames.List(added)}" : "")
            + (symbols > 0 ? $"; its vocabulary is extended by {Quantity.Count(symbols, "character")}." : ".");
        TextPreparation before = Model.Preparation.ForOtherTexts(),
            now = started.Preparation.ForOtherTexts();
        if (before != now)
            yield return $"that model's texts were prepared with {Display(before)}, and these with {Display(now)}; the "
                + "new model's texts are prepared as these.";
    }

    private static string Display(TextPreparation preparation) =>
        preparation.ToString() is { Length: > 0 } flags ? flags : "nothing";
}
