namespace CharRnn.Datasets;

/// <summary>Names of a folder's files that were not read, for one line that tells them.</summary>
internal static class UnreadFiles
{
    private const int MaxNamed = 3;

    /// <summary><c>a.md, b.png, c.pdf and 12 more</c>, the first in ordinal order.</summary>
    internal static string List(IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        string named = string.Join(", ", all.Take(MaxNamed).Select(CorpusFiles.Display));
        return all.Length > MaxNamed ? $"{named} and {Quantity.Count(all.Length - MaxNamed)} more" : named;
    }

    /// <summary>The hint on files of a folder that no pattern matches.</summary>
    internal static string Hint(IReadOnlyList<string> names, IEnumerable<string> include) =>
        $"not read: {List(names)}; 'Include' {string.Join(" and ", include)} leaves "
        + $"{(names.Count == 1 ? "it" : "them")} out.";
}
