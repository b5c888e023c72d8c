using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Result of sampling texts of one label.</summary>
/// <param name="label">The label asked for.</param>
internal sealed class SampleTally(LabelBlend label)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    /// <summary>The label asked for.</summary>
    public LabelBlend Label => label;

    /// <summary>The texts, in their order.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Number of texts.</summary>
    public int Drawn => _texts.Count;

    /// <summary>Number of texts that are not among the training data.</summary>
    public int Novel { get; private set; }

    /// <summary>Number of texts already written under this label.</summary>
    public int Repeated => _texts.Count - _seen.Count;

    /// <summary>Takes one more text.</summary>
    public void Add(string text, bool isNovel)
    {
        _texts.Add(text);
        _seen.Add(text);
        Novel += isNovel ? 1 : 0;
    }
}

/// <summary>
/// The table under the samples of a model with labels, a row for each label: how many are new, how many repeated, and
/// how many a classifier gives their own label.
/// </summary>
/// <param name="tallies">Tally of each label.</param>
/// <param name="classifier">The classifier that judges the samples; null for none.</param>
/// <param name="labels">The labels' names.</param>
/// <param name="knowsTraining">Whether new texts can be told from those of the training data.</param>
internal sealed class SampleTable(
    IReadOnlyList<SampleTally> tallies,
    SequenceClassifier? classifier,
    IReadOnlyList<string> labels,
    bool knowsTraining
)
{
    private const string Nothing = "–";

    /// <summary>Writes the table, line by line.</summary>
    public void Print(Terminal terminal)
    {
        List<string[]> rows =
        [
            [
                "LABEL",
                "SAMPLES",
                "NOVEL",
                "REPEATED",
                .. classifier is null ? Array.Empty<string>() : ["CLASSIFIED SO"],
            ],
        ];
        var judgements = tallies.Select(Judge).ToList();
        rows.AddRange(
            tallies.Zip(
                judgements,
                (tally, judged) =>
                    Row(LabelNames.Cut(tally.Label.Name), tally.Drawn, tally.Novel, tally.Repeated, judged)
            )
        );
        if (tallies.Count > 1)
            rows.Add(
                Row(
                    "all",
                    tallies.Sum(tally => tally.Drawn),
                    tallies.Sum(tally => tally.Novel),
                    tallies.Sum(tally => tally.Repeated),
                    judgements.Contains(null) ? null : judgements.Sum()
                )
            );
        foreach (string line in Columns.Lines(rows, wordColumns: 1))
            terminal.Line(line);
    }

    private string[] Row(string name, int drawn, int novel, int repeated, int? judged) =>
        [
            Columns.Cut(TextEscape.ForTerminal(name, keepLineFeedsAndTabs: false)),
            Quantity.Count(drawn),
            knowsTraining ? Share(novel, drawn) : Nothing,
            Share(repeated, drawn),
            .. classifier is null ? Array.Empty<string>() : [judged is { } so ? Share(so, drawn) : Nothing],
        ];

    private static string Share(int part, int whole) => whole == 0 ? Nothing : Quantity.Percent((double)part / whole);

    /// <summary>
    /// Of how many texts the classifier gives the label that was asked for, or one of a blend's; null where it does not
    /// tell that label.
    /// </summary>
    private int? Judge(SampleTally tally)
    {
        if (classifier is null)
            return null;
        var wanted = tally
            .Label.Parts.Select(part => LabelNames.IndexOf(labels[part.Label], classifier.Labels))
            .ToHashSet();
        if (wanted.Contains(null))
            return null;
        string[] texts = [.. tally.Texts.Where(text => text.Length > 0)];
        return classifier
            .Predict(texts)
            .Count(probabilities => wanted.Contains(Array.IndexOf(probabilities, probabilities.Max())));
    }
}
