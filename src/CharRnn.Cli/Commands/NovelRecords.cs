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

    public void Run(
        int[] prompt,
        int[] echo,
        SamplingOptions options,
        long maxCharacters,
        int count,
        SampleWriter writer
    )
    {
        var known = RecordsOf(training);
        int[] begun = BeginningOfRecord(prompt);
        var (drawn, novel) = (0L, 0);
        long maxDrawn = MaxDrawn(count);
        foreach (
            int[] record in new RecordGenerator(model).Records(
                prompt,
                options,
                maxCharacters == 0 ? null : maxCharacters,
                shell.Interruption.Token
            )
        )
        {
            drawn++;
            int[] whole = [.. begun, .. record];
            if (whole.Length > 0 && !known.Contains(TextScalars.Of(whole, model.Vocabulary)))
            {
                novel++;
                writer.Write(echo);
                writer.Write(record);
                writer.EndSample();
            }

            if (novel == count || drawn == maxDrawn)
                break;
        }

        if (drawn > 0)
            Tell(drawn, novel);
        if (drawn == maxDrawn && novel < count)
            shell.Terminal.Warning(
                $"gave up after {Quantity.Count(drawn)} records; {Quantity.Count(count)} novel ones were asked for."
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

    private void Tell(long drawn, int novel) =>
        shell.Terminal.Message(
            $"novel: {Quantity.Count(novel)} of the {Quantity.Count(drawn)} records drawn are not in "
                + $"{training.Name} ({Quantity.Percent((double)novel / drawn)})"
        );

    /// <summary>What of the prompt belongs to the record: all after the last line's end.</summary>
    private int[] BeginningOfRecord(int[] prompt) =>
        model.Vocabulary.TryGetId('\n', out int lineFeed)
            ? prompt[(Array.LastIndexOf(prompt, lineFeed) + 1)..]
            : prompt;
}
