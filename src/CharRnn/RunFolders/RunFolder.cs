using System.Globalization;
using System.Text;
using CharRnn.Checkpoints;
using IOPath = System.IO.Path;

namespace CharRnn;

/// <summary>
/// The folder of one training run: <c>config.json</c>, <c>metrics.jsonl</c>, <c>samples.jsonl</c>,
/// <c>checkpoints/step-N.safetensors</c>, <c>last</c> and <c>best</c> (text files that name one checkpoint each,
/// written after it), <c>model.safetensors</c>, and <c>run.lock</c> while a trainer owns it. Whatever moment a trainer
/// is killed at, each file is whole, except perhaps the last line of a log.
/// </summary>
public sealed class RunFolder
{
    internal const string ConfigName = "config.json";
    internal const string ModelName = "model.safetensors";

    private const string TextName = "text.txt";
    private const string LockName = "run.lock";
    private const string CheckpointsName = "checkpoints";
    private const string StepPrefix = "step-";
    private const string StepSuffix = ".safetensors";

    // The highest folder that had to be made for the run; null where there was none.
    private string? _made;

    private RunFolder(string path) => Path = path;

    /// <summary>The folder, as it was named.</summary>
    public string Path { get; }

    /// <summary>
    /// <c>config.json</c>: the settings, and where the run came from. A folder is a run when it has this file.
    /// </summary>
    public string ConfigPath => IOPath.Combine(Path, ConfigName);

    /// <summary><c>metrics.jsonl</c>: one JSON object a line.</summary>
    public string MetricsPath => IOPath.Combine(Path, "metrics.jsonl");

    /// <summary><c>samples.jsonl</c>: one JSON object a line.</summary>
    public string SamplesPath => IOPath.Combine(Path, "samples.jsonl");

    /// <summary><c>result.json</c>: how the run ended; not there while it is trained.</summary>
    public string ResultPath => IOPath.Combine(Path, "result.json");

    /// <summary><c>model.safetensors</c>: the model to use.</summary>
    public string ModelPath => IOPath.Combine(Path, ModelName);

    /// <summary>The text, where it came by standard input and lies nowhere else.</summary>
    internal string TextPath => IOPath.Combine(Path, TextName);

    /// <summary>The folder of checkpoints.</summary>
    public string CheckpointsPath => IOPath.Combine(Path, CheckpointsName);

    /// <summary>The step that <c>last</c> names, where training goes on; null before the first checkpoint.</summary>
    /// <exception cref="ModelException">The file cannot be read or does not name a checkpoint.</exception>
    public long? LastStep => ReadPointer(LastPath);

    /// <summary>The step that <c>best</c> names; null where none was marked.</summary>
    /// <exception cref="ModelException">The file cannot be read or does not name a checkpoint.</exception>
    public long? BestStep => ReadPointer(BestPath);

    internal string LockPath => IOPath.Combine(Path, LockName);

    private string LastPath => IOPath.Combine(Path, "last");

    private string BestPath => IOPath.Combine(Path, "best");

    /// <summary>
    /// Makes the folder of a new run. It becomes a run with <see cref="WriteConfig"/>, which therefore comes after its
    /// first checkpoint.
    /// </summary>
    /// <param name="path">
    /// A folder that does not exist, is empty, or holds no more than a trainer that was killed before it began would
    /// leave.
    /// </param>
    /// <exception cref="SettingsException">
    /// The folder is a run already, or holds something else, or is a file, or has no name.
    /// </exception>
    /// <exception cref="CharRnnException">The folder cannot be made.</exception>
    public static RunFolder Create(string path)
    {
        if (path.Length == 0)
            throw new SettingsException("the name of the run folder is empty; give 'RunFolder.Create' another");
        var run = new RunFolder(IOPath.TrimEndingDirectorySeparator(path));
        if (File.Exists(run.ConfigPath))
            throw new SettingsException(
                $"{run.Path} is a run already; use 'RunFolder.Open' to go on with it, or give 'RunFolder.Create' "
                    + "another "
                    + "folder"
            );
        if (File.Exists(run.Path))
            throw new SettingsException($"{run.Path} is a file; a run needs a folder: give 'RunFolder.Create' another");
        try
        {
            if (
                Directory.Exists(run.Path)
                && Directory.EnumerateFileSystemEntries(run.Path).FirstOrDefault(run.IsForeign) is string foreign
            )
                throw new SettingsException(
                    $"{run.Path} is not a run and is not empty: it holds "
                        + $"{OneLine.Quote(IOPath.GetFileName(foreign))}; give 'RunFolder.Create' another folder"
                );
            run._made = FirstMissing(IOPath.GetFullPath(run.Path));
            Directory.CreateDirectory(run.CheckpointsPath);
            DirectoryFlush.Flush(IOPath.GetDirectoryName(IOPath.GetFullPath(run.Path)) ?? run.Path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            string reason = FileAbove(run.Path) is { } file ? $"{file} is a file" : OneLine.Reason(refusal);
            throw new CharRnnException($"cannot make the run folder {run.Path}: {reason}", refusal);
        }
        return run;
    }

    /// <summary>Opens a run, to read it or to go on with it.</summary>
    /// <param name="path">A folder with a <c>config.json</c>.</param>
    /// <exception cref="ModelException">There is no such folder, or it is not a run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(IOPath.TrimEndingDirectorySeparator(path));
        if (path.Length > 0 && File.Exists(run.ConfigPath))
            return run;
        throw new ModelException(
            Directory.Exists(run.Path)
                ? $"the folder {run.Path} is not a run: it holds no {ConfigName}; name a folder that training made"
                : $"there is no run folder {OneLine.Quote(run.Path)}; name a folder that training made"
        );
    }

