using CharRnn.Checkpoints;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Names;

/// <summary>
/// A language model that writes names, and the list that it was trained on where that is at hand. The model is taken
/// anew each time, since its run may still train.
/// </summary>
public sealed class NameSource
{
    private readonly ModelShelf _shelf;
    private readonly string _id;

    private NameSource(ModelShelf shelf, ModelLease model, KnownNames? known, string? whyUnknown)
    {
        (_shelf, _id, Known, WhyUnknown) = (shelf, model.Id, known, whyUnknown);
        (Labels, Path) = (model.LanguageModel.Labels, model.Path);
    }

    /// <summary>The model's labels.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Why it cannot be said which names are new; null where it can.</summary>
    public string? WhyUnknown { get; }

    /// <summary>The model's path, for commands.</summary>
    public string Path { get; }

    /// <summary>The training list; null where it is not at hand.</summary>
    internal KnownNames? Known { get; }

    /// <summary>Finds a model, and reads its training list.</summary>
    /// <exception cref="CharRnnException">It cannot be loaded, or writes under no labels.</exception>
    internal static NameSource Of(ModelShelf shelf, string id)
    {
        using var model = shelf.Take(id);
        if (model.LanguageModel.Labels.Count == 0)
            throw new SettingsException(
                $"{id} was trained without labels; choose a model of 'charrnn train --labelled'."
            );
        try
        {
            return new NameSource(shelf, model, new KnownNames(TrainingRecords.Of(model)), whyUnknown: null);
        }
        catch (CorpusException missing)
        {
            return new NameSource(shelf, model, known: null, OneLine.Reason(missing).TrimEnd('.'));
        }
    }

    /// <summary>Takes the model for use.</summary>
    internal ModelLease Take() => _shelf.Take(_id);
}
