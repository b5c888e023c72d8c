using CharRnn.Models;
using CharRnn.Text;
using CharRnn.Threading;

namespace CharRnn.Training;

/// <summary>
/// Scores a part that was held out: now and then while training, where time matters more than the last digit, and once at the end. Several stretches are read apart, each from a
/// state of zeros, as char-rnn scores its streams.
/// </summary>
internal static class PartScorer
{
    /// <summary>How many streams a part is read in while training, and at the end where it is large.</summary>
    public const int Streams = 32;

    /// <summary>The most characters that the end's figure reads in one stream.</summary>
    public const long MostInOneStream = 1_000_000;

    /// <summary>The most characters that it reads at all.</summary>
    public const long MostAtTheEnd = 10_000_000;

    /// <summary>What is scored again and again while training: the same pieces each time, spread evenly over the part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="mostCharacters">The most characters of it that are predicted; 0 for all.</param>
    public static IReadOnlyList<IdRange> PiecesInTraining(CorpusPart part, long mostCharacters) =>
        part.Pieces(Streams, mostCharacters > 0 ? mostCharacters : long.MaxValue);

    /// <summary>
    /// The figure at the end: all of the part in one stream, or of a large one up to <see cref="MostAtTheEnd"/> characters, spread evenly, in <see cref="Streams"/>.
    /// </summary>
    /// <returns>Nats per character; null for an empty part.</returns>
    public static double? AtTheEnd(LanguageModel model, SymbolIds ids, CorpusPart part, WorkerTeam team)
    {
        if (part.Pairs < 1) return null;
        var pieces = part.Pieces(part.Pairs <= MostInOneStream ? 1 : Streams, MostAtTheEnd);
        using var evaluator = new Evaluator(model, Math.Min(pieces.Count, Streams), team);
        return evaluator.Run(ids, pieces).NatsPerChar;
    }
}
