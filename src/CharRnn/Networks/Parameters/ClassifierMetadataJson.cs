using System.Text.Json;
using CharRnn.Engine;
using static CharRnn.Networks.MetadataText;

namespace CharRnn.Networks;

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
        Biases = "biases";

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
            json.WriteEndObject();
        });

    /// <summary>
    /// The network that a text describes. Names it does not know are passed over, and what it does not say is the
    /// default.
    /// </summary>
    /// <exception cref="JsonException">The text is not such an object.</exception>
    public static ClassifierSpec ParseSpec(string text)
    {
        var json = Begin(text, JsonTokenType.StartObject);
        var spec = new ClassifierSpec { VocabularySize = 0, LabelCount = 0 };
        while (Next(ref json) != JsonTokenType.EndObject)
        {
            string name = Unquoted(ref json);
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
                Dropout => spec with { Dropout = Number(ref json, name) },
                OutputDropout => spec with { OutputDropout = Number(ref json, name) },
                Biases => spec with { Biases = Choice(ref json, name, BiasModes) },
                _ => spec,
            };
            json.Skip();
        }
        RequireEnd(ref json);
        return spec;
    }
}
