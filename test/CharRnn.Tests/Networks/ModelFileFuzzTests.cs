using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CharRnn.Checkpoints;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// Seeded changes to the files of small models of each kind. Each change ends in a refusal of one line, or in a model
/// that holds what the file says: its symbols and labels in their order, and each number in its place.
/// </summary>
public sealed class ModelFileFuzzTests : IDisposable
{
    private const int Rounds = 3000,
        MaxChanges = 2;

    private static readonly JsonNode?[] Values =
    [
        null,
        -1,
        0,
        1,
        2,
        3,
        4,
        7,
        65536,
        1e300,
        0.5,
        "",
        "gru",
        "lstm",
        "linear",
        "none",
        "relu",
        "single",
        "double",
        "mean",
        true,
        false,
        new JsonArray(),
        new JsonObject(),
    ];

    private static readonly string[] Types = ["F32", "F64", "F16", "BF16", "I64", "I32", "U8", "BOOL", "F8_E4M3", "Q4"];

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("language", 1)]
    [InlineData("labelled", 2)]
    [InlineData("classifier", 3)]
    public void AChangedFile_IsRefusedInOneLine_OrIsWhatItSays(string kind, int seed)
    {
        var (header, data) = Read(Save(kind));
        var random = new Random(seed);
        int read = 0,
            refused = 0,
            rounds = LongTests.Times(Rounds);
        for (int round = 0; round < rounds; round++)
        {
            var changed = header.DeepClone().AsObject();
            byte[] bytes = [.. data];
            for (int left = random.Next(1, MaxChanges + 1); left > 0; left--)
                Change(changed, ref bytes, random);
            Write(_scratch["changed"], changed, bytes);
            try
            {
                using RecurrentModel model =
                    kind == "classifier"
                        ? SequenceClassifier.Load(_scratch["changed"])
                        : LanguageModel.Load(_scratch["changed"]);
                AssertIsWhatItSays(model, changed, bytes);
                read++;
            }
            catch (ModelException refusal)
            {
                Assert.Contains(_scratch["changed"], refusal.Message);
                Assert.DoesNotContain('\n', refusal.Message);
                refused++;
            }
        }
        Assert.InRange(read, rounds / 50, rounds);
        Assert.InRange(refused, rounds / 4, rounds);
    }

    private string Save(string kind)
    {
        int[] symbols = [.. "\nabcł".Select(symbol => (int)symbol), Vocabulary.UnknownSymbol];
        var vocabulary = new Vocabulary(symbols, TextEncoding.Utf8);
        string[] labels = ["x", "y", "z"];
        using RecurrentModel model =
            kind == "classifier"
                ? new SequenceClassifier(
                    new()
                    {
                        Cell = "gru",
                        VocabularySize = symbols.Length,
                        LabelCount = labels.Length,
                        HiddenSize = 3,
                        NumLayers = 2,
                        EmbeddingSize = 4,
                        Pooling = Pooling.Attention,
                    },
                    vocabulary,
                    labels
                )
                : new LanguageModel(
                    new()
                    {
                        Cell = "lstm",
                        VocabularySize = symbols.Length,
                        HiddenSize = 3,
                        NumLayers = 2,
                        EmbeddingSize = 4,
                        Biases = BiasMode.Double,
                        LabelCount = kind == "labelled" ? labels.Length : 0,
                        LabelEmbeddingSize = kind == "labelled" ? 2 : 0,
                    },
                    vocabulary,
                    labels: kind == "labelled" ? labels : []
                );
        model.Save(_scratch["model"]);
        return _scratch["model"];
    }

    private static void Change(JsonObject header, ref byte[] data, Random random)
    {
        var metadata = header["__metadata__"] as JsonObject ?? [];
        string[] tensors = [.. header.Select(pair => pair.Key).Where(name => name != "__metadata__")];
        string name = tensors.Length > 0 ? tensors[random.Next(tensors.Length)] : "";
        switch (random.Next(12))
        {
            case 0 when metadata.Count > 0:
                metadata.Remove(metadata.ElementAt(random.Next(metadata.Count)).Key);
                break;
            case 1 or 2 when metadata["model"] is { } model:
                var network = JsonNode.Parse((string)model!)!.AsObject();
                string key = network.ElementAt(random.Next(network.Count)).Key;
                if (random.Next(3) == 0)
                    network.Remove(key);
                else
                    network[key] = Values[random.Next(Values.Length)]?.DeepClone();
                metadata["model"] = network.Count > 0 ? network.ToJsonString() : "{}";
                break;
            case 3 or 4:
                ChangeList(metadata, random.Next(2) == 0 ? "vocabulary" : "labels", random);
                break;
            case 5 when name.Length > 0:
                header[name]!["dtype"] = Types[random.Next(Types.Length)];
                break;
            case 6 when name.Length > 0:
                header[name]!["shape"]!.AsArray().Insert(0, random.Next(4));
                break;
            case 7 when name.Length > 0:
                var shape = header[name]!["shape"]!.AsArray();
                shape.ReplaceWith<JsonNode>(new JsonArray([.. shape.Reverse().Select(length => length!.DeepClone())]));
                break;
            case 8 when name.Length > 0:
                var offsets = header[name]!["data_offsets"]!.AsArray();
                offsets[random.Next(offsets.Count)] = random.Next(data.Length + 9);
                break;
            case 9 when name.Length > 0:
                var entry = header[name]!.DeepClone();
                header.Remove(name);
                string other = tensors[random.Next(tensors.Length)];
                header[random.Next(2) == 0 ? $"{name}x" : other] = entry;
                break;
            case 10:
                data =
                    random.Next(2) == 0 ? data[..random.Next(data.Length + 1)] : [.. data, .. new byte[random.Next(9)]];
                break;
            // Two entries that change their data, which is sound where they are of one size.
            case 11 when tensors.Length > 0:
                string second = tensors[random.Next(tensors.Length)];
                var (one, two) = (
                    header[name]!["data_offsets"]!.DeepClone(),
                    header[second]!["data_offsets"]!.DeepClone()
                );
                (header[name]!["data_offsets"], header[second]!["data_offsets"]) = (two, one);
                break;
            default:
                // Any bits of a number: some are none.
                data = [.. data];
                if (data.Length > 0)
                    data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }
    }

    private static void ChangeList(JsonObject metadata, string key, Random random)
    {
        if ((string?)metadata[key] is not { } text)
            return;
        var list = JsonNode.Parse(text)!.AsArray();
        JsonNode?[] nodes = [.. list.Select(node => node?.DeepClone())];
        switch (random.Next(6))
        {
            case 0:
                nodes = [];
                break;
            case 1 when nodes.Length > 0:
                nodes[random.Next(nodes.Length)] = nodes[random.Next(nodes.Length)]?.DeepClone();
                break;
            case 2 when nodes.Length > 0:
                nodes[random.Next(nodes.Length)] = Values[random.Next(Values.Length)]?.DeepClone();
                break;
            case 3:
                nodes =
                [
                    .. nodes,
                    key == "vocabulary" ? random.Next(Vocabulary.UnknownSymbol + 2) : $"l{random.Next(9)}",
                ];
                break;
            default:
                random.Shuffle(nodes);
                break;
        }
        metadata[key] = new JsonArray(nodes).ToJsonString();
    }

    private static void AssertIsWhatItSays(RecurrentModel model, JsonObject header, byte[] data)
    {
        var metadata = header["__metadata__"]!;
        Assert.Equal(
            JsonNode.Parse((string)metadata["vocabulary"]!)!.AsArray().Select(symbol => (int)symbol!),
            model.Vocabulary.Symbols.ToArray()
        );
        string[] labels = (string?)metadata["labels"] is { } named
            ? [.. JsonNode.Parse(named)!.AsArray().Select(label => (string)label!)]
            : [];
        Assert.Equal(labels, model.Labels);
        foreach (var (key, value) in JsonNode.Parse((string)metadata["model"]!)!.AsObject())
            AssertSays(model.Layout.Network, key, value);

        // What is saved has each number in its place, by the file's names, and no tensor more or less.
        var saved = model.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToSingles());
        Assert.Equal(
            header.Select(pair => pair.Key).Where(name => name != "__metadata__").Order(StringComparer.Ordinal),
            saved.Keys.Order(StringComparer.Ordinal)
        );
        foreach (var (name, values) in saved)
        {
            float[] inFile = NumbersOf(header[name]!, data);
            Assert.Equal(inFile.Length, values.Length);
            if (!IsAddedUp(model, name))
                Assert.Equal(inFile, values);
        }
    }

    // Where one bias is trained, it is the sum of the file's two.
    private static bool IsAddedUp(RecurrentModel model, string tensor) =>
        model.Layout.Network.Biases == BiasMode.Single && tensor.Contains("bias_", StringComparison.Ordinal);

    private static void AssertSays(INetworkSpec network, string key, JsonNode? value)
    {
        var property = network
            .GetType()
            .GetProperties()
            .SingleOrDefault(property =>
                string.Equals(
                    property.Name,
                    key.Replace("_", "", StringComparison.Ordinal),
                    StringComparison.OrdinalIgnoreCase
                )
            );
        Assert.True(property is not null || key == "given_starts", key);
        object? held = property?.GetValue(network);
        if (property is not null)
            Assert.Equal(
                value is null ? "" : value.ToString().ToLowerInvariant(),
                held is double number ? JsonValue.Create(number).ToString() : $"{held}".ToLowerInvariant()
            );
    }

    private static float[] NumbersOf(JsonNode entry, byte[] data)
    {
        int start = (int)entry["data_offsets"]![0]!,
            end = (int)entry["data_offsets"]![1]!;
        byte[] bytes = data[start..end];
        int size = (string)entry["dtype"]! switch
        {
            "F64" => sizeof(double),
            "F32" => sizeof(float),
            _ => sizeof(short),
        };
        return
        [
            .. Enumerable
                .Range(0, bytes.Length / size)
                .Select(i => bytes.AsSpan(i * size, size).ToArray())
                .Select(number =>
                    (string)entry["dtype"]! switch
                    {
                        "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(number),
                        "F32" => BinaryPrimitives.ReadSingleLittleEndian(number),
                        "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(number),
                        _ => BitConverter.ToSingle([0, 0, .. number]),
                    }
                ),
        ];
    }

    private static (JsonObject Header, byte[] Data) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (JsonNode.Parse(bytes.AsSpan(sizeof(ulong), length))!.AsObject(), bytes[(sizeof(ulong) + length)..]);
    }

    private static void Write(string path, JsonObject header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. data]);
    }
}
