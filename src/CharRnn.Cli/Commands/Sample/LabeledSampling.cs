using CharRnn.Analysis;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary>Sampling from a model with labels.</summary>
/// <param name="Labels">The labels, one after another.</param>
/// <param name="Beginnings">Prompts, under each label one after another.</param>
/// <param name="Count">Number of texts under each label with each prompt.</param>
/// <param name="MaxCharacters">After how many symbols a text ends in any case; 0 for never.</param>
/// <param name="Stop">Text before which it ends too; null for none.</param>
/// <param name="IsEchoed">Whether beginnings are written too.</param>
/// <param name="IsNovel">Whether only texts are written that are not among the training data.</param>
internal sealed record LabeledOrder(
    IReadOnlyList<LabelBlend> Labels,
    IReadOnlyList<int[]> Beginnings,
    int Count,
    long MaxCharacters,
    string? Stop,
    bool IsEchoed,
    bool IsNovel
);

/// <summary>
/// <c>charrnn sample --label</c>: texts that a model with labels writes, a line each; under several labels with the
/// label and a tab before it. At the end a table on standard error says how many are new, how many came before, and
/// the labels that a classifier gives them.
/// </summary>
/// <param name="shell">The surroundings.</param>
/// <param name="model">The model.</param>
/// <param name="training">The training data; null where they are not at hand.</param>
/// <param name="classifier">The classifier that judges the samples; null for none.</param>
internal sealed class LabeledSampling(
    Shell shell,
    LanguageModel model,
    Corpus? training,
    SequenceClassifier? classifier
)
{
    private readonly RecordSet? _known = training is null ? null : NovelRecords.RecordsOf(training);

    /// <summary>Writes the texts.</summary>
    public void Run(LabeledOrder order, SamplingOptions options)
    {
        using var output = new OutputLines(shell);
        var tallies = new List<SampleTally>();
        foreach (var label in order.Labels)
        {
            var tally = new SampleTally(label);
            tallies.Add(tally);
            foreach (int[] beginning in order.Beginnings)
                Write(label, beginning, order, options, tally, output);
            if (shell.Interruption.Token.IsCancellationRequested)
                break;
        }

        output.Flush();
        if (tallies.Sum(tally => tally.Drawn) > 1)
            new SampleTable(tallies, classifier, model.Labels, _known is not null).Print(shell.Terminal);
    }

    private void Write(
        LabelBlend label,
        int[] beginning,
        LabeledOrder order,
        SamplingOptions options,
        SampleTally tally,
        OutputLines output
    )
    {
        var (drawn, written) = (0L, 0);
        long maxDrawn = order.IsNovel ? NovelRecords.MaxDrawn(order.Count) : order.Count;
        string begun = model.Vocabulary.Decode(beginning),
            prefix = order.Labels.Count > 1 ? $"{label}\t" : "";
        foreach (
            int[] record in new RecordGenerator(model, label).Records(
                beginning,
                options,
                order.MaxCharacters == 0 ? null : order.MaxCharacters,
                shell.Interruption.Token
            )
        )
        {
            drawn++;
            string rest = Stopped(model.Vocabulary.Decode(record), order.Stop);
            bool isNovel =
                _known is null || !_known.Contains([.. (begun + rest).EnumerateRunes().Select(rune => rune.Value)]);
            tally.Add(begun + rest, isNovel);
            if (isNovel || !order.IsNovel)
            {
                written++;
                string line = prefix + (order.IsEchoed ? begun : "") + rest;
                output.Text.WriteLine(shell.IsOutputTerminal ? TextEscape.ForTerminal(line) : line);
                output.FlushSoon();
            }

            if (written == order.Count || drawn == maxDrawn)
                break;
        }

        if (order.IsNovel && drawn == maxDrawn && written < order.Count)
            shell.Terminal.Warning(
                $"gave up on {label} after {Quantity.Count(drawn)} records; {Quantity.Count(order.Count)} novel "
                    + "ones were asked for."
            );
    }

    private static string Stopped(string text, string? stop)
    {
        int end = stop is null ? -1 : text.IndexOf(stop, StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }
}
