using CharRnn.Analysis;
using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Report.Runs;
using CharRnn.Studio.Models;
using CharRnn.Training;

namespace CharRnn.Studio.Runs;

/// <summary>What a network has learnt by now, to be seen in a sample of its writing.</summary>
/// <param name="RealWords">Share of the sample's words that the text has too; null where the text is not at hand.</param>
/// <param name="ClosedQuotes">Quotation marks that were closed, of those opened.</param>
/// <param name="ClosedBrackets">The same of brackets.</param>
public sealed record SampleFacts(double? RealWords, string ClosedQuotes, string ClosedBrackets)
{
    // The words of so much text are enough to tell words from others.
    private const int MaxSymbols = 5_000_000,
        BlockSymbols = 1 << 16;

    internal static SampleFacts Of(SampleReport sample, Lexicon? lexicon)
    {
        int[] scalars = [.. sample.Text.EnumerateRunes().Select(rune => rune.Value)];
        var meter = new StructureMeter(Math.Max(1, scalars.Length));
        meter.Read(scalars);
        meter.EndPiece();
        double? real = lexicon?.Look(scalars) is (> 0 and var words, var known) ? (double)known / words : null;
        return new SampleFacts(real, Closed(meter.Structure.Quotes), Closed(meter.Structure.Brackets));
    }

    /// <summary>The words of a run's text, or of its beginning; null where it is not at hand.</summary>
    internal static Lexicon? WordsOf(ReportedRun run, CancellationToken cancellationToken)
    {
        try
        {
            using var corpus = RunText.Load(RunFolder.Open(run.Path), run.Configuration, cancellationToken);
            var lexicon = new Lexicon();
            int[] block = new int[BlockSymbols];
            for (long at = 0; at < Math.Min(MaxSymbols, corpus.Ids.Length); at += BlockSymbols)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int[] read = block[..(int)Math.Min(BlockSymbols, corpus.Ids.Length - at)];
                corpus.Ids.CopyTo(at, read);
                lexicon.Read([.. corpus.Vocabulary.Decode(read).EnumerateRunes().Select(rune => rune.Value)]);
            }
            lexicon.EndText();
            return lexicon;
        }
        catch (CharRnnException)
        {
            return null;
        }
    }

    private static string Closed(PairCount pairs) =>
        pairs.Opened == 0 ? "none" : $"{Quantity.Count(pairs.Closed)} of {Quantity.Count(pairs.Opened)}";
}
