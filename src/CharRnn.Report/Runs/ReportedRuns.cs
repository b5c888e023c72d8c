using CharRnn.Training;

namespace CharRnn.Report.Runs;

/// <summary>Reads the runs of a report, of whichever kind they are.</summary>
public static class ReportedRuns
{
    /// <summary>Reads runs.</summary>
    /// <param name="paths">Folders that <c>train</c> or <c>classify train</c> made, each named once.</param>
    /// <returns>
    /// Language models' runs (<see cref="ReportedRun"/>) or classifiers' (<see cref="ClassifierRun"/>), never both.
    /// </returns>
    /// <exception cref="SettingsException">
    /// There is none, or one is named twice, or they are not of one kind.
    /// </exception>
    /// <exception cref="ModelException">One is no run, or cannot be read.</exception>
    public static IReadOnlyList<IReportedRun> ReadAll(IReadOnlyList<string> paths)
    {
        var folders = Open(paths);
        var classifiers = folders.ToLookup(named => IsClassifier(named.Folder));
        if (
            classifiers[true].FirstOrDefault().Folder is { } classifier
            && classifiers[false].FirstOrDefault().Folder is { } languageModel
        )
            throw new SettingsException(
                $"{classifier.Path} is a classifier's run and {languageModel.Path} a language model's, and they "
                    + "have no figures in common; make a report of each."
            );
        return
        [
            .. folders.Select(
                IReportedRun (named) =>
                    IsClassifier(named.Folder)
                        ? new ClassifierRun(named.Folder, named.Label)
                        : new ReportedRun(named.Folder, named.Label)
            ),
        ];
    }

    /// <summary>A run whose logs were read already.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    internal static IReportedRun Of(RunFolder folder, string label, RunHistory history) =>
        IsClassifier(folder) ? new ClassifierRun(folder, label, history) : new ReportedRun(folder, label, history);

    /// <summary>Opens run folders, and gives each a label.</summary>
    internal static IReadOnlyList<(RunFolder Folder, string Label)> Open(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
            throw new SettingsException("there is no run to report on; name at least one");
        var folders = paths.Select(RunFolder.Open).ToList();
        var twice = folders.GroupBy(folder => Path.GetFullPath(folder.Path)).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
            throw new SettingsException($"the run {twice.First().Path} is named twice; name each once");
        return [.. folders.Zip(RunLabels.For([.. folders.Select(folder => folder.Path)]))];
    }

    // A damaged configuration counts as a language model's, whose reader then says what is wrong with it.
    private static bool IsClassifier(RunFolder folder) => ClassifierConfiguration.IsOne(folder.ReadConfig());
}
