using CharRnn.Evaluation;

namespace CharRnn.Tests;

public sealed class LabelSetReportTests
{
    private const int Decimals = 12;

    private static readonly string[] Labels = ["a", "b", "c", "d"];

    [Fact]
    public void Figures_AreThoseWorkedOutByHand()
    {
        var report = Of(
            0.5,
            ([0, 1], [0.9f, 0.6f, 0.2f, 0.1f]),
            ([1], [0.5f, 0.4f, 0.1f, 0.1f]),
            ([], [0.1f, 0.1f, 0.1f, 0.1f])
        );
        // Right: a and b of the first. Given besides: a of the second. Missed: b of the second.
        Assert.Equal(
            [
                new LabelScore("a", 1, 1 / 2.0, 1, 2 / 3.0),
                new LabelScore("b", 2, 1, 1 / 2.0, 2 / 3.0),
                new LabelScore("c", 0, null, null, null),
                new LabelScore("d", 0, null, null, null),
            ],
            report.LabelScores
        );
        Assert.Equal(2 * 2 / (2 * 2 + 1 + 1.0), report.MicroF1, Decimals);
        Assert.Equal((2 / 3.0 + 2 / 3.0) / 2, report.MacroF1, Decimals);
        Assert.Equal((3, 2 / 3.0), (report.Texts, report.SubsetAccuracy));
        double first = Math.Log(0.9 * 0.6 * 0.8 * 0.9),
            second = Math.Log(0.5 * 0.4 * 0.9 * 0.9),
            third = 4 * Math.Log(0.9);
        Assert.Equal(-(first + second + third) / 3, report.LogLoss, 1e-6);
    }

    [Fact]
    public void Threshold_DecidesWhatIsGiven()
    {
        Assert.Equal(1, Of(0.3, ([1], [0.2f, 0.4f, 0.1f, 0.1f])).SubsetAccuracy);
        Assert.Equal(0, Of(0.5, ([1], [0.2f, 0.4f, 0.1f, 0.1f])).SubsetAccuracy);
    }

    [Fact]
    public void NothingGivenAndNothingThere_IsNoDivisionByZero() =>
        Assert.Equal(
            (0, 0, 1),
            Of(0.5, ([], [0, 0, 0, 0])) is var report
                ? (report.MicroF1, report.MacroF1, report.SubsetAccuracy)
                : default
        );

    [Fact]
    public void Split_PutsATextUnderEachOfItsLabels()
    {
        var split = LabelSets.Split(
            LabeledRecords.FromRows(
                "rows",
                [new("one", "b| a", "1"), new("two", "a", "2"), new("one", "c|b|", "3")],
                purpose: LabeledPurpose.Scoring
            ),
            "|"
        );
        Assert.Equal(["a", "b", "c"], split.Labels);
        Assert.Equal(
            [("one", 0), ("one", 1), ("one", 2), ("two", 0)],
            split.Records.Select(record => (record.Text, record.Label)).Order()
        );
        Assert.Equal(2, split.TextCount);
    }

    private static LabelSetReport Of(double threshold, params (int[] Labels, float[] Probabilities)[] texts)
    {
        var tally = new LabelSetTally(
            Labels,
            [.. texts.Select((_, i) => $"t{i}")],
            [.. texts.Select(text => text.Labels)],
            threshold
        );
        foreach (var (i, text) in texts.Index().Reverse())
            tally.Add(i, text.Probabilities);
        return tally.Report();
    }
}
