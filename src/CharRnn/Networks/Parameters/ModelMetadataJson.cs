using System.Text.Json;
using CharRnn.Engine;
using static CharRnn.Networks.MetadataText;

namespace CharRnn.Networks;

/// <summary>
/// A language model's network, and any model's symbols and labels, as the JSON texts in a model file's metadata.
/// </summary>
internal static class ModelMetadataJson
{
    private const string Cell = "cell",
        VocabularySize = "vocabulary_size",
        HiddenSize = "hidden_size",
        NumLayers = "num_layers",
        EmbeddingSize = "embedding_size",
        Residual = "residual",
        Dropout = "dropout",
        OutputDropout = "output_dropout",
        EmbeddingActivation = "embedding_activation",
        HeadActivation = "head_activation",
        ProjectionSize = "projection_size",
        Biases = "biases",
        LabelCount = "label_count",
        LabelEmbeddingSize = "label_embedding_size",
        ResetId = "reset_id",
        FeedbackSize = "feedback_size",
        LogitDropout = "logit_dropout",
        ConditionOnFirstSymbol = "given_starts";

    private static readonly (Activation Value, string Name)[] Activations =
    [
        (Activation.None, "none"),
        (Activation.Relu, "relu"),
        (Activation.Tanh, "tanh"),
    ];

    public static string Format(ModelSpec spec) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString(Cell, spec.Cell);
            json.WriteNumber(VocabularySize, spec.VocabularySize);
            json.WriteNumber(HiddenSize, spec.HiddenSize);
            if (spec.FeedbackSize > 0)
                json.WriteNumber(FeedbackSize, spec.FeedbackSize);
            json.WriteNumber(NumLayers, spec.NumLayers);
            json.WriteNumber(EmbeddingSize, spec.EmbeddingSize);
            json.WriteBoolean(Residual, spec.Residual);
            json.WriteNumber(Dropout, spec.Dropout);
            json.WriteNumber(OutputDropout, spec.OutputDropout);
            if (spec.LogitDropout > 0)
                json.WriteNumber(LogitDropout, spec.LogitDropout);
            json.WriteString(EmbeddingActivation, NameOf(spec.EmbeddingActivation, Activations));
            json.WriteString(HeadActivation, NameOf(spec.HeadActivation, Activations));
            json.WriteNumber(ProjectionSize, spec.ProjectionSize);
            json.WriteString(Biases, NameOf(spec.Biases, BiasModes));
            if (spec.LabelCount > 0)
            {
                json.WriteNumber(LabelCount, spec.LabelCount);
                json.WriteNumber(LabelEmbeddingSize, spec.LabelEmbeddingSize);
            }
            if (spec.ResetId is { } resetId)
                json.WriteNumber(ResetId, resetId);
            else
                json.WriteNull(ResetId);
            if (spec.ConditionOnFirstSymbol)
                json.WriteBoolean(ConditionOnFirstSymbol, spec.ConditionOnFirstSymbol);
            json.WriteEndObject();
        });

    public static string Format(ReadOnlySpan<int> symbols)
    {
        int[] array = symbols.ToArray();
        return Write(json =>
        {
            json.WriteStartArray();
            foreach (int symbol in array)
                json.WriteNumberValue(symbol);
            json.WriteEndArray();
        });
    }

    /// <summary>
    /// The network that a text describes; what it does not say is the default. A name that is not known is refused: it
    /// may be what makes the network another one.
    /// </summary>
    /// <exception cref="JsonException">The text is not such an object.</exception>
    public static ModelSpec ParseSpec(string text)
    {
        var json = Begin(text, JsonTokenType.StartObject);
        var spec = new ModelSpec { VocabularySize = 0 };
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next(ref json) != JsonTokenType.EndObject)
        {
            string name = NewName(ref json, names);
            Next(ref json);
            spec = name switch
            {
                Cell => spec with { Cell = Word(ref json, name) },
                VocabularySize => spec with { VocabularySize = Integer(ref json, name) },
                HiddenSize => spec with { HiddenSize = Integer(ref json, name) },
                NumLayers => spec with { NumLayers = Integer(ref json, name) },
                EmbeddingSize => spec with { EmbeddingSize = Integer(ref json, name) },
                Residual => spec with { Residual = Truth(ref json, name) },
                Dropout => spec with { Dropout = Number(ref json, name) },
                OutputDropout => spec with { OutputDropout = Number(ref json, name) },
                EmbeddingActivation => spec with { EmbeddingActivation = Choice(ref json, name, Activations) },
                HeadActivation => spec with { HeadActivation = Choice(ref json, name, Activations) },
                ProjectionSize => spec with { ProjectionSize = Integer(ref json, name) },
                Biases => spec with { Biases = Choice(ref json, name, BiasModes) },
                LabelCount => spec with { LabelCount = Integer(ref json, name) },
                LabelEmbeddingSize => spec with { LabelEmbeddingSize = Integer(ref json, name) },
                FeedbackSize => spec with { FeedbackSize = Integer(ref json, name) },
                LogitDropout => spec with { LogitDropout = Number(ref json, name) },
                ConditionOnFirstSymbol => spec with { ConditionOnFirstSymbol = Truth(ref json, name) },
                ResetId => spec with
                {
                    ResetId = json.TokenType == JsonTokenType.Null ? null : Integer(ref json, name),
                },
                _ => throw Unknown(name),
            };
        }
        RequireEnd(ref json);
        return spec;
    }

    /// <summary>The symbols that a text lists.</summary>
    /// <exception cref="JsonException">The text is not an array of whole numbers.</exception>
    public static IReadOnlyList<int> ParseSymbols(string text)
    {
        var json = Begin(text, JsonTokenType.StartArray);
        var symbols = new List<int>();
        while (Next(ref json) != JsonTokenType.EndArray)
            symbols.Add(Integer(ref json, $"[{symbols.Count}]"));
        RequireEnd(ref json);
        return symbols;
    }

    public static string Format(IReadOnlyList<string> labels) =>
        Write(json =>
        {
            json.WriteStartArray();
            foreach (string label in labels)
                json.WriteStringValue(label);
            json.WriteEndArray();
        });

    /// <summary>The labels that a text lists.</summary>
    /// <exception cref="JsonException">The text is not an array of different names.</exception>
    public static IReadOnlyList<string> ParseLabels(string text)
    {
        var json = Begin(text, JsonTokenType.StartArray);
        var labels = new List<string>();
        while (Next(ref json) != JsonTokenType.EndArray)
            labels.Add(Word(ref json, $"[{labels.Count}]"));
        RequireEnd(ref json);
        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Count)
            throw new JsonException("it has a label twice.");
        return labels;
    }
}

