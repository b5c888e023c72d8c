using CharRnn.Datasets;

namespace CharRnn.Server.Tests;

/// <summary>What the library itself gives for what the server is asked.</summary>
internal static class Library
{
    /// <summary>A text alone.</summary>
    public static string Text(
        LanguageModel model,
        string prompt,
        int length,
        SamplingOptions options,
        ulong stream = 0,
        string? label = null
    )
    {
        var blend = label is null ? null : LabelBlend.Parse(label, model.Labels);
        var ids = new TextGenerator(model, blend).Ids(model.Encode(prompt), options, stream);
        return model.Vocabulary.Decode([.. ids.Take(length)]);
    }

    /// <summary>The vectors of texts.</summary>
    public static float[][] Vectors(ITextEmbedder embedder, params string[] texts) =>
        embedder.Embed(texts, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Σ −ln p of a text that is none of records, as <c>charrnn eval</c> has it.</summary>
    public static EvaluationResult Score(LanguageModel model, string text) => Score(model, text, reader: null);

    /// <summary>−ln p of each character of a text but the first.</summary>
    public static IReadOnlyList<double> Nats(LanguageModel model, string text)
    {
        var nats = new NatsReader();
        _ = Score(model, text, nats);
        return nats.Read;
    }

    private static EvaluationResult Score(LanguageModel model, string text, IScoreReader? reader)
    {
        using var encoded = Corpus.EncodeText("text", text, model.Vocabulary, skipUnknown: false);
        using var evaluator = new Evaluator(model) { Reader = reader };
        return evaluator.Run(encoded.Ids, new IdRange(0, encoded.Ids.Length));
    }

    private sealed class NatsReader : IScoreReader
    {
        public List<double> Read { get; } = [];

        void IScoreReader.Read(int id, bool isCounted, double nats) => Read.Add(nats);
    }
}
