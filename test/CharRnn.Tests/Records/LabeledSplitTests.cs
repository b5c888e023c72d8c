namespace CharRnn.Tests;

public sealed class LabeledSplitTests
{
    public static TheoryData<ulong, double> Splits =>
        new(
            from seed in new ulong[] { 1, 2, 3, 4, 5, 6, 7, 8 }
            from share in new[] { 0.05, 0.15, 0.5, 0.9 }
            select (seed, share)
        );

    [Theory]
    [MemberData(nameof(Splits))]
    public void Parts_HoldAllRecordsOnce_AndNoTextIsInBoth(ulong seed, double share)
    {
        var records = Rows.Mixed(seed);
        var (train, test) = records.Split(share, seed);
        Assert.Equal(records.Records.ToHashSet(), [.. train.Records, .. test.Records]);
        Assert.Equal(records.Records.Count, train.Records.Count + test.Records.Count);
        Assert.Empty(train.Records.Select(record => record.Text).Intersect(test.Records.Select(record => record.Text)));
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void EachLabel_HasTheAskedShareToTheNearestRecord_AndOneOnEitherSide(ulong seed, double share)
    {
        var records = Rows.Mixed(seed);
        var (train, test) = records.Split(share, seed);
        for (int label = 0; label < records.Labels.Count; label++)
        {
            Assert.InRange(test.CountByLabel[label], 1, records.CountByLabel[label] - 1);
            Assert.InRange(test.CountByLabel[label] - (share * records.CountByLabel[label]), -1, 1);
            Assert.Equal(records.CountByLabel[label], train.CountByLabel[label] + test.CountByLabel[label]);
        }
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void AmbiguousTexts_AreHeldOutLikeOthers(ulong seed, double share)
    {
        var records = Rows.Mixed(seed, count: 6000);
        Assert.InRange(records.AmbiguousTexts.Count, 100, 2000);
        int heldOut = records.Split(share, seed).Test.AmbiguousTexts.Count;
        Assert.InRange((double)heldOut / records.AmbiguousTexts.Count, share - 0.1, share + 0.1);
    }

    [Fact]
    public void Parts_KeepLabelsAndOrder()
    {
        var records = Rows.Mixed(1);
        var (train, test) = records.Split(0.15, 1);
        foreach (var part in new[] { train, test })
        {
            Assert.Equal(records.Labels, part.Labels);
            Assert.Equal(records.Name, part.Name);
            Assert.Equal(records.Records.Where(part.Records.ToHashSet().Contains), part.Records);
            Assert.Equal((part.Records.Count, 0), (part.RowCount, part.RepeatedCount));
        }
    }

    [Fact]
    public void SameSeed_SameSplit_AndAnotherSeedAnother()
    {
        var records = Rows.Mixed(1);
        Assert.Equal(records.Split(0.15, 7).Test.Records, Rows.Mixed(1).Split(0.15, 7).Test.Records);
        Assert.NotEqual(records.Split(0.15, 7).Test.Records, records.Split(0.15, 8).Test.Records);
    }

    [Fact]
    public void Seeds_DrawEveryTextInTheEnd()
    {
        var records = Rows.Read("a: p q r s t", "b: t u v w x");
        var heldOut = Enumerable
            .Range(1, 200)
            .SelectMany(seed => records.Split(0.2, (ulong)seed).Test.Records.Select(record => record.Text))
            .ToHashSet();
        Assert.Equal(records.TextCount, heldOut.Count);
    }

    [Fact]
    public void ALabelOfTwoTexts_HasOneInEachPart_ThoughBothAreUnderOthersToo()
    {
        var records = Rows.Read("a: p q r s t u v w", "b: p q");
        Assert.All(
            Enumerable.Range(1, 50),
            seed =>
                Assert.Equal(
                    [1, 1],
                    new[] { records.Split(0.15, (ulong)seed) }.SelectMany(split =>
                        new[] { split.Train.CountByLabel[1], split.Test.CountByLabel[1] }
                    )
                )
        );
    }

    [Fact]
    public void APartWithLabelsOfOneText_SplitsAgain_AndKeepsThoseForLearning()
    {
        var (train, _) = Rows.Read("a: p q r s", "b: x y").Split(0.5, 1);
        var again = train.Split(0.5, 2);
        Assert.Equal([1, 1], again.Train.CountByLabel);
        Assert.Equal([1, 0], again.Test.CountByLabel);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void ShareOutsideOfZeroToOne_IsRefused(double share) =>
        Assert.Throws<SettingsException>(() => Rows.Read("a: x y", "b: z w").Split(share, 1));

    [Fact]
    public void Split_IsPinned() =>
        Assert.Equal(
            "Mazur Wrona Byrne Walsh",
            string.Join(
                ' ',
                Rows.Read("Polish: Nowak Lis Mazur Wrona Lech", "Irish: Byrne Walsh Nolan Lech")
                    .Split(0.45, 42)
                    .Test.Records.Select(record => record.Text)
            )
        );
}
