using System.Security.Cryptography;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>A starting model in <c>config.json</c>.</summary>
/// <param name="Path">Path of the model.</param>
/// <param name="Sha256">The SHA-256 of its file, in lower-case hexadecimal.</param>
internal sealed record StartingModelRecord(string Path, string Sha256);

/// <summary>
/// A model for a run to begin from. Disposing frees it; a trainer that was made has taken over what it needs.
/// </summary>
public sealed class StartingModel : IDisposable
{
    private StartingModel(LanguageModel model, StartingModelRecord record) => (Model, Record) = (model, record);

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Record of the model.</summary>
    internal StartingModelRecord Record { get; }

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static StartingModel Load(string path)
    {
        string file = ModelFile.Resolve(path);
        var model = LanguageModel.Load(file);
        using var stream = File.OpenRead(file);
        return new StartingModel(
            model,
            new StartingModelRecord(file, Convert.ToHexStringLower(SHA256.HashData(stream)))
        );
    }

    /// <summary>Reads a model that a run began from, to begin from it again.</summary>
    /// <exception cref="ModelException">There is no such model any more, or it has changed.</exception>
    internal static StartingModel LoadAgain(StartingModelRecord record)
    {
        var model = Load(record.Path);
        if (model.Record.Sha256 == record.Sha256)
            return model;
        model.Dispose();
        throw new ModelException(
            $"{record.Path} is not the model that the run began from (SHA-256 {model.Record.Sha256[..12]}… "
                + $"instead of {record.Sha256[..12]}…); put that one there again."
        );
    }

    /// <summary>
    /// A vocabulary with the model's symbols and those of a text: the text's own where it has all of the model's.
    /// </summary>
    /// <exception cref="SettingsException">One is of bytes, the other of characters.</exception>
    public Vocabulary VocabularyWith(Vocabulary text)
    {
        if (text.Encoding != Model.Vocabulary.Encoding)
        {
            var (models, texts) = (
                ModelMetadata.EncodingName(Model.Vocabulary.Encoding),
                ModelMetadata.EncodingName(text.Encoding)
            );
            throw new SettingsException(
                $"{Record.Path} was trained with 'Encoding' {models}, and the text is read with {texts}; read it "
                    + $"with 'Encoding' {models}, or start from another model."
            );
        }
        return text.With(Model.Vocabulary);
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    /// <summary>Notes for people: how the vocabulary grows, and where the new text is prepared otherwise.</summary>
    /// <param name="corpus">The run's text, read with the run's vocabulary.</param>
    internal IEnumerable<string> NotesOn(Corpus corpus)
    {
        var vocabulary = corpus.Vocabulary;
        int[] added = [.. vocabulary.Symbols.ToArray().Where(symbol => !Model.Vocabulary.TryGetId(symbol, out _))];
        string what = vocabulary.Encoding == TextEncoding.Bytes ? "bytes" : "characters";
        yield return added.Length == 0
            ? $"starting from {Record.Path}, which knows all {what} of the text."
            : $"starting from {Record.Path}; its vocabulary of {Model.Vocabulary.Count} {what} is extended by "
                + $"{added.Length}: {Vocabulary.Describe(added, vocabulary.Encoding)}.";
        TextPreparation before = Model.Preparation.ForOtherTexts(),
            now = corpus.Preparation.ForOtherTexts();
        if (before != now)
            yield return $"that model's text was prepared with {Display(before)}, and this one with {Display(now)}; "
                + "the "
                + "new model's prompts and texts are prepared as this one.";
    }

    private static string Display(TextPreparation preparation) =>
        preparation.ToString() is { Length: > 0 } flags ? flags : "nothing";
}

/// <summary>Optional material of a run besides its text and settings.</summary>
public sealed record TrainingMaterial
{
    /// <summary>
    /// A text of its own to validate on, read with the vocabulary of the training text; the training text then gives
    /// none (<c>ValFrac</c> is 0).
    /// </summary>
    public Corpus? Validation { get; init; }

    /// <summary>
    /// A model to begin from; the settings have its network (<see cref="TrainingSettings.WithNetworkOf"/>), the
    /// vocabulary all of its symbols.
    /// </summary>
    public StartingModel? InitFrom { get; init; }

    /// <summary>Scores of simple baselines on the text, for the run's configuration.</summary>
    public Baselines? Baselines { get; init; }

    /// <summary>Notes for the user when the run begins, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
