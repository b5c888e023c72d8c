namespace CharRnn.Tests;

public sealed class LearningRateScheduleTests
{
    private static readonly TrainingSettings Settings = new()
    {
        LearningRate = 0.1,
        WarmupSteps = 0,
        LrDecay = 0.5,
        LrDecayStart = 3,
    };

    [Theory]
    [InlineData(LearningRateShape.Constant, 0, 0.1)]
    [InlineData(LearningRateShape.Constant, 1, 0.1)]
    [InlineData(LearningRateShape.Linear, 0, 0.1)]
    [InlineData(LearningRateShape.Linear, 0.25, 0.075)]
    [InlineData(LearningRateShape.Linear, 1, 0)]
    [InlineData(LearningRateShape.Cosine, 0, 0.1)]
    [InlineData(LearningRateShape.Cosine, 0.5, 0.05)]
    [InlineData(LearningRateShape.Cosine, 1, 0)]
    public void Shapes_GoDownWithProgress(LearningRateShape shape, double progress, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.At(Settings with { Schedule = shape }, 10, progress, 0), 1e-15);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.05)]
    [InlineData(4, 0.025)]
    [InlineData(6, 0.00625)]
    public void Step_DecaysAfterEachEpochFromItsStartOn(long epochs, double rate) =>
        Assert.Equal(
            rate,
            LearningRateSchedule.At(Settings with { Schedule = LearningRateShape.Step }, 10, 0.5, epochs),
            1e-15
        );

    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.05)]
    [InlineData(7, 0.05)]
    [InlineData(8, 0.025)]
    [InlineData(13, 0.0125)]
    public void Step_EveryFiveEpochs_StaysBetweenThem(long epochs, double rate) =>
        Assert.Equal(
            rate,
            LearningRateSchedule.At(
                Settings with
                {
                    Schedule = LearningRateShape.Step,
                    LrDecayEvery = 5,
                },
                10,
                0.5,
                epochs
            ),
            1e-15
        );

    [Theory]
    [InlineData(LearningRateShape.Constant)]
    [InlineData(LearningRateShape.Linear)]
    public void WarmUp_RisesByEqualStepsAndThenIsOver(LearningRateShape shape)
    {
        var warmed = Settings with { Schedule = shape, WarmupSteps = 4 };
        double[] rates = [.. Enumerable.Range(0, 6).Select(step => LearningRateSchedule.At(warmed, step, 0, 0))];
        double[] expected = [0.025, 0.05, 0.075, 0.1, 0.1, 0.1];
        Assert.All(rates.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-15));
    }
}
