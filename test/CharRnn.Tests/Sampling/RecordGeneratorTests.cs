using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class RecordGeneratorTests
{
    [Fact]
    public void TheNthRecord_IsWhatAGeneratorWritesAsThatStream_UpToItsLineEnd()
    {
        using var model = Make("\nabcd");
        var options = new SamplingOptions { Seed = 3 };
        int[][] records =
        [
            .. new RecordGenerator(model)
                .Records([2], options, longest: 9, TestContext.Current.CancellationToken)
                .Take(150),
        ];
        for (int n = 0; n < records.Length; n++)
            Assert.Equal(
                new TextGenerator(model).Ids([2], options, (ulong)n).Take(9).TakeWhile(id => id != 0),
                records[n]
            );
        Assert.Contains(records, record => record.Length < 9);
        Assert.Contains(records, record => record.Length == 9);
    }

    [Fact]
    public void AModelThatEndsNoText_WritesNoRecords()
    {
        using var model = Make("abcd");
        Assert.Contains("line end", Assert.Throws<SettingsException>(() => new RecordGenerator(model)).Message);
    }

    private static LanguageModel Make(string symbols) =>
        new(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = symbols.Length,
                HiddenSize = 12,
                EmbeddingSize = 4,
            },
            new Vocabulary(symbols.Select(symbol => (int)symbol), TextEncoding.Utf8),
            Initialization.Parse("uniform:0.7")
        );
}
