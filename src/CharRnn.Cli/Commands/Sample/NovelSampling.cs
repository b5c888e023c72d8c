using CharRnn.Analysis;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn sample --novel</c> of a model of records: only those that the training text has not, and on standard
/// error which share that was.
/// </summary>
internal sealed class NovelRecords(Shell shell, LanguageModel model, Corpus training)
{
    private const int MaxDrawnForEach = 100,
        MinBeforeGivingUp = 1000;

    /// <summary>Writes the records of each prompt.</summary>
    public void Run(SampleOrder order, SampleWriter writer)
    {
        var known = RecordsOf(training);
        foreach (int[] prompt in order.Prompts)
            Run(order, prompt, known, writer);
        writer.Finish();
    }

    private void Run(SampleOrder order, int[] prompt, RecordSet known, SampleWriter writer)
    {
        int[] begun = BeginningOfRecord(prompt);
        var (drawn, novel) = (0L, 0);
        long maxDrawn = MaxDrawn(order.Count);
        foreach (
            var record in new RecordGenerator(model).Texts(
                prompt,
                order.Options,
                order.Bounds.After(prompt),
                order.Stop,
                cancellationToken: shell.Interruption.Token
            )
        )
        {
            drawn++;
            int[] whole = [.. begun, .. record.Ids];
            if (whole.Length > 0 && !known.Contains(TextScalars.Of(whole, model.Vocabulary)))
            {
                novel++;
                writer.Write(order.Heading(model, prompt, (int)drawn), order.Echo(prompt), record);
            }

            if (novel == order.Count || drawn == maxDrawn)
                break;
        }

        if (drawn > 0)
            Print(drawn, novel);
        if (drawn == maxDrawn && novel < order.Count)
            shell.Terminal.Warning(
                $"gave up after {Quantity.Count(drawn)} records; {Quantity.Count(order.Count)} novel ones were asked "
                    + "for."
            );
    }

    /// <summary>After how many records to give up on so many novel ones.</summary>
    public static long MaxDrawn(int count) => Math.Max((long)count * MaxDrawnForEach, MinBeforeGivingUp);

    /// <summary>The records of a text.</summary>
    public static RecordSet RecordsOf(Corpus text)
    {
        var records = new RecordSet();
        foreach (int[] block in TextScalars.Read(text.Ids, text.Vocabulary))
            records.Read(block);
        records.EndRecord();
        return records;
    }

    private void Print(long drawn, int novel) =>
        shell.Terminal.Message(
            $"novel: {Quantity.Count(novel)} of the {Quantity.Count(drawn)} records drawn are not in "
                + $"{training.Name} ({Quantity.Percent((double)novel / drawn)})"
        );

    /// <summary>The part of the prompt that belongs to the record: all after the last line's end.</summary>
    private int[] BeginningOfRecord(int[] prompt) =>
        model.Vocabulary.LineEndId is { } lineEnd ? prompt[(Array.LastIndexOf(prompt, lineEnd) + 1)..] : prompt;
}

/// <summary>
/// <c>charrnn sample --novel</c> of a model of prose: how much of what was written the training text has word for word,
/// as a message on standard error.
/// </summary>
internal sealed class CopiedSpans(Shell shell, LanguageModel model, Corpus training)
{
    private const int MaxQuotation = 300;

    public void Print(IReadOnlyList<int[]> texts)
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
        var shown = sample.AsSpan(span.SampleStart, Math.Min(span.Length, MaxQuotation));
        return $"\"{TextScalars.ToText(shown)}{(span.Length > MaxQuotation ? "…" : "")}\"";
    }
}
