using CharRnn.Checkpoints;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Names;

/// <summary>A language model that writes names, in use, and the list that it was trained on where that is at hand.</summary>
public sealed class NameSource : IDisposable
{
    private readonly ModelLease _model;

    private NameSource(ModelLease model, KnownNames? known, string? whyUnknown) =>
        (_model, Known, WhyUnknown) = (model, known, whyUnknown);

    /// <summary>The model's labels.</summary>
    public IReadOnlyList<string> Labels => Model.Labels;

    /// <summary>Why it cannot be said which names are new; null where it can.</summary>
    public string? WhyUnknown { get; }

    /// <summary>The model's path, for commands.</summary>
    public string Path => _model.Path;

    /// <summary>The model.</summary>
    internal LanguageModel Model => _model.LanguageModel;

    /// <summary>The training list; null where it is not at hand.</summary>
    internal KnownNames? Known { get; }

    /// <summary>Takes a model, and reads its training list.</summary>
    /// <exception cref="CharRnnException">It cannot be loaded, or writes under no labels.</exception>
    internal static NameSource Of(ModelShelf shelf, string id)
    {
        var model = shelf.Take(id);
        try
        {
            if (model.LanguageModel.Labels.Count == 0)
                throw new SettingsException(
                    $"{id} was trained without labels; choose a model of 'charrnn train --labelled'."
                );
            try
            {
                return new NameSource(model, new KnownNames(TrainingRecords.Of(model)), whyUnknown: null);
            }
            catch (CorpusException missing)
            {
                return new NameSource(model, known: null, OneLine.Reason(missing).TrimEnd('.'));
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
