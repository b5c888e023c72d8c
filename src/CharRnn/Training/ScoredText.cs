using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Training;

/// <summary>
/// Held-out text of a run, scored now and then while training, where time matters more than the last digit, and once at
/// the end. Several stretches are read apart, each from a state of zeros, as char-rnn scores its streams; records are
/// read from their beginnings.
/// </summary>
/// <param name="Ids">The text that the part is of.</param>
/// <param name="Part">
/// The part; without predictions where nothing is held out. Of records it begins and ends with a boundary.
/// </param>
/// <param name="RecordBoundary">The boundary between records; null for prose.</param>
internal sealed record ScoredText(SymbolIds Ids, CorpusPart Part, int? RecordBoundary)
{
    /// <summary>Number of streams that read a part while training, and at the end where it is large.</summary>
    public const int Streams = 32;

    /// <summary>The most characters that the end's figure reads in one stream.</summary>
    public const long MaxInOneStream = 1_000_000;

    /// <summary>The most characters that it reads at all.</summary>
    public const long MaxAtTheEnd = 2_000_000;

    /// <summary>Whether there is nothing to score.</summary>
    public bool IsEmpty => Part.Pairs < 1;

    /// <summary>A part of a text.</summary>
    public static ScoredText Of(Corpus corpus, CorpusPart part) =>
        new(corpus.Ids, part, corpus.IsRecords ? corpus.Vocabulary.BoundaryId : null);

    /// <summary>The validation part of a run: a text of its own, or a part of the one that it trains on.</summary>
    /// <param name="corpus">The text that it trains on.</param>
    /// <param name="part">Part of the text that is held out.</param>
    /// <param name="own">The text of its own; null for none.</param>
    /// <exception cref="SettingsException">There are both, or the text of its own has another vocabulary.</exception>
    public static ScoredText ForValidation(Corpus corpus, CorpusPart part, Corpus? own)
    {
        if (own is null)
            return Of(corpus, part);
        if (part.Pairs > 0)
            throw new SettingsException(
                "validation has a text of its own, and 'ValFrac' would hold out some of the training text as "
                    + "well; set it to 0."
            );
        if (!own.Vocabulary.Symbols.SequenceEqual(corpus.Vocabulary.Symbols))
            throw new SettingsException(
                $"{own.Name} was read with another vocabulary than {corpus.Name}; read both with the same one."
            );
        return Of(own, CorpusPart.Of(new IdRange(0, own.Ids.Length)));
    }

    /// <summary>
    /// Pieces that are scored each time while training: always the same, spread evenly over the part.
    /// </summary>
    /// <param name="maxCharacters">The most characters of it that are predicted; 0 for all.</param>
    public IReadOnlyList<IdRange> PiecesInTraining(long maxCharacters) =>
        Pieces(Streams, maxCharacters > 0 ? maxCharacters : long.MaxValue);

    /// <summary>
    /// The figure at the end: all of the part in one stream, or of a large one up to <see cref="MaxAtTheEnd"/>
    /// characters, spread evenly, in <see cref="Streams"/>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="team">The workers.</param>
    /// <param name="name">Name of the part in progress reports.</param>
    /// <param name="observer">Receives progress.</param>
    /// <returns>Nats per character; null for an empty part.</returns>
    public double? ScoreAtTheEnd(LanguageModel model, WorkerTeam team, string name, ITrainingObserver observer)
    {
        if (IsEmpty)
            return null;
        var pieces = Pieces(Part.Pairs <= MaxInOneStream ? 1 : Streams, MaxAtTheEnd);
        using var evaluator = new Evaluator(model, Math.Min(pieces.Count, Streams), team);
        return evaluator.Run(Ids, pieces, new Scoring(name, pieces.Sum(CorpusPart.PairsOf), observer)).NatsPerChar;
    }

    private sealed class Scoring(string name, long total, ITrainingObserver observer) : IProgress<long>
    {
        public void Report(long value) => observer.OnScoring(new ScoringProgress(name, value, total));
    }

    private IReadOnlyList<IdRange> Pieces(int streams, long maxPairs)
    {
        var pieces = Part.Pieces(streams, maxPairs);
        return RecordBoundary is { } boundary ? [.. pieces.Select(piece => OfWholeRecords(piece, boundary))] : pieces;
    }

    /// <summary>
    /// A piece whose ends are moved on to the next boundaries, as its neighbours' are: within a record nothing would be
    /// known of its beginning.
    /// </summary>
    private IdRange OfWholeRecords(IdRange piece, int boundary)
    {
        long start = Ids.IndexOf(boundary, piece.Start)!.Value,
            last = Ids.IndexOf(boundary, piece.End - 1)!.Value;
        return new IdRange(start, last - start + 1);
    }
}
