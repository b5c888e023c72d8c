using System.Globalization;

namespace CharRnn.Datasets;

/// <summary>Plan of a preparation: its settings, boundaries and repeated lines.</summary>
/// <param name="Preparation">The settings.</param>
/// <param name="IsSeveral">Whether there are several texts, separated by boundaries.</param>
/// <param name="Repeated">The repeated lines to leave out; null for none.</param>
internal sealed record PreparationPlan(
    TextPreparation Preparation,
    bool IsSeveral = false,
    RepeatedLines? Repeated = null
)
{
    /// <summary>The plan that changes nothing.</summary>
    internal static PreparationPlan Nothing { get; } = new(new TextPreparation());
}

/// <summary>
/// Pipeline of preparation stages, from the sources' symbols to those of the corpus; it has only the stages that the
/// settings need.
/// </summary>
internal sealed class PreparationPipeline : ISymbolSink
{
    private readonly ISymbolSink _first;
    private readonly WatchingStage? _before,
        _after;
    private readonly NormalizingStage? _normalizing;
    private readonly FoldingStage? _folding;
    private readonly CuttingStage? _cutting;
    private readonly BoundaryStage? _boundaries;
    private readonly RepeatedLines? _repeated;

    /// <param name="plan">The plan.</param>
    /// <param name="end">Receiver of the prepared text.</param>
    /// <param name="isWatched">Whether distinct characters are counted before and after.</param>
    internal PreparationPipeline(PreparationPlan plan, ISymbolSink end, bool isWatched = false)
    {
        var preparation = plan.Preparation;
        _repeated = plan.Repeated;
        bool isRewritten = preparation.ForShortTexts() != new TextPreparation();
        var first = end;
        if (preparation.Records || plan.IsSeveral)
            first = _boundaries = new BoundaryStage(preparation.Records, first);
        if (_repeated is not null)
            first = new UniqueLineStage(_repeated, first);
        if (preparation.SkipChars > 0 || preparation.MaxChars is not null)
            first = _cutting = new CuttingStage(preparation.SkipChars, preparation.MaxChars, first);
        if (isRewritten && isWatched)
            first = _after = new WatchingStage(first);
        if (preparation.FoldCase)
            first = new CaseFoldingStage(first);
        if (preparation.Fold == Folding.Ascii)
            first = _folding = new FoldingStage(first);
        if (preparation.Normalize != Normalization.None)
            first = _normalizing = new NormalizingStage(preparation.Normalize == Normalization.Nfkc, first);
        if (isRewritten && isWatched)
            first = _before = new WatchingStage(first);
        _first = first;
    }

    /// <summary>The counts of all stages, once all sources have passed.</summary>
    internal PreparationFacts Facts =>
        new()
        {
            DistinctBefore = _before?.Seen.Count,
            DistinctAfter = _after?.Seen.Count,
            CutPieces = _normalizing?.Cuts ?? 0,
            Unfolded = _folding?.Kept ?? 0,
            DistinctUnfolded = _folding?.DistinctKept ?? 0,
            Skipped = _cutting?.Skipped ?? 0,
            CutOff = _cutting?.CutOff ?? 0,
            RepeatedLines = _repeated?.Count ?? 0,
            Texts = _boundaries?.Texts ?? 0,
            EmptyLines = _boundaries?.EmptyLines ?? 0,
        };

    public void Append(ReadOnlySpan<int> symbols) => _first.Append(symbols);

    public void EndSource() => _first.EndSource();

    public void Finish() => _first.Finish();
}

/// <summary>Counts taken while a text was prepared.</summary>
internal sealed record PreparationFacts
{
    /// <summary>Distinct characters before normalising and folding; null if neither was done.</summary>
    public int? DistinctBefore { get; init; }

    /// <summary>Distinct characters afterwards.</summary>
    public int? DistinctAfter { get; init; }

    /// <summary>Number of times a run of combining characters was too long to be normalised in one piece.</summary>
    public long CutPieces { get; init; }

    /// <summary>Places that NFC would change; counted where nothing is normalised or folded.</summary>
    public long NotComposed { get; init; }

    /// <summary>Characters that folding found no ASCII form for.</summary>
    public long Unfolded { get; init; }

    /// <summary>Number of distinct ones among them.</summary>
    public int DistinctUnfolded { get; init; }

    /// <summary>Characters left out at the beginning.</summary>
    public long Skipped { get; init; }

    /// <summary>Characters left out at the end.</summary>
    public long CutOff { get; init; }

    /// <summary>Lines left out as equal to an earlier one.</summary>
    public long RepeatedLines { get; init; }

    /// <summary>Texts or records separated by boundaries; 0 without boundaries.</summary>
    public long Texts { get; init; }

    /// <summary>Empty lines left out among records.</summary>
    public long EmptyLines { get; init; }

    /// <summary>Characters that were replaced because they are rare.</summary>
    public long Rare { get; init; }

    /// <summary>Number of distinct ones among them.</summary>
    public int DistinctRare { get; init; }

    /// <summary>Report of the preparation, one line for each step.</summary>
    /// <param name="preparation">The settings.</param>
    internal IEnumerable<string> Lines(TextPreparation preparation)
    {
        if (DistinctBefore is { } before && DistinctAfter is { } after)
        {
            string by =
                preparation is { Fold: Folding.None, FoldCase: false } ? "normalising"
                : preparation.Normalize == Normalization.None ? "folding"
                : "normalising and folding";
            yield return FormattableString.Invariant($"distinct characters: {before:N0} before, {after:N0} after {by}");
        }
        if (CutPieces > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"runs of more than {NormalizingStage.MaxPieceLength:N0} combining characters were normalised in "
                    + $"parts, {CutPieces:N0} times"
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
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"characters seen fewer than {preparation.MinCount:N0} times, now one unknown symbol: "
                    + $"{DistinctRare:N0} distinct, {Rare:N0} in all"
            );
    }
}
