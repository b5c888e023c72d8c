using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class TextGeneratorTests
{
    [Theory]
    [MemberData(nameof(RandomModel.Cells), MemberType = typeof(RandomModel))]
    public void Greedy_IsWhatWholeWindowsWouldSay(string cell)
    {
        using var model = RandomModel.Make(cell, layers: 2);
        int[] prompt = [3, 1, 4];
        int[] written = [.. new TextGenerator(model).Ids(prompt, new() { Temperature = 0 }).Take(20)];
        for (int i = 0; i < written.Length; i++)
        {
            int[] before = [.. prompt, .. written[..i]];
            NetworkState? state = null;
            float[] last = model.Forward(before, before.Length, 1, ref state)[^37..];
            Assert.Equal(Array.IndexOf(last, last.Max()), written[i]);
        }
    }

    [Fact]
    public void SameSeed_SameText_AndAnotherSeedOrStreamAnother()
    {
        using var model = RandomModel.Make();
        var generator = new TextGenerator(model);
        int[] first = Write(seed: 7, stream: 0);
        Assert.Equal(first, Write(seed: 7, stream: 0));
        Assert.NotEqual(first, Write(seed: 8, stream: 0));
        Assert.NotEqual(first, Write(seed: 7, stream: 1));

        int[] Write(ulong seed, ulong stream) => [.. generator.Ids([1], new() { Seed = seed }, stream).Take(50)];
    }

    [Fact]
    public void EmptyPrompt_StartsAsAfterALinesEnd_OrAfterTheFirstSymbol()
    {
        var spec = new ModelSpec
        {
            VocabularySize = 4,
            HiddenSize = 8,
            EmbeddingSize = 3,
        };
        using var withLines = new LanguageModel(spec, new Vocabulary([.. "\t\nab"], TextEncoding.Utf8));
        Assert.Equal(Write(withLines, 1), Write(withLines));
        using var without = new LanguageModel(spec, new Vocabulary([.. "abcd"], TextEncoding.Utf8));
        Assert.Equal(Write(without, 0), Write(without));

        static int[] Write(LanguageModel model, params int[] prompt) =>
            [.. new TextGenerator(model).Ids(prompt, new()).Take(40)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_BeginsAtTheBoundaryAndEndsThere_AndARecordsPromptComesAfterIt(bool isRecords)
    {
        var vocabulary = new Vocabulary([.. "abcd".Select(c => (int)c), Vocabulary.BoundarySymbol], TextEncoding.Utf8);
        var spec = new ModelSpec
        {
            VocabularySize = 5,
            HiddenSize = 8,
            EmbeddingSize = 3,
        };
        using var model = new LanguageModel(spec, vocabulary, Initialization.Parse("uniform:0.7"))
        {
            Preparation = new() { Records = isRecords },
        };
        Assert.Equal([4], TextGenerator.Start(model, []));
        Assert.Equal(isRecords ? [4, 1, 2] : [1, 2], TextGenerator.Start(model, [1, 2]));
        var generator = new TextGenerator(model);
        for (ulong stream = 0; stream < 20; stream++)
        {
            int[] alone = [.. generator.Ids([1], new(), stream)];
            Assert.DoesNotContain(4, alone);
            using var batch = new BatchGenerator(model, [1], new(), streams: 2, firstStream: stream);
            Assert.Equal([.. alone, 4], Enumerable.Range(0, alone.Length + 1).Select(_ => batch.Next()[0]).ToArray());
        }
    }

    [Fact]
    public void Generate_FromRecords_WritesOneAfterAnother_EachWithThePrompt_UpToTheLength()
    {
        var vocabulary = new Vocabulary([.. "abcd".Select(c => (int)c), Vocabulary.BoundarySymbol], TextEncoding.Utf8);
        using var model = new LanguageModel(
            new()
            {
                VocabularySize = 5,
                HiddenSize = 8,
                EmbeddingSize = 3,
            },
            vocabulary,
            Initialization.Parse("uniform:0.7")
        )
        {
            Preparation = new() { Records = true, Fold = Folding.Ascii },
        };
        string text = new TextGenerator(model).Generate("á", 100, new());
        Assert.InRange(text.Length, 100, 101);
        Assert.All(text.Split('\n').Skip(1), record => Assert.StartsWith("a", record));
    }

    [Fact]
    public void Generate_WritesThatManyCharacters_AndRefusesAnUnknownPrompt()
    {
        using var model = RandomModel.Make();
        var generator = new TextGenerator(model);
        Assert.Equal(30, generator.Generate("!!", 30, new()).Length);
        Assert.Contains("'ł'", Assert.Throws<SettingsException>(() => generator.Generate("ł", 30, new())).Message);
    }

    [Fact]
    public void OptionsOutOfRange_AreRefusedAtOnce()
    {
        using var model = RandomModel.Make();
        Assert.Throws<SettingsException>(() => new TextGenerator(model).Ids([1], new() { Temperature = -1 }));
    }
}
