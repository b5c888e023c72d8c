using System.Text.Json.Nodes;
using CharRnn.Checkpoints;
using CharRnn.Networks;

namespace CharRnn.Cli.UserTrials;

/// <summary>Small models of each kind, and changes to their files as other programs, or a bad disk, would make them.</summary>
internal static class ModelSurgery
{
    public const string Text = "ab cab\nbad łab a\U0001F409 cad\nda\n";

    /// <summary>In the order of their code points, as CharRnn has them.</summary>
    public static readonly int[] Symbols = ['\n', ' ', 'a', 'b', 'c', 'd', 'ł', 0x1F409];

    public static readonly string[] Labels = ["hard", "soft", "windy"];

    /// <summary>Saves a language model.</summary>
    public static string LanguageModel(string path, int embedding = 5, int labels = 0, string cell = "gru")
    {
        var spec = new ModelSpec
        {
            Cell = cell,
            VocabularySize = Symbols.Length + (labels > 0 ? 1 : 0),
            HiddenSize = 6,
            NumLayers = 2,
            EmbeddingSize = embedding,
            LabelCount = labels,
            LabelEmbeddingSize = embedding > 0 ? 3 : 0,
            ResetId = labels > 0 ? Symbols.Length : null,
        };
        int[] symbols = labels > 0 ? [.. Symbols, Vocabulary.BoundarySymbol] : Symbols;
        using var model = new LanguageModel(
            spec,
            new Vocabulary(symbols, TextEncoding.Utf8),
            Initialization.Parse("normal:1.5"),
            labels: Labels[..labels]
        )
        {
            Preparation = labels > 0 ? new TextPreparation { Records = true } : new(),
        };
        model.Save(path);
        return path;
    }

    /// <summary>Saves a classifier.</summary>
    public static string Classifier(string path, int embedding = 5, Pooling pooling = Pooling.Attention)
    {
        var spec = new ClassifierSpec
        {
            Cell = "gru",
            VocabularySize = Symbols.Length + 1,
            LabelCount = Labels.Length,
            HiddenSize = 6,
            NumLayers = 2,
            EmbeddingSize = embedding,
            Pooling = pooling,
        };
        using var model = new SequenceClassifier(
            spec,
            new Vocabulary([.. Symbols, Vocabulary.UnknownSymbol], TextEncoding.Utf8),
            Labels,
            Initialization.Parse("normal:0.8")
        );
        model.Save(path);
        return path;
    }

    /// <summary>Writes a file with other tensors or metadata.</summary>
    public static string Rewrite(
        string from,
        string to,
        Func<Tensor, Tensor?>? tensors = null,
        Action<Dictionary<string, string>>? metadata = null,
        params Tensor[] more
    )
    {
        var file = SafetensorsFile.Read(from);
        var changed = file.Metadata.ToDictionary();
        metadata?.Invoke(changed);
        SafetensorsFile.Write(
            to,
            [.. file.Tensors.Values.Select(tensors ?? (tensor => tensor)).OfType<Tensor>(), .. more],
            changed
        );
        return to;
    }

    /// <summary>Changes what the metadata says of the network.</summary>
    public static string Describe(string from, string to, string key, JsonNode? value) =>
        Rewrite(
            from,
            to,
            metadata: metadata =>
            {
                var network = JsonNode.Parse(metadata["model"])!.AsObject();
                if (value is null)
                    network.Remove(key);
                else
                    network[key] = value;
                metadata["model"] = network.ToJsonString();
            }
        );

    /// <summary>Writes one number into a tensor.</summary>
    public static string Damage(string from, string to, string name, float value) =>
        Rewrite(
            from,
            to,
            tensor =>
            {
                if (tensor.Name != name)
                    return tensor;
                float[] values = tensor.ToSingles();
                values[values.Length / 2] = value;
                return Tensor.FromSingles(name, values, [.. tensor.Shape]);
            }
        );

    /// <summary>
    /// The same model with its symbols and labels listed in another order, and all that belongs to them put there too.
    /// </summary>
    public static string Shuffle(string from, string to)
    {
        var before = SafetensorsFile.Read(from);
        var network = JsonNode.Parse(before.Metadata["model"])!.AsObject();
        int[] symbols = Shuffled(JsonNode.Parse(before.Metadata["vocabulary"])!.AsArray().Count);
        int[] labels = before.Metadata.TryGetValue("labels", out string? named)
            ? Shuffled(JsonNode.Parse(named)!.AsArray().Count)
            : [];
        bool isClassifier = before.Metadata["format"].Contains("classifier", StringComparison.Ordinal);
        bool isOneHot = (int)network["embedding_size"]! == 0;
        int[] inputs = [.. symbols, .. isClassifier ? [] : labels.Select(label => symbols.Length + label)];
        if (network["reset_id"] is { } reset)
            network["reset_id"] = Array.IndexOf(symbols, (int)reset);
        return Rewrite(
            from,
            to,
            tensor =>
                tensor.Name switch
                {
                    "embedding.weight" => Rows(tensor, symbols),
                    "label_embedding.weight" => Rows(tensor, labels),
                    "head.weight" or "head.bias" => Rows(tensor, isClassifier ? labels : symbols),
                    "rnn.weight_ih_l0" or "rnn.weight_ih_l0_reverse" when isOneHot => Columns(tensor, inputs),
                    _ => tensor,
                },
            metadata =>
            {
                metadata["model"] = network.ToJsonString();
                metadata["vocabulary"] = Reordered(metadata["vocabulary"], symbols);
                if (named is not null)
                    metadata["labels"] = Reordered(named, labels);
            }
        );
    }

    /// <summary>What was at each new place before.</summary>
    private static int[] Shuffled(int count)
    {
        int[] places = [.. Enumerable.Range(0, count)];
        new Random(5).Shuffle(places);
        return places;
    }

    private static string Reordered(string array, int[] places)
    {
        var before = JsonNode.Parse(array)!.AsArray();
        return new JsonArray([.. places.Select(place => before[place]!.DeepClone())]).ToJsonString();
    }

    private static Tensor Rows(Tensor tensor, int[] places)
    {
        float[] values = tensor.ToSingles();
        int columns = values.Length / places.Length;
        return Tensor.FromSingles(
            tensor.Name,
            [.. places.SelectMany(place => values[(place * columns)..((place + 1) * columns)])],
            [.. tensor.Shape]
        );
    }

    private static Tensor Columns(Tensor tensor, int[] places)
    {
        float[] values = tensor.ToSingles();
        int rows = values.Length / places.Length;
        return Tensor.FromSingles(
            tensor.Name,
            [
                .. Enumerable
                    .Range(0, rows)
                    .SelectMany(row => places.Select(place => values[(row * places.Length) + place])),
            ],
            [.. tensor.Shape]
        );
    }
}
