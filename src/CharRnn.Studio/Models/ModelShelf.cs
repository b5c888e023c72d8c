using CharRnn.Checkpoints;
using CharRnn.Networks;
using CharRnn.Report.Runs;
using CharRnn.Server.Models;
using CharRnn.Studio.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Models;

/// <summary>A model that can be looked at.</summary>
/// <param name="Id">Its name in addresses: a run's, a file's without its extension, or <c>example</c>.</param>
/// <param name="IsClassifier">Whether it is a classifier rather than a language model.</param>
/// <param name="About">What it is, in a few words.</param>
internal sealed record ModelEntry(string Id, bool IsClassifier, string About);

/// <summary>A model in use, until it is disposed of.</summary>
internal sealed class ModelLease(LoadedModel loaded, string id, string path, bool isExample) : IDisposable
{
    /// <summary>Its id.</summary>
    public string Id => id;

    /// <summary>Its run folder or file.</summary>
    public string Path => path;

    /// <summary>Whether it is the model that comes with the studio.</summary>
    public bool IsExample => isExample;

    /// <summary>The model, of either kind.</summary>
    public RecurrentModel Model => loaded.Model;

    /// <summary>The model as one that writes.</summary>
    /// <exception cref="SettingsException">It is a classifier.</exception>
    public LanguageModel LanguageModel =>
        Model as LanguageModel
        ?? throw new SettingsException($"{id} is a classifier, which writes no text; choose a language model.");

    /// <summary>The model as one that classifies.</summary>
    /// <exception cref="SettingsException">It is a language model.</exception>
    public SequenceClassifier Classifier =>
        Model as SequenceClassifier
        ?? throw new SettingsException($"{id} is a language model, which knows no labels; choose a classifier.");

    /// <summary>The same model for another user, who may be done with it later than this one.</summary>
    /// <exception cref="OperationCanceledException">It was released: whoever asked has gone.</exception>
    public ModelLease Share() =>
        loaded.TryTake()
            ? new ModelLease(loaded, id, path, isExample)
            : throw new OperationCanceledException($"{id} was released.");

    /// <inheritdoc/>
    public void Dispose() => loaded.Dispose();
}

/// <summary>
/// The models of the folder, by ids that are never paths: those of its runs, files that lie in it, and the example.
/// Each is loaded when it is first asked for, and anew once its file has changed; the few that were used last are kept.
/// </summary>
internal sealed partial class ModelShelf(IOptions<StudioOptions> options, RunCatalog runs, ILogger<ModelShelf> logger)
    : IModelObserver,
        IDisposable
{
    /// <summary>Id of the model that comes with the studio.</summary>
    public const string ExampleId = "example";

    private const string Extension = ".safetensors";
    private const int MaxLoaded = 6;

    private readonly Lock _gate = new();

    // The one that was taken last comes last.
    private readonly List<ServedModel> _models = [];

    /// <summary>Whether the example is there.</summary>
    public bool HasExample => File.Exists(options.Value.ExamplePath);

    /// <summary>The models, newest runs first, the example last.</summary>
    public IReadOnlyList<ModelEntry> List() => [.. Places().Select(place => place.Entry)];

    /// <summary>The language models that write under labels.</summary>
    public IReadOnlyList<ModelEntry> ListLabeled() =>
        [.. Places().Where(place => !place.Entry.IsClassifier && HasLabels(place.Path)).Select(place => place.Entry)];

    /// <summary>The model to begin with: the newest of the kind that is asked for, or the example.</summary>
    /// <returns>Its id; null where there is none.</returns>
    public string? Newest(bool isClassifier) => List().FirstOrDefault(entry => entry.IsClassifier == isClassifier)?.Id;

    /// <summary>The language model that was used last, if it is still there, or the newest.</summary>
    /// <param name="last">Id of the one used last; null for none.</param>
    public string? ToBeginWith(string? last) =>
        List().Any(entry => entry.Id == last && !entry.IsClassifier) ? last : Newest(isClassifier: false);

    /// <summary>Takes a model for use.</summary>
    /// <exception cref="ModelException">There is none of this id, or it cannot be loaded.</exception>
    public ModelLease Take(string id)
    {
        var place = Places().FirstOrDefault(place => place.Entry.Id == id);
        if (place.Path is null)
            throw new ModelException(
                $"there is no model {OneLine.Quote(id)} in {options.Value.Folder}; choose one from the list."
            );
        lock (_gate)
        {
            var model = _models.Find(model => model.Id == id) ?? new ServedModel(id, place.Path);
            _models.Remove(model);
            _models.Add(model);
            if (_models.Count > MaxLoaded)
            {
                // Whoever uses it still does until the lease ends.
                _models[0].Dispose();
                _models.RemoveAt(0);
            }
            return new ModelLease(model.Take(this), id, place.Path, place.Path == options.Value.ExamplePath);
        }
    }

    /// <inheritdoc/>
    public void Reloaded(string id, LoadedModel before) => LogReloaded(id);

    /// <inheritdoc/>
    public void NotReloaded(string id, Exception failure) => LogNotReloaded(id, OneLine.Reason(failure));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _models.ForEach(model => model.Dispose());
    }

    private static bool HasLabels(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(ModelFile.Resolve(path));
            return ModelMetadata.HasLabels(file);
        }
        catch (CharRnnException)
        {
            // What cannot be read is told of where it is chosen by name.
            return false;
        }
    }

    // Where a run and a file have one name, the run has the id.
    private IEnumerable<(ModelEntry Entry, string Path)> Places() =>
        AllPlaces().DistinctBy(place => place.Entry.Id, StringComparer.Ordinal);

    private IEnumerable<(ModelEntry Entry, string Path)> AllPlaces()
    {
        foreach (
            var run in runs.List()
                .Where(run => run.State != RunState.Unreadable && File.Exists(RunFolder.Open(run.Path).ModelPath))
                .OrderByDescending(run => run.Changed)
        )
            yield return (new(run.Name, run.IsClassifier, $"{run.Model}, {run.Corpus}"), run.Path);
        string folder = options.Value.Folder;
        if (Directory.Exists(folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal))
                yield return (EntryOf(file), file);
        }
        if (HasExample)
            yield return (new(ExampleId, false, "comes with the studio"), options.Value.ExamplePath);
    }

    private static ModelEntry EntryOf(string file)
    {
        string id = Path.GetFileNameWithoutExtension(file);
        try
        {
            return new(id, SequenceClassifier.IsOne(file), Path.GetFileName(file));
        }
        catch (CharRnnException)
        {
            // Whoever chooses it is told why.
            return new(id, false, "cannot be read");
        }
    }

    [LoggerMessage(LogLevel.Information, "the file of model {Id} was replaced; it is loaded anew")]
    private partial void LogReloaded(string id);

    [LoggerMessage(LogLevel.Warning, "the file of model {Id} was replaced, and cannot be loaded: {Reason}")]
    private partial void LogNotReloaded(string id, string reason);
}
