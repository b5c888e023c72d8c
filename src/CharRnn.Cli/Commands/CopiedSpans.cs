using CharRnn.Analysis;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn sample --novel</c> of a model of prose: how much of what was written the training text has word for word,
/// told on standard error.
/// </summary>
internal sealed class CopiedSpans(Shell shell, LanguageModel model, Corpus training)
{
    private const int LongestQuotation = 300;

    public void Tell(IReadOnlyList<int[]> texts)
    {
        int[][] samples = [.. texts.Select(ids => TextScalars.Of(ids, model.Vocabulary))];
        var detector = new CopyDetector(samples);
        foreach (int[] block in TextScalars.Read(training.Ids, training.Vocabulary))
            detector.Read(block);
        var report = detector.Report();
        if (report.Longest is not { } longest)
        {
            shell.Terminal.Message($"longest span copied from {training.Name}: none");
            return;
        }

        var (boundaries, line, column) = TextScalars.PlaceOf(training.Ids, training.Vocabulary, longest.TextStart);
        string file = HasBoundaryBeforeEachFile() ? training.Sources[boundaries - 1] : "its";
        string sample = samples.Length > 1 ? $" in sample {longest.Sample + 1}" : "";
        shell.Terminal.Message(
            $"longest span copied from {training.Name}:{sample} {Quantity.Count(longest.Length)} characters, "
                + $"from {file} line {line}, column {column}: {Quotation(samples[longest.Sample], longest)}"
        );
        shell.Terminal.Message(
            $"of the {Quantity.Count(report.Characters)} characters written, "
                + $"{Quantity.Percent(report.Share20)} lie in copied spans of 20 or more, "
                + $"{Quantity.Percent(report.Share50)} in spans of 50 or more"
        );
    }

    // Not where a file held nothing: then there are fewer texts than files.
    private bool HasBoundaryBeforeEachFile()
    {
        if (training.IsRecords || training.Sources.Count < 2 || training.Vocabulary.BoundaryId is null)
            return false;
        long boundaries = 0;
        foreach (int[] block in TextScalars.Read(training.Ids, training.Vocabulary))
            boundaries += block.AsSpan().Count(Vocabulary.BoundarySymbol);
        return boundaries == training.Sources.Count + 1;
    }

    /// <summary>The span between quotes; of a long one the beginning.</summary>
    internal static string Quotation(int[] sample, CopiedSpan span)
    {
        var shown = sample.AsSpan(span.SampleStart, Math.Min(span.Length, LongestQuotation));
        return $"\"{TextScalars.ToText(shown)}{(span.Length > LongestQuotation ? "…" : "")}\"";
    }
}
