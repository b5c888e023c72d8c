namespace CharRnn.Datasets;

/// <summary>What is to be done to the texts of a reading.</summary>
/// <param name="Preparation">What was asked for.</param>
/// <param name="IsSeveral">Whether there are several texts, with boundaries between them.</param>
/// <param name="Repeated">The lines to leave out; null for none.</param>
internal sealed record PreparationPlan(
    TextPreparation Preparation,
    bool IsSeveral = false,
    RepeatedLines? Repeated = null
)
{
    /// <summary>Nothing is done.</summary>
    internal static PreparationPlan Nothing { get; } = new(new TextPreparation());
}

/// <summary>
/// All that is done to a text, stage after stage, from its sources' symbols to those that are learnt; nothing where
/// nothing is asked for.
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

    /// <param name="plan">What is done.</param>
    /// <param name="end">Takes the prepared text.</param>
    /// <param name="isWatched">Whether distinct characters are counted before and after.</param>
    internal PreparationPipeline(PreparationPlan plan, ISymbolSink end, bool isWatched = false)
    {
        var preparation = plan.Preparation;
        _repeated = plan.Repeated;
        bool isRewritten = preparation.Normalize != Normalization.None || preparation.Fold != Folding.None;
        var first = end;
        if (preparation.Records || plan.IsSeveral)
            first = _boundaries = new BoundaryStage(preparation.Records, first);
        if (_repeated is not null)
            first = new UniqueLineStage(_repeated, first);
        if (preparation.SkipChars > 0 || preparation.MaxChars is not null)
            first = _cutting = new CuttingStage(preparation.SkipChars, preparation.MaxChars, first);
        if (isRewritten && isWatched)
            first = _after = new WatchingStage(first);
        if (preparation.Fold == Folding.Ascii)
            first = _folding = new FoldingStage(first);
        if (preparation.Normalize != Normalization.None)
            first = _normalizing = new NormalizingStage(preparation.Normalize == Normalization.Nfkc, first);
        if (isRewritten && isWatched)
            first = _before = new WatchingStage(first);
        _first = first;
    }

    /// <summary>What was done, once all sources have passed.</summary>
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
