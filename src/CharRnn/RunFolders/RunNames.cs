using System.Globalization;
using System.Text;
using CharRnn.Checkpoints;

namespace CharRnn;

/// <summary>Names of runs in a folder of runs: the corpus and a number, such as <c>runs/dragons-001</c>.</summary>
internal static class RunNames
{
    /// <summary>
    /// A folder for a new run: <c>root/corpus-001</c>, with the number after the highest one there is.
    /// </summary>
    /// <param name="root">The folder of runs; it need not exist.</param>
    /// <param name="corpusName">
    /// Name of the data, which runs are named after; characters that some file system refuses become hyphens.
    /// </param>
    /// <exception cref="CharRnnException">The folder of runs cannot be read.</exception>
    public static string NextFree(string root, string corpusName)
    {
        int highest = Numbered(root, corpusName).Select(entry => entry.Number).DefaultIfEmpty(0).Max();
        return Path.Combine(
            root,
            string.Create(CultureInfo.InvariantCulture, $"{SafeName(corpusName)}-{highest + 1:D3}")
        );
    }

    /// <summary>The run of that corpus with the highest number in a folder of runs; null where there is none.</summary>
    /// <param name="root">The folder of runs; it need not exist.</param>
    /// <param name="corpusName">Name of the data, which runs are named after.</param>
    /// <exception cref="CharRnnException">The folder of runs cannot be read.</exception>
    public static string? Newest(string root, string corpusName)
    {
        var runs = Numbered(root, corpusName)
            .Where(entry => File.Exists(Path.Combine(entry.Path, RunFolder.ConfigName)));
        return runs.OrderByDescending(entry => entry.Number).Select(entry => entry.Path).FirstOrDefault();
    }

    private static List<(int Number, string Path)> Numbered(string root, string corpusName)
    {
        string prefix = SafeName(corpusName) + "-";
        var entries = new List<(int, string)>();
        try
        {
            foreach (string entry in Directory.Exists(root) ? Directory.EnumerateFileSystemEntries(root) : [])
            {
                string name = Path.GetFileName(entry);
                // Not every file system tells upper case from lower.
                if (
                    name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                    && int.TryParse(
                        name.AsSpan(prefix.Length),
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out int number
                    )
                    && number < int.MaxValue
                )
                    entries.Add((number, entry));
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot look into {root}: {OneLine.Reason(refusal)}", refusal);
        }
        return entries;
    }

    private static string SafeName(string name)
    {
        const int longest = 60;
        var safe = new StringBuilder();
        foreach (char c in name)
        {
            bool isPlain =
                char.IsLetterOrDigit(c)
                || c == '_'
                || CharUnicodeInfo.GetUnicodeCategory(c)
                    is UnicodeCategory.NonSpacingMark
                        or UnicodeCategory.SpacingCombiningMark;
            if (isPlain)
                safe.Append(c);
            else if (safe.Length > 0 && safe[^1] != '-')
                safe.Append('-');
            if (safe.Length == longest)
                break;
        }
        string trimmed = safe.ToString().TrimEnd('-');
        return trimmed.Length > 0 ? trimmed : "run";
    }
}
