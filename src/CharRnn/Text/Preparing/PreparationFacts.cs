namespace CharRnn.Datasets;

/// <summary>What the preparation of a text found and did.</summary>
internal sealed record PreparationFacts
{
    /// <summary>Distinct characters before normalising and folding; null where neither was done.</summary>
    public int? DistinctBefore { get; init; }

    /// <summary>Distinct characters afterwards.</summary>
    public int? DistinctAfter { get; init; }

    /// <summary>How many times a run of combining characters was too long to be normalised in one piece.</summary>
    public long CutPieces { get; init; }

    /// <summary>Places that NFC would change; counted where nothing is normalised or folded.</summary>
    public long NotComposed { get; init; }

    /// <summary>Characters without an ASCII form, where there was folding.</summary>
    public long Unfolded { get; init; }

    /// <summary>How many different ones they are.</summary>
    public int DistinctUnfolded { get; init; }

    /// <summary>Characters left out at the beginning.</summary>
    public long Skipped { get; init; }

    /// <summary>Characters left out at the end.</summary>
    public long CutOff { get; init; }

    /// <summary>Lines left out because an earlier one was equal.</summary>
    public long RepeatedLines { get; init; }

    /// <summary>Texts or records that have boundaries between them; 0 where there are no boundaries.</summary>
    public long Texts { get; init; }

    /// <summary>Empty lines left out among records.</summary>
    public long EmptyLines { get; init; }

    /// <summary>Characters that were replaced because they are rare.</summary>
    public long Rare { get; init; }

    /// <summary>How many different ones they are.</summary>
    public int DistinctRare { get; init; }

    /// <summary>What was done, for people, one line each.</summary>
    /// <param name="preparation">What was asked for.</param>
    internal IEnumerable<string> Lines(TextPreparation preparation)
    {
        if (DistinctBefore is { } before && DistinctAfter is { } after)
        {
            string by =
                preparation.Fold == Folding.None ? "normalising"
                : preparation.Normalize == Normalization.None ? "folding"
                : "normalising and folding";
            yield return FormattableString.Invariant($"distinct characters: {before:N0} before, {after:N0} after {by}");
        }
        if (CutPieces > 0)
            yield return FormattableString.Invariant(
                $"runs of more than {NormalizingStage.LongestPiece:N0} combining characters were normalised in parts, {CutPieces:N0} times"
            );
        if (Unfolded > 0)
            yield return FormattableString.Invariant(
                $"characters without an ASCII form, kept as they are: {Unfolded:N0} ({DistinctUnfolded:N0} distinct)"
            );
        if (preparation.SkipChars > 0 || preparation.MaxChars is not null)
            yield return FormattableString.Invariant(
                $"characters left out: {Skipped:N0} at the beginning, {CutOff:N0} at the end"
            );
        if (preparation.UniqueLines)
            yield return FormattableString.Invariant($"repeated lines left out: {RepeatedLines:N0}");
        if (preparation.Records)
            yield return FormattableString.Invariant($"records: {Texts:N0}; empty lines left out: {EmptyLines:N0}");
        else if (Texts > 0)
            yield return FormattableString.Invariant(
                $"texts: {Texts:N0}, with a boundary before, between and after them ('JoinFiles' leaves it out)"
            );
        if (preparation.MinCount > 1)
            yield return FormattableString.Invariant(
                $"characters seen fewer than {preparation.MinCount:N0} times, now one unknown symbol: {DistinctRare:N0} distinct, {Rare:N0} in all"
            );
    }
}
