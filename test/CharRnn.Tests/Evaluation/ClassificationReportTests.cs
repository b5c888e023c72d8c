namespace CharRnn.Tests;

public sealed class ClassificationReportTests
{
    private const int Decimals = 12;

    // Of these no record has C, and none is given C or D.
    private const int A = 0,
        B = 1,
        C = 2,
        D = 3;

    private static readonly string[] Labels = ["Arabic", "Basque", "Czech", "Danish"];

    private static readonly (int Label, float[] Probabilities)[] Six =
    [
        (A, [0.7f, 0.2f, 0.05f, 0.05f]),
        (A, [0.2f, 0.6f, 0.1f, 0.1f]),
        (A, [0.4f, 0.4f, 0.1f, 0.1f]),
        (B, [0.5f, 0.3f, 0.1f, 0.1f]),
        (B, [0.1f, 0.8f, 0.05f, 0.05f]),
        (D, [0.3f, 0.3f, 0.3f, 0.1f]),
    ];

    /// <summary>The report on six records, r0 … r5, whose figures are worked out by hand below.</summary>
    internal static ClassificationReport OfSix(int? majorityLabel = null, double? ceiling = null) =>
        Of(Six, majorityLabel, ceiling);

    [Fact]
    public void Confusion_CountsWhatEachLabelWasGiven_AndOfTwoEquallyLikelyLabelsTheFirst()
    {
        var confusion = OfSix().Confusion;
        Assert.Equal(
            [2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
            from row in Enumerable.Range(0, 4)
            from column in Enumerable.Range(0, 4)
            select confusion[row, column]
        );
        Assert.Equal([3, 2, 0, 1], Enumerable.Range(0, 4).Select(confusion.RecordsOf));
        Assert.Equal([4, 2, 0, 0], Enumerable.Range(0, 4).Select(confusion.GivenTo));
        Assert.Equal(
            [2 / 3.0, 1 / 3.0, 0, 0],
            Enumerable.Range(0, 4).Select(column => confusion.ShareOf(A, column)!.Value)
        );
        Assert.Null(confusion.ShareOf(C, A));
        Assert.Equal((6, 3), (confusion.Total, confusion.Correct));
    }

    [Fact]
    public void Figures_AreThoseWorkedOutByHand()
    {
        var report = OfSix();
        Assert.Equal(6, report.Records);
        Assert.Equal(3 / 6.0, report.Accuracy);
        Assert.Equal((2 / 3.0 + 1 / 2.0 + 0) / 3, report.MacroAccuracy, Decimals);
        Assert.Equal((4 / 7.0 + 1 / 2.0 + 0) / 3, report.MacroF1, Decimals);
        Assert.Equal(-Math.Log(0.7 * 0.2 * 0.4 * 0.3 * 0.8 * 0.1) / 6, report.LogLoss, 1e-7);
        Assert.Equal(5 / 6.0, report.Top3Accuracy);
        Assert.Equal((A, 3 / 6.0), (report.MajorityLabel, report.MajorityBaseline));
        Assert.Null(report.AccuracyCeiling);
    }

    [Fact]
    public void LabelScores_AreNullWhereThereIsNothingToDivideBy() =>
        Assert.Equal(
            [
                new LabelScore("Arabic", 3, 2 / 4.0, 2 / 3.0, 4 / 7.0),
                new LabelScore("Basque", 2, 1 / 2.0, 1 / 2.0, 1 / 2.0),
                new LabelScore("Czech", 0, null, null, null),
                new LabelScore("Danish", 1, null, 0, 0),
            ],
            OfSix().LabelScores
        );

    [Fact]
    public void MacroF1_CountsALabelThatIsGivenThoughNoRecordHasIt()
    {
        var report = Of([(A, [1, 0, 0, 0]), (A, [0, 0, 1, 0])]);
        Assert.Equal(new LabelScore("Czech", 0, 0, null, 0), report.LabelScores[C]);
        Assert.Equal((2 / 3.0 + 0) / 2, report.MacroF1, Decimals);
        Assert.Equal(1 / 2.0, report.MacroAccuracy);
    }

    [Fact]
    public void TopConfusions_OfEquallyFrequentPairs_BeginsWithTheLargerShare()
    {
        var confusion = OfSix().Confusion;
        Assert.Equal(
            [new ConfusedPair(D, A, 1, 1), new ConfusedPair(B, A, 1, 1 / 2.0), new ConfusedPair(A, B, 1, 1 / 3.0)],
            confusion.TopConfusions(10)
        );
        Assert.Equal([new ConfusedPair(D, A, 1, 1)], confusion.TopConfusions(1));
    }

    [Fact]
    public void Mistakes_BeginWithTheMostConfident_AndEquallyConfidentOnesKeepTheirOrder()
    {
        Assert.Equal(
            [("r1", A, B, 0.6f), ("r3", B, A, 0.5f), ("r5", D, A, 0.3f)],
            OfSix()
                .ConfidentMistakes.Select(mistake =>
                    (mistake.Text, mistake.TrueLabel, mistake.GivenLabel, (float)mistake.Probability)
                )
        );
        var many = Of([
            .. Enumerable.Range(0, 2 * ClassificationReport.MaxMistakes).Select(_ => (B, new[] { 1f, 0, 0, 0 })),
        ]);
        Assert.Equal(
            Enumerable.Range(0, ClassificationReport.MaxMistakes).Select(i => $"r{i}"),
            many.ConfidentMistakes.Select(mistake => mistake.Text)
        );
    }

    [Fact]
    public void TopThree_OfEquallyLikelyLabels_HasThoseWithLowerIds()
    {
        float[] even = [0.25f, 0.25f, 0.25f, 0.25f];
        Assert.Equal(3 / 4.0, Of([(A, even), (B, even), (C, even), (D, even)]).Top3Accuracy);
    }

    [Fact]
    public void MajorityBaseline_IsThatOfTheTrainingPartWhereItIsNamed()
    {
        Assert.Equal(1 / 6.0, OfSix(majorityLabel: D).MajorityBaseline);
        Assert.Equal(0, OfSix(majorityLabel: C).MajorityBaseline);
    }

    [Fact]
    public void LogLoss_OfALabelThatWasHeldImpossible_IsFinite() =>
        Assert.Equal(-Math.Log(float.Epsilon), Of([(B, [1, 0, 0, 0])]).LogLoss);

    [Fact]
    public void ProbabilitiesThatAreNoNumbers_AreRefusedWithTheirText()
    {
        var failure = Assert.Throws<ModelException>(() => Of([(A, [1, 0, 0, 0]), (A, [float.NaN, 0, 0, 0])]));
        Assert.Contains("'r1'", failure.Message);
    }

    [Fact]
    public void ListsThatDoNotFitTogether_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Of([]));
        Assert.Throws<ArgumentException>(() => Of([(A, [1, 0])]));
        Assert.Throws<ArgumentException>(() =>
            ClassificationReport.Of(
                Labels,
                ["a", "b"],
                [A],
                [
                    [1, 0, 0, 0],
                    [1, 0, 0, 0],
                ]
            )
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => Of([(4, [1, 0, 0, 0])]));
    }

    private static ClassificationReport Of(
        (int Label, float[] Probabilities)[] records,
        int? majorityLabel = null,
        double? ceiling = null
    ) =>
        ClassificationReport.Of(
            Labels,
            [.. records.Select((_, i) => $"r{i}")],
            [.. records.Select(record => record.Label)],
            [.. records.Select(record => record.Probabilities)],
            majorityLabel,
            ceiling
        );
}
