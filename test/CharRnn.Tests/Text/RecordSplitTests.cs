using CharRnn.Text;

namespace CharRnn.Tests.Text;

public sealed class RecordSplitTests
{
    private const int Boundary = 9;

    // Boundaries at 0, 3, 5 and 8.
    private static readonly SymbolIds Ids = SymbolIds.Pack([Boundary, 1, 1, Boundary, 2, Boundary, 3, 3, Boundary], 10);

    [Fact]
    public void Parts_BeginAndEndWithABoundary_AndShareIt()
    {
        CorpusSplit split = RecordSplit.Align(new CorpusSplit(new(0, 4), new(4, 0), new(4, 5)), Ids, Boundary);
        Assert.Equal(new IdRange(0, 6), split.Train);
        Assert.Equal(new IdRange(5, 4), split.Test);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(3, 5)]
    public void ThreeParts_HoldARecordEach(int validationStart, int testStart)
    {
        CorpusSplit split = RecordSplit.Align(new CorpusSplit(new(0, validationStart), new(validationStart, testStart - validationStart), new(testStart, 9 - testStart)), Ids, Boundary);
        Assert.Equal((new IdRange(0, 4), new IdRange(3, 3), new IdRange(5, 4)), (split.Train, split.Validation, split.Test));
    }

    [Fact]
    public void WithoutHeldOutParts_AllIsTrained()
    {
        CorpusSplit split = RecordSplit.Align(new CorpusSplit(new(0, 9), new(9, 0), new(9, 0)), Ids, Boundary);
        Assert.Equal((new IdRange(0, 9), 0L, 0L), (split.Train, split.Validation.Length, split.Test.Length));
    }

    [Fact]
    public void APartWithoutARecord_IsRefused()
    {
        var refusal = Assert.Throws<SettingsException>(() => RecordSplit.Align(new CorpusSplit(new(0, 7), new(7, 2), new(9, 0)), Ids, Boundary));
        Assert.Contains("the validation part gets no record", refusal.Message);
    }
}
