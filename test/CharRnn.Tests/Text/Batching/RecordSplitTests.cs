using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class RecordSplitTests
{
    private const int Boundary = 9;

    // Boundaries at 0, 3, 5 and 8.
    private static readonly SymbolIds Ids = SymbolIds.Pack([Boundary, 1, 1, Boundary, 2, Boundary, 3, 3, Boundary], 10);

    [Fact]
    public void Parts_BeginAndEndWithABoundary_AndShareIt()
    {
        var split = Aligned(4, 4);
        Assert.Equal(Part(0, 6), split.Train.Ranges);
        Assert.Empty(split.Validation.Ranges);
        Assert.Equal(Part(5, 4), split.Test.Ranges);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(3, 5)]
    public void ThreeParts_HoldARecordEach(int validationStart, int testStart)
    {
        var split = Aligned(validationStart, testStart);
        Assert.Equal(Part(0, 4), split.Train.Ranges);
        Assert.Equal(Part(3, 3), split.Validation.Ranges);
        Assert.Equal(Part(5, 4), split.Test.Ranges);
    }

    [Fact]
    public void WithoutHeldOutParts_AllIsTrained()
    {
        var split = Aligned(9, 9);
        Assert.Equal(Part(0, 9), split.Train.Ranges);
        Assert.Equal((0L, 0L), (split.Validation.Characters, split.Test.Characters));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 6)]
    [InlineData(6, 6)]
    public void AFractionOfTheTrainingPart_EndsWithABoundaryToo_AndHoldsOutTheSame(int kept, int length)
    {
        var split = RecordSplit.Align(
            new CorpusSplit(CorpusPart.Of(new IdRange(0, kept)), CorpusPart.Of(new IdRange(4, 5)), CorpusPart.None),
            Ids,
            Boundary
        );
        Assert.Equal(Part(0, length), split.Train.Ranges);
        Assert.Equal(Part(5, 4), split.Validation.Ranges);
    }

    [Fact]
    public void APartWithoutARecord_IsRefused()
    {
        var refusal = Assert.Throws<SettingsException>(() => Aligned(7, 9));
        Assert.Contains("the validation part gets no record", refusal.Message);
    }

    private static CorpusSplit Aligned(int validationStart, int testStart) =>
        RecordSplit.Align(
            new CorpusSplit(
                CorpusPart.Of(new IdRange(0, validationStart)),
                CorpusPart.Of(new IdRange(validationStart, testStart - validationStart)),
                CorpusPart.Of(new IdRange(testStart, 9 - testStart))
            ),
            Ids,
            Boundary
        );

    private static IdRange[] Part(long start, long length) => [new IdRange(start, length)];
}
