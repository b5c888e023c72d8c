using System.Globalization;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Scores of a classifier of several labels a text, for people: the figures, and a row for each label.</summary>
internal static class LabelSetScreen
{
    private const int MaxLabels = 60;
    private const string Nothing = "–";

    /// <summary>Writes it all to standard output.</summary>
    public static void Write(Shell shell, LabelSetReport report)
    {
        string threshold = report.Threshold.ToString(CultureInfo.InvariantCulture);
        List<string[]> figures =
        [
            ["micro F1", Four(report.MicroF1), $"labels with a probability of {threshold} or more"],
            [
                "macro F1",
                Four(report.MacroF1),
                $"mean of {Quantity.Count(report.LabelScores.Count(score => score.F1 is not null), "label")}",
            ],
            ["subset accuracy", Four(report.SubsetAccuracy), $"of {Quantity.Count(report.Texts, "text")}"],
            ["log-loss", Four(report.LogLoss), "nats a text, over all labels"],
        ];
        WriteRows(shell, figures, wordColumns: 3);
        shell.Screen.Line("");
        var shown = report.LabelScores.OrderByDescending(score => score.Count).Take(MaxLabels).ToList();
        List<string[]> rows =
        [
            ["LABEL", "TEXTS", "PRECISION", "RECALL", "F1"],
        ];
        rows.AddRange(
            shown.Select(score =>
                (string[])
                    [
                        LabelNames.Cut(score.Label),
                        Quantity.Count(score.Count),
                        Share(score.Precision),
                        Share(score.Recall),
                        Share(score.F1),
                    ]
            )
        );
        WriteRows(shell, rows, wordColumns: 1);
        if (shown.Count < report.LabelScores.Count)
            shell.Screen.Line($"and {Quantity.Count(report.LabelScores.Count - shown.Count, "label")} more, in --json");
    }

    private static void WriteRows(Shell shell, List<string[]> rows, int wordColumns)
    {
        var escaped = rows.ConvertAll(row =>
            row.Select(text => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false)).ToArray()
        );
        foreach (string line in Columns.Lines(escaped, wordColumns))
            shell.Screen.Line(line.TrimEnd());
    }

    private static string Share(double? share) => share is { } number ? Four(number) : Nothing;

    private static string Four(double share) => share.ToString("0.0000", CultureInfo.InvariantCulture);
}
