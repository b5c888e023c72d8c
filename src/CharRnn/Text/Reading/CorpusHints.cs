namespace CharRnn.Datasets;

/// <summary>Hints about a text that was read, one line each; none of them stops training.</summary>
internal static class CorpusHints
{
    /// <summary>The hints about spellings, line ends, and files that are read more than once.</summary>
    internal static IEnumerable<string> Of(List<CorpusSource> sources, CorpusFacts facts, TextPreparation preparation)
    {
        if (facts.Prepared.NotComposed > 0)
            yield return "places where the text is spelt otherwise than in Unicode's composed form (NFC): "
                + $"{Quantity.Count(facts.Prepared.NotComposed)}; one letter may then be several different ones, and "
                + "`'Normalize' nfc` makes them alike.";
        List<string> crlf = [.. facts.CrlfSources.Select(index => sources[index].DisplayName)];
        if (crlf.Count > 0 && !preparation.Records)
            yield return $"{Who(crlf)} CRLF line ends; they are trained as they are (two characters a line end). "
                + "`tr -d '\\r'` removes them.";
        List<string> returns = [.. facts.ReturnSources.Select(index => sources[index].DisplayName)];
        if (facts.LoneReturns > 0 && preparation.Records)
            yield return FormattableString.Invariant(
                $"records that a carriage return (CR) alone ends, as a line feed does: {facts.LoneReturns:N0}."
            );
        else if (returns.Count > 0)
            yield return $"{Who(returns)} line ends that are a carriage return (CR) alone; they are trained as they "
                + "are. `tr '\\r' '\\n'` makes them line feeds.";
        if (facts.Separators > 0)
            yield return "characters that end a line for some programs (U+0085, U+2028, U+2029): "
                + $"{Quantity.Count(facts.Separators)}; here they are characters like others, and LF, CR LF or CR ends "
                + "a line.";
        if (sources.Count == 1)
            yield break;
        var twice = sources
            .GroupBy(source => Path.GetFullPath(source.Name), StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)
            ?.First();
        if (twice is not null)
            yield return $"{twice.DisplayName} is read more than once; a validation part may then hold text that "
                + "was trained on.";
    }

    private static string Who(List<string> names) =>
        names.Count == 1 ? $"{names[0]} has" : $"{names[0]} and {names.Count - 1} more have";
}
