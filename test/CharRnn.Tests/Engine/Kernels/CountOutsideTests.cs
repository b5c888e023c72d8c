using CharRnn.Engine;
using CharRnn.Reference;

namespace CharRnn.Tests.Engine;

public sealed class CountOutsideTests
{
    [Fact]
    public void Outside_IsThatOfThePlainLoop()
    {
        foreach (int length in new[] { 0, 16, 32, 48, 4096 })
        {
            float[] values = Bits.Uniform(new SplitMix(3), length);
            Assert.Equal(
                values.Count(value => value is < -0.25f or > 0.5f),
                RowOperations.CountOutside(values, scale: 1, -0.25f, 0.5f)
            );
            Assert.Equal(
                values.Count(value => value * 3 is < -0.25f or > 0.5f),
                RowOperations.CountOutside(values, scale: 3, -0.25f, 0.5f)
            );
        }
    }

    [Fact]
    public void TheEnds_LieInside_AndSoDoesWhatIsNoNumber()
    {
        float[] values = [-1, 1, float.NaN, 0, .. new float[12]];
        Assert.Equal(0, RowOperations.CountOutside(values, scale: 1, -1, 1));
        values[5] = float.PositiveInfinity;
        values[15] = MathF.BitIncrement(1);
        Assert.Equal(2, RowOperations.CountOutside(values, scale: 1, -1, 1));
    }

    [Fact]
    public void OfAMatrix_OnlyItsOwnColumnsCount()
    {
        float[] values = [.. Enumerable.Repeat(2f, 3 * 32)];
        using var matrix = new GuardedMatrix(3, 32, values);
        Assert.Equal(48, RowOperations.CountOutside(matrix.Inside.ColumnRange(16, 16), 0, 1));
    }
}
