using CharRnn.Checkpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CharRnn.Server.Models;

/// <summary>The models that are served, by their ids.</summary>
internal sealed partial class ModelRegistry : IModelObserver, IDisposable
{
    private readonly ILogger<ModelRegistry> _logger;
    private readonly Dictionary<string, ServedModel> _models = new(StringComparer.Ordinal);

    /// <summary>Loads the models.</summary>
    /// <exception cref="ModelException">One cannot be loaded.</exception>
    /// <exception cref="SettingsException">There is none, or two have the same id.</exception>
    public ModelRegistry(IOptions<CharRnnServerOptions> options, ILogger<ModelRegistry> logger)
    {
        _logger = logger;
        if (options.Value.Models.Count == 0)
            throw new SettingsException("'Models' is empty; name at least one run folder or safetensors file.");
        try
        {
            foreach (string named in options.Value.Models)
                Add(named, options.Value.Weights);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Told which model's memory is to be let go; set by whoever keeps something for it.</summary>
    public Action<LoadedModel>? Forget { get; set; }

    /// <summary>The ids, in the order in which the models were named.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    /// <summary>Takes a model for a request, which disposes of it.</summary>
    /// <param name="id">Its id; null where the request names none.</param>
    /// <exception cref="ApiException">There is no such model.</exception>
    public (string Id, LoadedModel Model) Take(string? id)
    {
        if (id is null && Ids.Count > 1)
            throw ApiException.Invalid("model", $"'model' is missing; it must be one of {Names}.");
        id ??= Ids[0];
        return _models.TryGetValue(id, out var model)
            ? (id, model.Take(this))
            : throw new ApiException(
                StatusCodes.Status404NotFound,
                $"there is no model {OneLine.Quote(id)}; it must be one of {Names}."
            )
            {
                Param = "model",
                Code = "model_not_found",
            };
    }

    /// <inheritdoc/>
    public void Reloaded(string id, LoadedModel before)
    {
        LogReloaded(id);
        Forget?.Invoke(before);
    }

    /// <inheritdoc/>
    public void NotReloaded(string id, Exception failure) => LogNotReloaded(id, OneLine.Reason(failure));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models.Values)
            model.Dispose();
    }

    private string Names => string.Join(", ", Ids);

    private void Add(string named, WeightFormat weights)
    {
        int sign = named.IndexOf('=');
        // A path that exists is a path, whatever is in it.
        bool isNamed = sign > 0 && !Path.Exists(named);
        var (id, path) = isNamed ? (named[..sign], named[(sign + 1)..]) : (IdOf(named), named);
        if (id.Length == 0 || _models.ContainsKey(id))
            throw new SettingsException(
                $"two of 'Models' have the name {OneLine.Quote(id)}; give one another, as NAME={path}."
            );
        var model = new ServedModel(id, path, weights);
        using var loaded = model.Take(this);
        _models.Add(id, model);
        Ids = [.. Ids, id];
    }

    /// <summary>Name of the run folder or of the file.</summary>
    private static string IdOf(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full);
    }

    [LoggerMessage(LogLevel.Information, "the file of model {Id} was replaced; it is loaded anew")]
    private partial void LogReloaded(string id);

    [LoggerMessage(
        LogLevel.Warning,
        "the file of model {Id} was replaced, and cannot be loaded: {Reason}; the one before is served further"
    )]
    private partial void LogNotReloaded(string id, string reason);
}
