using CharRnn.Analysis;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

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
    private const int MaxSideBySide = 64;

    private readonly RecordSet? _known = training is null ? null : NovelRecords.RecordsOf(training);

    /// <summary>Writes the texts: all of the first label, and of it all of the first prompt.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="order">The texts of each label.</param>
    /// <param name="writer">Writer of the texts.</param>
    public void Run(IReadOnlyList<LabelBlend> labels, SampleOrder order, SampleWriter writer)
    {
        var tallies = new List<SampleTally>();
        foreach (var label in labels)
        {
            var tally = new SampleTally(label);
            tallies.Add(tally);
            foreach (int[] prompt in order.Prompts)
                Write(label, labels.Count > 1 ? $"{label}\t" : "", prompt, order, tally, writer);
            if (shell.Interruption.Token.IsCancellationRequested)
                break;
        }

        writer.Finish();
        if (classifier is not null || tallies.Sum(tally => tally.Drawn) > 1)
            new SampleTable(tallies, classifier, model.Labels, _known is not null).Print(shell.Terminal);
    }

    private void Write(
        LabelBlend label,
        string prefix,
        int[] prompt,
        SampleOrder order,
        SampleTally tally,
        SampleWriter writer
    )
    {
        var (drawn, written) = (0L, 0);
        long maxDrawn = order.IsNovel ? NovelRecords.MaxDrawn(order.Count) : order.Count;
        string begun = model.Vocabulary.Decode(prompt);
        foreach (
            var record in new RecordGenerator(model, label).Texts(
                prompt,
                order.Options,
                order.Bounds.After(prompt),
                order.Stop,
                (int)Math.Min(maxDrawn, MaxSideBySide),
                shell.Interruption.Token
            )
        )
        {
            drawn++;
            string text = begun + model.Vocabulary.Decode([.. record.Ids]);
            bool isNovel = _known is null || !_known.Contains([.. text.EnumerateRunes().Select(rune => rune.Value)]);
            tally.Add(text, isNovel);
            if (isNovel || !order.IsNovel)
            {
                written++;
                writer.Write(
                    order.Heading(model, prompt, (int)drawn) with
                    {
                        Label = label,
                        Prefix = prefix,
                    },
                    order.Echo(prompt),
                    record
                );
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
}
