using CharRnn.Datasets;

namespace CharRnn.Cli.Flags;

/// <summary>A text that a run was trained on and that has been moved since, or is looked for from another folder.</summary>
internal static class MovedText
{
    /// <summary>The sources of a run's text, all of which are there.</summary>
    /// <param name="sources">The sources as the run has them.</param>
    /// <param name="advice">What to do, as the end of a sentence.</param>
    /// <exception cref="CorpusException">One is not there.</exception>
    public static IReadOnlyList<string> RequireThere(IReadOnlyList<string> sources, string advice)
    {
        if (sources.FirstOrDefault(source => !IsThere(source)) is not { } missing)
            return sources;
        string seen = Path.IsPathRooted(missing) ? "" : $", as seen from {Directory.GetCurrentDirectory()}";
        throw new CorpusException(
            $"the run's text was {TextEscape.ForTerminal(missing, keepLineFeedsAndTabs: false)}, which is no longer "
                + $"there{seen}; {advice}. The run remembers it."
        );
    }

    private static bool IsThere(string source) =>
        File.Exists(source) || Directory.Exists(source) || EmbeddedDatasets.Find(source) is not null;
}
