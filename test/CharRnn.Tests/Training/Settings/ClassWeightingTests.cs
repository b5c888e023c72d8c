namespace CharRnn.Tests;

public sealed class ClassWeightingTests
{
    private static readonly int[] Counts = [60, 30, 10];

    [Fact]
    public void Balanced_IsNOverKTimesNk()
    {
        float[] weights = ClassWeighting.Balanced.Of(Counts);
        Assert.Equal([100f / (3 * 60), 100f / (3 * 30), 100f / (3 * 10)], weights, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void None_CountsEveryRecordOnce() => Assert.Equal([1f, 1f, 1f], ClassWeighting.None.Of(Counts));

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    [InlineData(1)]
    [InlineData(2)]
    public void Weights_GoWithFrequencyToMinusP_AndAreOneOnTheMeanOverRecords(double power)
    {
        float[] weights = new ClassWeighting(power).Of(Counts);
        Assert.Equal(1, Counts.Zip(weights, (count, weight) => count * weight).Sum() / Counts.Sum(), 1e-5);
        Assert.Equal(Math.Pow(3, power), weights[2] / weights[1], 1e-4 * Math.Pow(3, power));
    }

    [Fact]
    public void LabelWithoutTrainingRecords_HasAFiniteWeight_AndChangesNoOther()
    {
        float[] weights = ClassWeighting.Balanced.Of([60, 0, 30, 10]);
        Assert.Equal(ClassWeighting.Balanced.Of(Counts), new[] { weights[0], weights[2], weights[3] });
        Assert.True(float.IsFinite(weights[1]));
    }

    [Fact]
    public void LossAndLogits_HaveHalfOfThePowerEach()
    {
        var weighting = new ClassWeighting(0.8);
        float[] whole = weighting.Of(Counts),
            loss = weighting.InLoss(Counts),
            logits = weighting.InLogits(Counts);
        Assert.Equal(new ClassWeighting(0.4).Of(Counts), loss);
        // Together they are the whole, but for a factor that all labels have alike.
        double[] together = [.. loss.Zip(logits, (weight, logit) => weight * Math.Exp(logit))];
        Assert.All(
            Enumerable.Range(0, Counts.Length),
            label => Assert.Equal(whole[label] / whole[0], together[label] / together[0], 1e-4)
        );
        Assert.All(ClassWeighting.None.InLogits(Counts), logit => Assert.Equal(0, logit));
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("balanced", 1)]
    [InlineData("0.8", 0.8)]
    public void Text_IsReadAndWritten(string text, double power)
    {
        Assert.Equal(new ClassWeighting(power), ClassWeighting.Parse(text));
        Assert.Equal(text, new ClassWeighting(power).ToString());
    }

    [Theory]
    [InlineData("even")]
    [InlineData("-1")]
    [InlineData("nan")]
    [InlineData("1,5")]
    [InlineData("")]
    public void OtherText_IsRefused_AndWhatIsNeededIsSaid(string text) =>
        Assert.Contains(
            "none, balanced, or a number",
            Assert.Throws<FormatException>(() => ClassWeighting.Parse(text)).Message
        );
}
