using System.CommandLine;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Inspecting;

namespace CharRnn.Cli.Commands;

/// <summary>Text that units are looked at on.</summary>
/// <param name="Ids">Its symbols.</param>
/// <param name="Label">The label of all of it; null for none, or for labels of its own.</param>
/// <param name="Corpus">What is to be disposed of with it; null for nothing.</param>
internal sealed record NeuronText(SymbolIds Ids, LabelBlend? Label, Corpus? Corpus) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Corpus?.Dispose();
}

/// <summary>Which text is looked at: a file, or the one that the model was trained on.</summary>
internal sealed class NeuronTextFlags(Shell shell)
{
    private readonly Option<string?> _file = new("--text-file")
    {
        Description = "The text, in UTF-8 (default: what the model was trained on).",
        HelpName = "FILE",
    };
    private readonly Option<string?> _label = new("--label")
    {
        Description = "Of a model with labels: the label of that file.",
        HelpName = "LABEL",
    };
    private readonly Setting<bool> _skipUnknown = SharedFlags.SkipUnknown();
    private readonly TrainingText _training = new(shell);

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb)
    {
        verb.Add(FlagGroup.Text, _file, _label, _skipUnknown.Option);
        _training.AddTo(verb);
    }

    /// <summary>Reads it; of labelled records, some in a random order.</summary>
    /// <param name="sources">The flags.</param>
    /// <param name="model">The model.</param>
    /// <param name="modelFile">Its file.</param>
    /// <param name="count">Number of characters that are looked at.</param>
    /// <exception cref="CharRnnException">It cannot be read.</exception>
    public NeuronText Load(SettingSources sources, LanguageModel model, string modelFile, int count)
    {
        if (sources.Parsed.GetValue(_file) is not { } path)
        {
            if (sources.IsGiven(_label))
                throw new SettingsException(
                    $"{_label.Name} is for {_file.Name}; the training text has its own labels."
                );
            if (sources.IsGiven(_skipUnknown.Option))
                shell.Terminal.Note($"{_skipUnknown.Option.Name} has no effect without {_file.Name}.");
            var corpus = _training.Load(sources, model, modelFile);
            var ids = corpus.Ids.Labels is not null
                ? ModelText.InRandomOrder(
                    corpus.Ids,
                    new IdRange(0, corpus.Ids.Length),
                    corpus.Vocabulary.BoundaryId!.Value,
                    count
                )
                : corpus.Ids;
            return new NeuronText(ids, null, corpus);
        }
        FlagConflict.Refuse(sources.Parsed, _file, "which is the text", _training.Options);
        return new NeuronText(Encode(Read(path), path, model, sources), LabelOf(sources.Parsed, model), null);
    }

    private LabelBlend? LabelOf(ParseResult parsed, LanguageModel model)
    {
        try
        {
            var label = parsed.GetValue(_label) is { } name ? LabelBlend.Parse(name, model.Labels) : null;
            model.RequireLabel(label);
            return label;
        }
        catch (SettingsException refused)
        {
            throw new SettingsException($"{_label.Name}: {refused.Message}");
        }
    }

    private SymbolIds Encode(string text, string path, LanguageModel model, SettingSources sources)
    {
        try
        {
            var ids = ModelText.Encode(model, text, _skipUnknown.Resolve(sources).Value, out int skipped);
            if (skipped > 0)
                shell.Terminal.Message(
                    $"{path}: {Quantity.Count(skipped)} characters that the model does not know left out"
                );
            return ids;
        }
        catch (CharRnnException unfit) when (unfit is SettingsException or CorpusException)
        {
            throw new CorpusException($"{path}: {unfit.Message}", unfit);
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException)
        {
            throw new CorpusException($"{path} is not UTF-8; convert it.");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CorpusException($"{path} cannot be read: {OneLine.Reason(refusal)}.", refusal);
        }
    }
}
