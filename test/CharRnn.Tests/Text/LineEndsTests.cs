using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class LineEndsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\nb\r\nc\rd", new[] { "a", "b", "c", "d" })]
    [InlineData("\r\r\n\n", new[] { "", "", "" })]
    [InlineData("a\u2028b\u0085c", new[] { "a\u2028b\u0085c" })]
    public void Lines_EndWithLfCrLfOrCr(string text, string[] lines)
    {
        Assert.Equal(lines, LineEnds.LinesOf(text));
        if (lines.Length > 0)
            Assert.Equal(lines[0], LineEnds.FirstLineOf(text).ToString());
    }

    [Fact]
    public void TheLineOfAnOffset_IsThatOfTheLinesBeforeIt()
    {
        byte[] text = Encoding.UTF8.GetBytes("a\r\nb\rc\n\nd");
        Assert.Equal(
            [1, 1, 2, 2, 2, 3, 3, 4, 5],
            Enumerable.Range(0, text.Length).Select(at => LineEnds.LineOf(text, at))
        );
    }

    [Fact]
    public void ACounter_CountsTheSameInBlocksOfAnySize()
    {
        int[] text = [.. "a\r\nb\rc\n\r\r\n\u2028\u0085x\r".Select(letter => (int)letter)];
        foreach (int size in (int[])[1, 2, 3, 100])
        {
            var counter = new LineEndCounter(isText: true);
            foreach (int[] block in text.Chunk(size))
                counter.Add(block);
            Assert.Equal(
                (3, 2, true, true),
                (counter.LoneReturns, counter.Separators, counter.HasPairs, counter.HasLoneReturns)
            );
        }
    }
}
