namespace CharRnn;

/// <summary>Suggestion of the known name that a mistyped one was meant to be.</summary>
internal static class NearestName
{
    private const int MaxCharacters = 40;

    /// <summary>
    /// Ends a sentence about a wrong word: <c>; did you mean 'x'?</c> with the known name that it is a likely slip of,
    /// or a full stop.
    /// </summary>
    public static string Suggest(string word, IEnumerable<string> known)
    {
        var nearest = known
            .Select(name => (name, distance: Distance(word, name)))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return nearest.name is { } name && nearest.distance <= Math.Max(1, word.Length / 3)
            ? $"; did you mean '{Cut(name)}'?"
            : ".";
    }

    // A label may have thousands.
    private static string Cut(string name) =>
        name.EnumerateRunes().Skip(MaxCharacters).Any()
            ? string.Concat(name.EnumerateRunes().Take(MaxCharacters - 1)) + "…"
            : name;

    /// <summary>
    /// The Levenshtein distance: insertions, deletions and replacements that turn one word into the other.
    /// </summary>
    private static int Distance(string from, string to)
    {
        int[] previous = Enumerable.Range(0, to.Length + 1).ToArray();
        for (int i = 0; i < from.Length; i++)
        {
            int[] current = new int[to.Length + 1];
            current[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                int replaced = previous[j] + (from[i] == to[j] ? 0 : 1);
                current[j + 1] = Math.Min(replaced, 1 + Math.Min(previous[j + 1], current[j]));
            }

            previous = current;
        }

        return previous[to.Length];
    }
}