/// <summary>A classifier's network as the JSON text in a model file's metadata.</summary>
internal static class ClassifierMetadataJson
{
    private const string Cell = "cell",
        VocabularySize = "vocabulary_size",
        LabelCount = "label_count",
        HiddenSize = "hidden_size",
        NumLayers = "num_layers",
        EmbeddingSize = "embedding_size",
        Bidirectional = "bidirectional",
        PoolingName = "pooling",
        EmbeddingDropout = "embedding_dropout",
        Dropout = "dropout",
        OutputDropout = "output_dropout",
        Biases = "biases",
        MultiLabel = "multi_label";

    private static readonly (Pooling Value, string Name)[] Poolings =
    [
        (Pooling.Last, "last"),
        (Pooling.Mean, "mean"),
        (Pooling.Attention, "attention"),
    ];

    public static string Format(ClassifierSpec spec) =>
        Write(json =>
        {
            json.WriteStartObject();
            json.WriteString(Cell, spec.Cell);
            json.WriteNumber(VocabularySize, spec.VocabularySize);
            json.WriteNumber(LabelCount, spec.LabelCount);
            json.WriteNumber(HiddenSize, spec.HiddenSize);
            json.WriteNumber(NumLayers, spec.NumLayers);
            json.WriteNumber(EmbeddingSize, spec.EmbeddingSize);
            json.WriteBoolean(Bidirectional, spec.Bidirectional);
            json.WriteString(PoolingName, NameOf(spec.Pooling, Poolings));
            json.WriteNumber(EmbeddingDropout, spec.EmbeddingDropout);
            json.WriteNumber(Dropout, spec.Dropout);
            json.WriteNumber(OutputDropout, spec.OutputDropout);
            json.WriteString(Biases, NameOf(spec.Biases, BiasModes));
            if (spec.MultiLabel)
                json.WriteBoolean(MultiLabel, spec.MultiLabel);
            json.WriteEndObject();
        });

    /// <summary>
    /// The network that a text describes; what it does not say is the default. A name that is not known is refused: it
    /// may be what makes the network another one.
    /// </summary>
    /// <exception cref="JsonException">The text is not such an object.</exception>
    public static ClassifierSpec ParseSpec(string text)
    {
        var json = Begin(text, JsonTokenType.StartObject);
        var spec = new ClassifierSpec { VocabularySize = 0, LabelCount = 0 };
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next(ref json) != JsonTokenType.EndObject)
        {
            string name = NewName(ref json, names);
            Next(ref json);
            spec = name switch
            {
                Cell => spec with { Cell = Word(ref json, name) },
                VocabularySize => spec with { VocabularySize = Integer(ref json, name) },
                LabelCount => spec with { LabelCount = Integer(ref json, name) },
                HiddenSize => spec with { HiddenSize = Integer(ref json, name) },
                NumLayers => spec with { NumLayers = Integer(ref json, name) },
                EmbeddingSize => spec with { EmbeddingSize = Integer(ref json, name) },
                Bidirectional => spec with { Bidirectional = Truth(ref json, name) },
                PoolingName => spec with { Pooling = Choice(ref json, name, Poolings) },
                EmbeddingDropout => spec with { EmbeddingDropout = Number(ref json, name) },
                MultiLabel => spec with { MultiLabel = Truth(ref json, name) },
                Dropout => spec with { Dropout = Number(ref json, name) },
                OutputDropout => spec with { OutputDropout = Number(ref json, name) },
                Biases => spec with { Biases = Choice(ref json, name, BiasModes) },
                _ => throw Unknown(name),
            };
        }
        RequireEnd(ref json);
        return spec;
    }
}