    /// <summary>
    /// The run that a model's file belongs to, as its model or one of its checkpoints; null where it lies in none.
    /// </summary>
    public static RunFolder? OfModel(string file)
    {
        string? folder = IOPath.GetDirectoryName(IOPath.GetFullPath(file));
        if (IOPath.GetFileName(folder) == CheckpointsName)
            folder = IOPath.GetDirectoryName(folder);
        return folder is not null && File.Exists(IOPath.Combine(folder, ConfigName)) ? new RunFolder(folder) : null;
    }

    /// <summary>
    /// Takes back what <see cref="Create"/> made and a trainer wrote into it, if it did not become a run and no other
    /// trainer has it.
    /// </summary>
    internal void DeleteIfUnused()
    {
        if (!Directory.Exists(Path))
            return;
        try
        {
            using (RunLock.Acquire(this))
            {
                if (File.Exists(ConfigPath))
                    return;
                if (Directory.Exists(CheckpointsPath))
                    Directory.Delete(CheckpointsPath, recursive: true);
                foreach (string file in new[] { LastPath, BestPath, ModelPath, TextPath })
                    File.Delete(file);
            }
            // Folders above may have been made for this run, and hold another by now.
            string? above = _made is null ? null : IOPath.GetDirectoryName(_made);
            for (
                string? folder = IOPath.GetFullPath(Path);
                above is not null && folder != above && folder is not null;
                folder = IOPath.GetDirectoryName(folder)
            )
                Directory.Delete(folder);
        }
        // The failure that made the run unused is the one to report.
        catch (Exception refusal) when (refusal is CharRnnException or IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Writes <c>config.json</c>, whole or not at all.</summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal void WriteConfig(string json) =>
        AtomicFile.Write(ConfigPath, file => file.Write(Encoding.UTF8.GetBytes(json)));

    /// <summary>The text of <c>config.json</c>.</summary>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    internal string ReadConfig() => ReadText(ConfigPath);

    /// <summary>Writes <c>result.json</c>, whole or not at all.</summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal void WriteResult(string json) =>
        AtomicFile.Write(ResultPath, file => file.Write(Encoding.UTF8.GetBytes(json)));

    /// <summary>The text of <c>result.json</c>; null where there is none.</summary>
    /// <exception cref="ModelException">The file cannot be read.</exception>
    internal string? ReadResult() => File.Exists(ResultPath) ? ReadText(ResultPath) : null;

    /// <summary>Deletes <c>result.json</c>: a run that goes on has no result yet.</summary>
    /// <exception cref="CharRnnException">The file cannot be deleted.</exception>
    internal void DeleteResult()
    {
        try
        {
            File.Delete(ResultPath);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot delete {ResultPath}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    /// <summary>The file of a step's checkpoint, whether or not it exists.</summary>
    internal string CheckpointPath(long step) => IOPath.Combine(CheckpointsPath, CheckpointName(step));

    /// <summary>
    /// Saves <c>checkpoints/step-N.safetensors</c>, and when it is safe on the disk moves <c>last</c> to it.
    /// </summary>
    /// <param name="step">Training steps done, from 0.</param>
    /// <param name="tensors">Weights, optimizer and trainer state.</param>
    /// <param name="metadata">Text by key.</param>
    /// <exception cref="CharRnnException">
    /// A file cannot be written; <c>last</c> then names the checkpoint before.
    /// </exception>
    internal void SaveCheckpoint(long step, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        SafetensorsFile.Write(CheckpointPath(step), tensors, metadata);
        WritePointer(LastPath, step);
    }

    /// <summary>Moves <c>best</c> to a checkpoint that was saved.</summary>
    /// <exception cref="ModelException">There is no checkpoint of that step.</exception>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal void MarkBest(long step)
    {
        if (!File.Exists(CheckpointPath(step)))
            throw new ModelException(
                $"{CheckpointPath(step)} does not exist and cannot be marked the best; save it first"
            );
        WritePointer(BestPath, step);
    }

    /// <summary>Reads one checkpoint.</summary>
    /// <exception cref="ModelException">There is none of that step, or it is not sound.</exception>
    internal SafetensorsFile ReadCheckpoint(long step) => SafetensorsFile.Read(CheckpointPath(step));

    /// <summary>Saves <c>model.safetensors</c>.</summary>
    /// <exception cref="CharRnnException">The file cannot be written; the model before is still there.</exception>
    internal void SaveModel(IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        SafetensorsFile.Write(ModelPath, tensors, metadata);

    /// <summary>
    /// Deletes old checkpoints: all but those that <c>last</c> and <c>best</c> name and the newest
    /// <paramref name="keep"/>.
    /// </summary>
    /// <param name="keep">Number of the newest to keep, from 0.</param>
    /// <exception cref="CharRnnException">A checkpoint cannot be deleted.</exception>
    internal void PruneCheckpoints(int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        long?[] named = [LastStep, BestStep];
        try
        {
            foreach (long step in CheckpointSteps().OrderDescending().Skip(keep).Where(step => !named.Contains(step)))
                File.Delete(CheckpointPath(step));
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException(
                $"cannot remove old checkpoints from {CheckpointsPath}: {OneLine.Reason(refusal)}",
                refusal
            );
        }
    }

    /// <summary>Adds a line to <c>metrics.jsonl</c>, whole and flushed to the system.</summary>
    /// <param name="jsonLine">A JSON object with a whole number <c>step</c>, without line breaks.</param>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal void AppendMetrics(string jsonLine) => JsonLines.Append(MetricsPath, jsonLine);

    /// <summary>Adds a line to <c>samples.jsonl</c>, whole and flushed to the system.</summary>
    /// <param name="jsonLine">A JSON object with a whole number <c>step</c>, without line breaks.</param>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal void AppendSample(string jsonLine) => JsonLines.Append(SamplesPath, jsonLine);

    /// <summary>
    /// On resuming from a checkpoint: drops the metrics of later steps, and a last line that a kill tore.
    /// </summary>
    /// <param name="step">The checkpoint's step, whose own lines stay.</param>
    /// <returns>How many lines were dropped.</returns>
    /// <exception cref="ModelException">A line before the last is not a JSON object with a step.</exception>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    internal int CutMetricsBackTo(long step) => JsonLines.CutBackTo(MetricsPath, step);

    /// <summary>
    /// On resuming from a checkpoint: drops the samples of later steps, and a last line that a kill tore.
    /// </summary>
    /// <inheritdoc cref="CutMetricsBackTo"/>
    internal int CutSamplesBackTo(long step) => JsonLines.CutBackTo(SamplesPath, step);

    // Only the owner of the run may do this: to anyone else, a temporary file may be one that is being written.
    internal void RemoveTemporaries()
    {
        foreach (string folder in new[] { Path, CheckpointsPath }.Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*" + AtomicFile.TemporarySuffix))
                File.Delete(file);
        }
    }

    private bool IsForeign(string entry)
    {
        if (entry == LockPath || IsTemporary(entry))
            return false;
        if (entry == CheckpointsPath)
            return Directory
                .EnumerateFileSystemEntries(entry)
                .Any(file => file != CheckpointPath(0) && !IsTemporary(file));
        return !File.Exists(CheckpointPath(0)) || (entry != LastPath && entry != BestPath && entry != ModelPath);
    }

    private static bool IsTemporary(string entry) =>
        entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);

    private IEnumerable<long> CheckpointSteps() =>
        from file in Directory.EnumerateFiles(CheckpointsPath)
        let step = StepOf(IOPath.GetFileName(file))
        where step is not null
        select step.Value;

    private static string CheckpointName(long step) =>
        string.Create(CultureInfo.InvariantCulture, $"{StepPrefix}{step}{StepSuffix}");

    private static long? StepOf(string name) =>
        name.StartsWith(StepPrefix, StringComparison.Ordinal)
        && name.EndsWith(StepSuffix, StringComparison.Ordinal)
        && long.TryParse(
            name.AsSpan()[StepPrefix.Length..^StepSuffix.Length],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long step
        )
        && CheckpointName(step) == name
            ? step
            : null;

    // The path from the run folder, so that a shell can use what the file says.
    private static string PointerTo(long step) => $"{CheckpointsName}/{CheckpointName(step)}";

    private static void WritePointer(string path, long step) =>
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(PointerTo(step) + "\n")));

    private static long? ReadPointer(string path)
    {
        if (!File.Exists(path))
            return null;
        string text = ReadText(path).Trim();
        long? step = StepOf(
            text.StartsWith(CheckpointsName + "/", StringComparison.Ordinal) ? text[(CheckpointsName.Length + 1)..] : ""
        );
        return step
            ?? throw new ModelException(
                $"{path} holds {OneLine.Quote(text)}; it needs the name of a checkpoint, such as {PointerTo(1000)}"
            );
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"cannot read {path}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    private static string? FileAbove(string path)
    {
        string? above = IOPath.GetDirectoryName(path);
        while (!string.IsNullOrEmpty(above) && !File.Exists(above))
            above = IOPath.GetDirectoryName(above);
        return string.IsNullOrEmpty(above) ? null : above;
    }

    private static string? FirstMissing(string path)
    {
        string? missing = null;
        for (
            string? folder = path;
            folder is not null && !Directory.Exists(folder);
            folder = IOPath.GetDirectoryName(folder)
        )
            missing = folder;
        return missing;
    }
}
