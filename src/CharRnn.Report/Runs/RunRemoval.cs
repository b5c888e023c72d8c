using CharRnn.Checkpoints;

namespace CharRnn.Report.Runs;

/// <summary>Deletion of runs: only of folders that a trainer made, that hold nothing else, and that no trainer owns.</summary>
internal static class RunRemoval
{
    private const string LockName = "run.lock";

    /// <summary>Refuses a run that is being trained.</summary>
    /// <exception cref="CharRnnException">It is.</exception>
    public static void RequireIdle(RunFolder run)
    {
        if (RunLock.SeemsHeld(run))
            throw new CharRnnException($"the run {run.Path} is being trained; stop that first.");
        RunLock.Acquire(run).Dispose();
    }

    /// <summary>Refuses a folder that is more than a run, or in use.</summary>
    /// <exception cref="SettingsException">It is a link, or holds a folder of something else.</exception>
    /// <exception cref="CharRnnException">It is no run, or being trained.</exception>
    public static void RequireDeletable(RunFolder run)
    {
        if (new DirectoryInfo(run.Path).LinkTarget is not null)
            throw new SettingsException($"{run.Path} is a link; name the folder itself.");
        // Many folders hold a config.json; only a run has one that can be read as such.
        _ = ReportedRuns.ReadAll([run.Path]);
        if (
            Directory.EnumerateDirectories(run.Path).FirstOrDefault(folder => folder != run.CheckpointsPath) is
            { } foreign
        )
            throw new SettingsException(
                $"{run.Path} holds a folder that is no part of a run, {Path.GetFileName(foreign)}; move that away "
                    + "first."
            );
        RequireIdle(run);
    }

    /// <summary>Deletes a run that can be deleted.</summary>
    /// <exception cref="CharRnnException">A file of it cannot be deleted.</exception>
    public static void Delete(RunFolder run)
    {
        try
        {
            using (RunLock.Acquire(run))
            {
                // First of all: what is left if the rest fails is no run any more.
                File.Delete(run.ConfigPath);
                if (Directory.Exists(run.CheckpointsPath))
                    Directory.Delete(run.CheckpointsPath, recursive: true);
                foreach (
                    string file in Directory.EnumerateFiles(run.Path).Where(file => Path.GetFileName(file) != LockName)
                )
                    File.Delete(file);
            }
            Directory.Delete(run.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot delete {run.Path}: {failure.Message}", failure);
        }
    }
}
