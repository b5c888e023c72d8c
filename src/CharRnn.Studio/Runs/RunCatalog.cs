using CharRnn.Checkpoints;
using CharRnn.Report.Runs;
using CharRnn.Training;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Runs;

/// <summary>
/// The runs of the folder, whoever trains them. A run's id is its folder's name; what is not in the listing is no run,
/// so that no id can lead elsewhere. Of a run that grows only what was added is read.
/// </summary>
internal sealed class RunCatalog(IOptions<StudioOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KnownRun> _known = new(StringComparer.Ordinal);

    /// <summary>The folder of runs.</summary>
    public string Folder => options.Value.Folder;

    /// <summary>The runs, in the order of their names. The same run is the same object until it changes.</summary>
    public IReadOnlyList<RunSummary> List()
    {
        lock (_gate)
        {
            var paths = Paths();
            foreach (string gone in _known.Keys.Except(paths).ToList())
                _known.Remove(gone);
            return [.. paths.Select(path => Refresh(path).Summary)];
        }
    }

    /// <summary>A run with its logs so far. It is the same object until it changes.</summary>
    /// <exception cref="ModelException">There is none of this id, or it cannot be read.</exception>
    public IReportedRun Read(string id)
    {
        string path = Open(id).Path;
        lock (_gate)
        {
            var known = Refresh(path);
            return known.Run ?? throw new ModelException(known.Summary.Fault ?? $"{path} cannot be read.");
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

    private KnownRun Refresh(string path)
    {
        var stamp = RunStamp.Of(path);
        try
        {
            if (_known.TryGetValue(path, out var known) && known.Stamp == stamp)
                return known;
            var folder = RunFolder.Open(path);
            var tail = known?.Tail ?? new RunTail(folder);
            tail.Read();
            var run = ReportedRuns.Of(folder, Path.GetFileName(path), tail.History);
            return _known[path] = new KnownRun(stamp, tail, run, RunSummary.Of(run));
        }
        catch (CharRnnException)
        {
            // What it says of itself is read whole, and from the beginning once its files change.
            return _known[path] = new KnownRun(stamp, null, null, RunSummary.Read(path));
        }
    }

    private sealed record KnownRun(RunStamp Stamp, RunTail? Tail, IReportedRun? Run, RunSummary Summary);
}

/// <summary>What tells one state of a run's files from the next.</summary>
/// <param name="Configured">When its configuration was written.</param>
/// <param name="Metrics">Length of its metrics.</param>
/// <param name="Samples">Length of its samples.</param>
/// <param name="Result">When its result was written.</param>
/// <param name="IsTraining">Whether a trainer seems to own it.</param>
internal readonly record struct RunStamp(
    DateTime Configured,
    long Metrics,
    long Samples,
    DateTime Result,
    bool IsTraining
)
{
    /// <summary>The state of a run's files now.</summary>
    public static RunStamp Of(string path)
    {
        var folder = RunFolder.Open(path);
        return new(
            File.GetLastWriteTimeUtc(folder.ConfigPath),
            LengthOf(folder.MetricsPath),
            LengthOf(folder.SamplesPath),
            File.GetLastWriteTimeUtc(folder.ResultPath),
            RunLock.SeemsHeld(folder)
        );
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
