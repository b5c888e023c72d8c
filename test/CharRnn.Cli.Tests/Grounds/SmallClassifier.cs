namespace CharRnn.Cli.Tests;

/// <summary>An untrained classifier of four letters and three labels.</summary>
internal static class SmallClassifier
{
    public static IReadOnlyList<string> Labels { get; } = ["Czech", "Dutch", "French"];

    /// <summary>Makes it and saves it.</summary>
    public static SequenceClassifier Save(string path)
    {
        var vocabulary = new Vocabulary(
            "abcd".Select(character => (int)character).Append(Vocabulary.UnknownSymbol),
            TextEncoding.Utf8
        );
        var spec = new ClassifierSpec
        {
            VocabularySize = vocabulary.Count,
            LabelCount = Labels.Count,
            HiddenSize = 5,
            EmbeddingSize = 3,
        };
        var model = new SequenceClassifier(spec, vocabulary, Labels, seed: 4)
        {
            Provenance = new Dictionary<string, string> { ["data"] = "made \e up" },
        };
        model.Save(path);
        return model;
    }
}
