namespace CharRnn.Report.Runs;

/// <summary>
/// Short names for runs that tell them apart: the folder's own, with as many of the folders above it as that takes.
/// </summary>
internal static class RunLabels
{
    /// <summary>A label for each of some different folders.</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<string> paths)
    {
        string[][] parts = paths.Select(PartsOf).ToArray();
        return [.. parts.Select((own, run) => LabelOf(own, [.. parts.Where((_, other) => other != run)]))];
    }

    private static string LabelOf(string[] own, string[][] others)
    {
        int length = 1;
        while (length < own.Length && others.Any(other => own.TakeLast(length).SequenceEqual(other.TakeLast(length))))
            length++;
        return string.Join('/', own.TakeLast(length));
    }

    private static string[] PartsOf(string path) =>
        Path.GetFullPath(path)
            .Split(
                [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar],
                StringSplitOptions.RemoveEmptyEntries
            );
}
