using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;

namespace CharRnn.Server.Models;

/// <summary>A model under its id: its file, and what was loaded of it last.</summary>
/// <param name="id">The id.</param>
/// <param name="path">A run folder, or one file.</param>
/// <param name="weights">Format of the weights in memory; as they were trained by default.</param>
internal sealed class ServedModel(string id, string path, WeightFormat weights = WeightFormat.F32) : IDisposable
{
    private readonly Lock _gate = new();
    private LoadedModel? _loaded;
    private bool _isReloading;

    /// <summary>The id that requests name it by.</summary>
    public string Id => id;

    /// <summary>
    /// The model, for as long as the result is not disposed of. A file that was replaced is loaded anew by the first
    /// request that finds it, while others go on with the model that was there; where that fails, all do.
    /// </summary>
    /// <param name="reloaded">Told what was loaded anew, and what could not be.</param>
    /// <exception cref="ModelException">It was never loaded, and cannot be.</exception>
    public LoadedModel Take(IModelObserver reloaded)
    {
        FileMark stamp;
        lock (_gate)
        {
            _loaded ??= LoadedModel.Load(path, weights, Stamp());
            if (_isReloading || Stamp() is not { } found || found == _loaded.Stamp)
                return Taken();
            (stamp, _isReloading) = (found, true);
        }
        try
        {
            Reload(stamp, reloaded);
        }
        finally
        {
            lock (_gate)
                _isReloading = false;
        }
        lock (_gate)
            return Taken();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _loaded?.Retire();
    }

    private LoadedModel Taken()
    {
        _loaded!.Take();
        return _loaded;
    }

    private void Reload(FileMark stamp, IModelObserver reloaded)
    {
        // Nobody else replaces it meanwhile.
        using var before = _loaded!;
        before.Take();
        try
        {
            var loaded = LoadedModel.Load(path, weights, stamp);
            lock (_gate)
                _loaded = loaded;
            before.Retire();
            reloaded.Reloaded(id, before);
        }
        catch (Exception failure) when (failure is CharRnnException or IOException or UnauthorizedAccessException)
        {
            // Not tried again before the file changes again.
            before.Stamp = stamp;
            reloaded.NotReloaded(id, failure);
        }
    }

    /// <summary>What tells one file of the model from the next; null while there is none.</summary>
    private FileMark? Stamp()
    {
        try
        {
            var file = new FileInfo(ModelFile.Resolve(path));
            return new FileMark(file.LastWriteTimeUtc, file.Length);
        }
        catch (Exception failure) when (failure is ModelException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What tells one version of a file from the next.</summary>
/// <param name="Written">When it was written, UTC.</param>
/// <param name="Length">Its length in bytes.</param>
internal sealed record FileMark(DateTime Written, long Length);

/// <summary>Observer of models that are loaded anew.</summary>
internal interface IModelObserver
{
    /// <summary>A model's file was replaced, and loaded.</summary>
    /// <param name="id">The model.</param>
    /// <param name="before">What it was; used until its last user is done.</param>
    void Reloaded(string id, LoadedModel before);

    /// <summary>A model's file was replaced by one that cannot be loaded.</summary>
    void NotReloaded(string id, Exception failure);
}

/// <summary>
/// A model in memory, which is released when it is retired and its last user has disposed of it.
/// </summary>
internal sealed class LoadedModel : IDisposable
{
    private const int FingerprintBytes = 5;

    private readonly Lock _gate = new();
    private int _users;
    private bool _isRetired;

    private LoadedModel(RecurrentModel model, FileMark stamp) => (Model, Stamp) = (model, stamp);

    /// <summary>A language model or a classifier.</summary>
    public RecurrentModel Model { get; }

    /// <summary>Which version of the file it was loaded from, or found unfit later.</summary>
    public FileMark Stamp { get; set; }

    /// <summary>Whether a newer one has taken its place.</summary>
    public bool IsRetired
    {
        get
        {
            lock (_gate)
                return _isRetired;
        }
    }

    /// <summary>Changes with the model's file, as OpenAI's <c>system_fingerprint</c>.</summary>
    public string Fingerprint { get; private init; } = "";

    /// <summary>Loads a model of either kind.</summary>
    /// <exception cref="ModelException">It cannot be loaded.</exception>
    public static LoadedModel Load(string path, WeightFormat weights, FileMark? stamp)
    {
        RecurrentModel model = SequenceClassifier.IsOne(path)
            ? SequenceClassifier.Load(path, weights)
            : LanguageModel.Load(path, weights);
        stamp ??= new FileMark(default, 0);
        return new LoadedModel(model, stamp) { Fingerprint = FingerprintOf(model, stamp) };
    }

    /// <summary>Adds a user.</summary>
    public void Take()
    {
        lock (_gate)
            _users++;
    }

    /// <summary>Adds a user, unless it was released already.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            if (_isRetired && _users == 0)
                return false;
            _users++;
            return true;
        }
    }

    /// <summary>A user is done with it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (--_users == 0 && _isRetired)
                Model.Dispose();
        }
    }

    /// <summary>Nobody will take it any more.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            if (_users == 0)
                Model.Dispose();
        }
    }

    private static string FingerprintOf(RecurrentModel model, FileMark stamp)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{model.ParameterCount} {stamp.Written.Ticks} {stamp.Length}"
        );
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return $"fp_{Convert.ToHexStringLower(hash.AsSpan(0, FingerprintBytes))}";
    }
}
