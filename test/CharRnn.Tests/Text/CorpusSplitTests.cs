using CharRnn.Text;

namespace CharRnn.Tests.Text;

public sealed class CorpusSplitTests
{
    [Fact]
    public void Contiguous_OfTinyShakespearesLength_GivesItsUsualParts()
    {
        CorpusSplit split = CorpusSplit.Contiguous(1_115_394, 0.1, 0);
        Assert.Equal([new IdRange(0, 1_003_854)], split.Train.Ranges);
        Assert.Equal([new IdRange(1_003_854, 111_540)], split.Validation.Ranges);
        Assert.Equal(CorpusPart.None, split.Test);
    }

    [Theory]
    [InlineData(100, 0.05, 0.05, 90, 5, 5)]
    [InlineData(1000, 0.1, 0.2, 700, 100, 200)]
    [InlineData(10, 0.3, 0.3, 4, 3, 3)]
    [InlineData(11, 0, 0, 11, 0, 0)]
    [InlineData(11, 0, 0.25, 8, 0, 3)]
    [InlineData(2_147_483_591, 0.1, 0.1, 1_717_986_872, 214_748_359, 214_748_360)]
    public void Contiguous_CutsAsTheDecimalFractionsSay(int length, double validation, double test, int train, int validationLength, int testLength)
    {
        CorpusSplit split = CorpusSplit.Contiguous(length, validation, test);
        Assert.Equal((train, validationLength, testLength), (split.Train.Characters, split.Validation.Characters, split.Test.Characters));
    }

    [Fact]
    public void Contiguous_OfRandomFractions_CoversTheCorpusWithoutOverlap()
    {
        var random = new Random(2);
        for (int trial = 0; trial < 500; trial++)
        {
            int length = random.Next(100, 1_000_000);
            CorpusSplit split = CorpusSplit.Contiguous(length, 0.05 + (random.NextDouble() * 0.4), 0.05 + (random.NextDouble() * 0.4));
            IdRange train = Assert.Single(split.Train.Ranges), held = Assert.Single(split.Validation.Ranges), test = Assert.Single(split.Test.Ranges);
            Assert.Equal(0, train.Start);
            Assert.Equal(train.End, held.Start);
            Assert.Equal(held.End, test.Start);
            Assert.Equal(length, test.End);
        }
    }

    [Theory]
    [InlineData(-0.1, 0)]
    [InlineData(1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.NaN)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(0, -1e-9)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.9, 0.9)]
    public void Contiguous_OfNonsenseFractions_IsRefused(double validation, double test) =>
        Assert.Contains("frac", Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, validation, test)).Message);

    [Fact]
    public void Contiguous_OfATextTooShortForAPart_SaysWhichAndWhatToDo()
    {
        Assert.Contains("of 10 characters the validation part gets 1", Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0.1, 0)).Message);
        Assert.Contains("the test part gets 1", Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0, 0.1)).Message);
        Assert.Contains("the training part gets 1", Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(10, 0.4, 0.5)).Message);
        Assert.Contains("the validation part gets 0", Assert.Throws<SettingsException>(() => CorpusSplit.Contiguous(1000, 1e-300, 0)).Message);
    }
}
