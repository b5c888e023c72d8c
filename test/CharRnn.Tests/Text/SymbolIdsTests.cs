using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class SymbolIdsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    public void Ids_TakeTheFewestBytesThatHoldThem(int vocabularyCount, int bytes)
    {
        int[] ids = [0, vocabularyCount - 1, vocabularyCount / 2, vocabularyCount - 1];
        var packed = SymbolIds.Pack(ids, vocabularyCount);

        Assert.Equal(bytes, packed.BytesPerId);
        Assert.Equal(ids.Length, packed.Length);
        Assert.Equal(ids, Enumerable.Range(0, ids.Length).Select(i => packed[i]));
        int[] middle = new int[2];
        packed.CopyTo(1, middle);
        Assert.Equal(ids[1..3], middle);
        packed.CopyTo(packed.Length, []);
    }

    [Fact]
    public void Pack_OfAnIdOutsideTheVocabulary_IsRefused()
    {
        Assert.Contains(
            "ids[1] is 3; a vocabulary of 3 needs 0 to 2",
            Assert.Throws<SettingsException>(() => SymbolIds.Pack([0, 3], 3)).Message
        );
        Assert.Throws<SettingsException>(() => SymbolIds.Pack([-1], 3));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    [InlineData(5, 1)]
    public void CopyTo_OutsideTheSequence_IsRefused(int start, int count)
    {
        var packed = SymbolIds.Pack([0, 1, 2, 0], 3);
        Assert.Contains(
            "the sequence holds 4",
            Assert.Throws<SettingsException>(() => packed.CopyTo(start, new int[count])).Message
        );
    }
}
