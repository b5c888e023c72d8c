using CharRnn.Checkpoints;
using CharRnn.Report.Runs;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Runs;

/// <summary>
/// The runs of the folder, whoever trains them. A run's id is its folder's name; what is not in the listing is no run,
/// so that no id can lead elsewhere. A run is read again only when its files have changed.
/// </summary>
internal sealed class RunCatalog(IOptions<StudioOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RunStamp Stamp, RunSummary Summary)> _read = new(StringComparer.Ordinal);

    /// <summary>The folder of runs.</summary>
    public string Folder => options.Value.Folder;

    /// <summary>The runs, in the order of their names.</summary>
    public IReadOnlyList<RunSummary> List()
    {
        lock (_gate)
        {
            var paths = Paths();
            foreach (string gone in _read.Keys.Except(paths).ToList())
                _read.Remove(gone);
            return [.. paths.Select(Read)];
        }
    }

    /// <summary>Folder of a run by its id.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public RunFolder Open(string id) =>
        Paths().FirstOrDefault(path => Path.GetFileName(path) == id) is { } path
            ? RunFolder.Open(path)
            : throw new ModelException($"there is no run {OneLine.Quote(id)} in {Folder}.");

    private List<string> Paths() =>
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .EnumerateDirectories(Folder)
                    .Where(path => File.Exists(Path.Combine(path, RunFolder.ConfigName)))
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private RunSummary Read(string path)
    {
        var stamp = RunStamp.Of(path);
        if (_read.TryGetValue(path, out var known) && known.Stamp == stamp)
            return known.Summary;
        var summary = RunSummary.Read(path);
        _read[path] = (stamp, summary);
        return summary;
    }
}

/// <summary>What tells one state of a run's files from the next.</summary>
/// <param name="Configured">When its configuration was written.</param>
/// <param name="Metrics">Length of its metrics.</param>
/// <param name="Samples">Length of its samples.</param>
/// <param name="IsTraining">Whether a trainer seems to own it.</param>
internal readonly record struct RunStamp(DateTime Configured, long Metrics, long Samples, bool IsTraining)
{
    /// <summary>The state of a run's files now.</summary>
    public static RunStamp Of(string path)
    {
        var folder = RunFolder.Open(path);
        return new(
            File.GetLastWriteTimeUtc(folder.ConfigPath),
            LengthOf(folder.MetricsPath),
            LengthOf(folder.SamplesPath),
            RunLock.SeemsHeld(folder)
        );
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
