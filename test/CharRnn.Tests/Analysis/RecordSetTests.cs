using CharRnn.Analysis;

namespace CharRnn.Tests;

public sealed class RecordSetTests
{
    [Fact]
    public void Records_AreLines_OrWhatStandsBetweenBoundaries_WholeAndNotEmpty()
    {
        const int Boundary = 0x110000;
        var records = new RecordSet();
        records.Read([
            .. Scalars("anna\r\n\nb"),
            .. Scalars("ob\nanna\n"),
            Boundary,
            .. Scalars("żółw"),
            Boundary,
            .. Scalars("last"),
        ]);
        records.EndRecord();
        Assert.Equal(4, records.Count);
        Assert.All(["anna", "bob", "żółw", "last", "bob\r"], record => Assert.True(records.Contains(Scalars(record))));
        Assert.All(
            ["", "ann", "annabob", "Anna", "b", "ob"],
            record => Assert.False(records.Contains(Scalars(record)))
        );
    }

    private static int[] Scalars(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
}
