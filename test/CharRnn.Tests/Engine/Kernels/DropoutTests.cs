using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

public sealed class DropoutTests
{
    private const double Rate = 0.3;
    private const ulong Seed = 11;

    [Fact]
    public void Multiply_MasksAsTheMultiplierOfEachUnitSays()
    {
        const int Rows = 9,
            Units = 48,
            FirstRow = 1000,
            FirstUnit = 32;
        var dropout = new Dropout(Rate, Seed, step: 3, layer: 1);
        using var source = new GuardedMatrix(Rows, Units, Bits.Uniform(new SplitMix(1), Rows * Units));
        using var destination = new GuardedMatrix(Rows, Units);

        dropout.Multiply(source.Inside, FirstRow, FirstUnit, destination.Inside);

        for (int row = 0; row < Rows; row++)
        {
            for (int unit = 0; unit < Units; unit++)
                Assert.Equal(
                    source.Inside[row, unit] * dropout.Multiplier(FirstRow + row, FirstUnit + unit),
                    destination.Inside[row, unit]
                );
        }
        source.AssertGuardsUntouched();
        destination.AssertGuardsUntouched();
    }

    [Fact]
    public void AddProduct_AddsWhatMultiplyWouldWrite()
    {
        const int Rows = 5,
            Units = 32;
        var dropout = new Dropout(Rate, Seed, step: 3, layer: 1);
        using var source = new GuardedMatrix(Rows, Units, Bits.Uniform(new SplitMix(1), Rows * Units));
        using var masked = new GuardedMatrix(Rows, Units);
        using var sums = new GuardedMatrix(Rows, Units, Bits.Uniform(new SplitMix(2), Rows * Units));
        float[] before = sums.Values();

        dropout.Multiply(source.Inside, firstRow: 7, firstUnit: 16, masked.Inside);
        dropout.AddProduct(source.Inside, firstRow: 7, firstUnit: 16, sums.Inside);

        Assert.All(
            before.Zip(masked.Values(), sums.Values()),
            sum => Assert.Equal(sum.First + sum.Second, sum.Third, 1e-6f)
        );
        sums.AssertGuardsUntouched();
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Units_AreSilencedAtTheRate_AndTheRestScaledToKeepTheMean(double rate)
    {
        const int Rows = 2000,
            Units = 100,
            Draws = Rows * Units;
        var dropout = new Dropout(rate, Seed, step: 1, layer: 0);
        float[] multipliers = [.. Enumerable.Range(0, Draws).Select(i => dropout.Multiplier(i / Units, i % Units))];

        double fiveDeviations = 5 * Math.Sqrt(Draws * rate * (1 - rate));
        Assert.InRange(multipliers.Count(m => m == 0), Draws * rate - fiveDeviations, Draws * rate + fiveDeviations);
        Assert.All(multipliers, m => Assert.True(m == 0 || m == (float)(1 / (1 - rate))));
    }

    [Fact]
    public void Masks_OfNeighboringRowsUnitsStepsLayersAndSeeds_AreIndependent()
    {
        const int Draws = 20_000;
        float[] Mask(ulong seed, long step, int layer, int firstRow, int firstUnit)
        {
            var dropout = new Dropout(0.5, seed, step, layer);
            return
            [
                .. Enumerable.Range(0, Draws).Select(i => dropout.Multiplier(firstRow + i / 100, firstUnit + i % 100)),
            ];
        }

        float[] mask = Mask(Seed, 5, 1, 0, 0);
        float[][] others =
        [
            Mask(Seed, 5, 1, 1, 0),
            Mask(Seed, 5, 1, 0, 1),
            Mask(Seed, 6, 1, 0, 0),
            Mask(Seed, 5, 2, 0, 0),
            Mask(Seed + 1, 5, 1, 0, 0),
            Mask(Seed, 1, 5, 0, 0),
        ];
        double fiveDeviations = 5 * Math.Sqrt(Draws * 0.25);
        Assert.All(
            others,
            other =>
                Assert.InRange(
                    mask.Zip(other).Count(pair => pair.First == pair.Second),
                    Draws / 2 - fiveDeviations,
                    Draws / 2 + fiveDeviations
                )
        );
    }

    [Fact]
    public void RateZero_IsOff() => Assert.False(new Dropout(0, Seed, step: 1, layer: 0).IsOn);
}
