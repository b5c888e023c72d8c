using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class BinaryCrossEntropyTests
{
    [Fact]
    public void LossAndGradient_AreThoseWorkedOutByHand()
    {
        float[] row = Row(0, 2, -1);
        double loss = BinaryCrossEntropy.Gradient(row, labels: 3, [0, 2], smoothing: 0, scale: 2);
        double[] sigmoids = [0.5, Sigmoid(2), Sigmoid(-1)];
        Assert.Equal(-Math.Log(sigmoids[0]) - Math.Log(1 - sigmoids[1]) - Math.Log(sigmoids[2]), loss, 1e-12);
        Assert.Equal(2 * (sigmoids[0] - 1), row[0], 1e-6);
        Assert.Equal(2 * sigmoids[1], row[1], 1e-6);
        Assert.Equal(2 * (sigmoids[2] - 1), row[2], 1e-6);
        Assert.All(row[3..], padding => Assert.Equal(0, padding));
    }

    [Fact]
    public void SmoothedTargets_LieHalfOfItFromTheEnds()
    {
        float[] row = Row(0, 0);
        double loss = BinaryCrossEntropy.Gradient(row, labels: 2, [1], smoothing: 0.2, scale: 1);
        Assert.Equal(2 * Math.Log(2), loss, 1e-12);
        Assert.Equal(0.5 - 0.1, row[0], 1e-6);
        Assert.Equal(0.5 - 0.9, row[1], 1e-6);
    }

    [Fact]
    public void LargeLogits_OverflowNothing_AndWhatIsNoNumberStaysNone()
    {
        float[] row = Row(1000, -1000);
        Assert.Equal(2000, BinaryCrossEntropy.Gradient(row, labels: 2, [1], smoothing: 0, scale: 1), 1e-9);
        Assert.Equal((1, -1), (row[0], row[1]));
        float[] probabilities = Row(1000, -1000, float.NaN, 0);
        BinaryCrossEntropy.Sigmoids(probabilities, labels: 4);
        Assert.Equal(1, probabilities[0]);
        Assert.Equal(0, probabilities[1], 1e-30);
        Assert.True(float.IsNaN(probabilities[2]));
        Assert.Equal(0.5f, probabilities[3]);
        Assert.All(probabilities[4..], padding => Assert.Equal(0, padding));
        Assert.True(double.IsNaN(BinaryCrossEntropy.Gradient(Row(float.NaN), labels: 1, [0], smoothing: 0, scale: 1)));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static float[] Row(params float[] logits)
    {
        float[] row = new float[Padding.Unit];
        row.AsSpan().Fill(7);
        logits.CopyTo(row, 0);
        return row;
    }
}
