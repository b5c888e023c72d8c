using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Scores of a classifier on labelled records, for people: the figures beside those reached without learning, the
/// confusion matrix, the most confused pairs and the most confident mistakes.
/// </summary>
internal static class ClassificationScreen
{
    private const int MaxListed = 10;

    /// <summary>Writes it all to standard output.</summary>
    /// <param name="shell">Its standard output, with colours where it is a terminal.</param>
    /// <param name="report">The figures.</param>
    /// <param name="isCounts">Whether the matrix has counts, rather than percentages of its rows.</param>
    public static void Write(Shell shell, ClassificationReport report, bool isCounts = false)
    {
        var screen = shell.Screen;
        WriteRows(screen, Figures(report));
        screen.Line("");
        WriteMatrix(screen, report, isCounts);
        if (report.ConfidentMistakes.Count == 0)
            return;
        screen.Line("");
        screen.Line("most confused");
        WriteRows(
            screen,
            report
                .Confusion.TopConfusions(MaxListed)
                .Select(pair =>
                    (string[])
                        [
                            $"  {Label(report, pair.TrueLabel)} → {Label(report, pair.GivenLabel)}",
                            Quantity.Count(pair.Count),
                            $"{Quantity.Percent(pair.Share)} of the first",
                        ]
                )
        );
        screen.Line("");
        screen.Line("most confident mistakes");
        WriteRows(
            screen,
            report
                .ConfidentMistakes.Take(MaxListed)
                .Select(mistake =>
                    (string[])
                        [
                            $"  {Shortened(mistake.Text)}",
                            $"{Label(report, mistake.TrueLabel)} → {Label(report, mistake.GivenLabel)}",
                            Probability(mistake.Probability),
                        ]
                )
        );
    }

    /// <summary>A probability; only a certain one is shown as 1, and only an impossible one as 0.</summary>
    public static string Probability(double probability) =>
        probability switch
        {
            > 0.999 and < 1 => ">0.999",
            > 0 and < 0.001 => "<0.001",
            _ => probability.ToString("0.000", CultureInfo.InvariantCulture),
        };

    private static IEnumerable<string[]> Figures(ClassificationReport report)
    {
        yield return ["accuracy", Four(report.Accuracy), $"of {Quantity.Count(report.Records, "record")}"];
        yield return
        [
            "macro accuracy",
            Four(report.MacroAccuracy),
            $"mean recall of {Quantity.Count(report.LabelScores.Count(score => score.Count > 0), "label")}",
        ];
        yield return ["macro F1", Four(report.MacroF1), ""];
        yield return ["log-loss", Four(report.LogLoss), "nats"];
        yield return ["top-3 accuracy", Four(report.Top3Accuracy), ""];
        yield return
        [
            "majority baseline",
            Four(report.MajorityBaseline),
            $"the accuracy of always saying {Label(report, report.MajorityLabel)}",
        ];
        if (report.AccuracyCeiling is { } ceiling)
            yield return
            [
                "ceiling",
                Four(ceiling),
                ceiling < 1
                    ? "the most that can be reached: some texts have several labels"
                    : "no text has several labels",
            ];
        if (report.Answered is not { } answered)
            yield break;
        yield return
        [
            "coverage",
            Four(answered.Coverage),
            $"answered: {Quantity.Count(answered.Answered)}, whose label has a probability of "
                + $"{answered.Threshold.ToString(CultureInfo.InvariantCulture)} or more",
        ];
        yield return
        [
            "accuracy of these",
            answered.Accuracy is { } accuracy ? Four(accuracy) : "–",
            $"right: {Quantity.Count(answered.Correct)}",
        ];
    }

    private static void WriteMatrix(Terminal screen, ClassificationReport report, bool isCounts)
    {
        if (report.Labels.Count > ConfusionTable.MaxLabels)
        {
            screen.Line(
                $"The confusion matrix of {Quantity.Count(report.Labels.Count)} labels is too large for a screen; --json "
                    + "has it."
            );
            return;
        }

        screen.Line(
            $"rows: what records are, and how many; columns: what they were given, {(isCounts ? "counted" : "in %")}"
        );
        foreach (
            var line in new ConfusionTable(report.Confusion, isCounts, screen.IsLive ? screen.Size.Width : null).Lines()
        )
            screen.Line(line);
    }

    /// <summary>Columns as wide as what is in them.</summary>
    private static void WriteRows(Terminal screen, IEnumerable<string[]> rows)
    {
        var all = rows.Select(row =>
                row.Select(text => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false)).ToArray()
            )
            .ToList();
        foreach (string line in Columns.Lines(all, wordColumns: all[0].Length))
            screen.Line(line.TrimEnd());
    }

    private static string Label(ClassificationReport report, int label) => LabelNames.Cut(report.Labels[label]);

    private static string Shortened(string text) =>
        Columns.Cut(TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false));

    private static string Four(double share) => share.ToString("0.0000", CultureInfo.InvariantCulture);
}
