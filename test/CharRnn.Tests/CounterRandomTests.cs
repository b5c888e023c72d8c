using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class CounterRandomTests
{
    [Fact]
    public void Draw_IsAFunctionOfItsArgumentsAndNeverChanges()
    {
        // Computed from the definition in Python's integers; a change here would change every trained model.
        Assert.Equal(0xD1C0270687984B37UL, CounterRandom.Draw(0, RandomPurpose.Initialization, 0, 0));
        Assert.Equal(0xD55CCD4AEB3CCAFBUL, CounterRandom.Draw(1, RandomPurpose.EpochOffset, 3, 4));
        Assert.Equal(0xF4F61532640F72D5UL, CounterRandom.Draw(ulong.MaxValue, 5, ulong.MaxValue, 1UL << 63));
    }

    [Fact]
    public void Draw_ChangesWithEveryArgument()
    {
        ulong[] draws =
        [
            CounterRandom.Draw(1, 2, 3, 4),
            CounterRandom.Draw(2, 2, 3, 4),
            CounterRandom.Draw(1, 3, 3, 4),
            CounterRandom.Draw(1, 2, 4, 4),
            CounterRandom.Draw(1, 2, 3, 5),
            CounterRandom.Draw(1, 2, 4, 3),
            CounterRandom.Draw(2, 1, 3, 4),
        ];
        Assert.Equal(draws.Length, draws.Distinct().Count());
    }

    [Fact]
    public void Purposes_AreAllDifferent() =>
        Assert.Distinct(Enum.GetNames<RandomPurpose>().Select(Enum.Parse<RandomPurpose>));

    [Fact]
    public void Draw_FlipsAboutHalfTheBitsWhenACounterStepsByOne()
    {
        const int Draws = 4000;
        double flipped = Enumerable
            .Range(0, Draws)
            .Average(i =>
                (double)
                    ulong.PopCount(CounterRandom.Draw(7, 1, 0, (ulong)i) ^ CounterRandom.Draw(7, 1, 0, (ulong)i + 1))
            );
        Assert.InRange(flipped, 31.5, 32.5);
    }

    [Fact]
    public void Below_IsUniformAndReachesBothEnds()
    {
        const int Bound = 10,
            Draws = 20_000;
        int[] counts = new int[Bound];
        for (ulong i = 0; i < Draws; i++)
            counts[CounterRandom.Below(CounterRandom.Draw(3, 1, i, 0), Bound)]++;
        double chiSquare = counts.Sum(count =>
            (count - (double)Draws / Bound) * (count - (double)Draws / Bound) / ((double)Draws / Bound)
        );
        Assert.True(chiSquare < 27.9, $"chi-square with 9 degrees of freedom is {chiSquare}; the 0.1 % point is 27.9");

        Assert.Equal(0, CounterRandom.Below(0, int.MaxValue));
        Assert.Equal(int.MaxValue - 1, CounterRandom.Below(ulong.MaxValue, int.MaxValue));
        Assert.Equal(0, CounterRandom.Below(ulong.MaxValue, 1));
    }

    [Fact]
    public void Below_RefusesABoundThatIsNotPositive()
    {
        Assert.Throws<SettingsException>(() => CounterRandom.Below(1, 0));
        Assert.Throws<SettingsException>(() => CounterRandom.Below(1, -3));
    }

    [Fact]
    public void UnitInterval_StaysBelowOneAndHasMeanAHalf()
    {
        Assert.Equal(0, CounterRandom.UnitInterval(0));
        Assert.Equal(Math.BitDecrement(1.0), CounterRandom.UnitInterval(ulong.MaxValue));
        double mean = Enumerable
            .Range(0, 20_000)
            .Average(i => CounterRandom.UnitInterval(CounterRandom.Draw(9, 4, (ulong)i, 1)));
        Assert.InRange(mean, 0.49, 0.51);
    }
}
