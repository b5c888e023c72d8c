using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

/// <summary>
/// Models whose answers are known beforehand. After each symbol of a cycle the next one follows with all but certainty:
/// an rnn whose hidden unit i says "symbol i was read", and a head that turns each into its successor.
/// </summary>
internal static class SuccessorModel
{
    private const float Certain = 50;

    /// <summary>Saves one that writes <paramref name="cycle"/> round and round. Each symbol comes once in it.</summary>
    public static string Save(string path, string cycle, TextEncoding encoding = TextEncoding.Utf8)
    {
        int[] symbols =
            encoding == TextEncoding.Bytes
                ? [.. Encoding.UTF8.GetBytes(cycle).Select(symbol => (int)symbol)]
                : [.. cycle.EnumerateRunes().Select(rune => rune.Value)];
        var vocabulary = new Vocabulary(symbols, encoding);
        int size = vocabulary.Count;
        float[] input = new float[size * size];
        float[] head = new float[size * size];
        for (int i = 0; i < size; i++)
        {
            var (id, next) = (IdOf(symbols[i]), IdOf(symbols[(i + 1) % size]));
            input[(id * size) + id] = Certain;
            head[(next * size) + id] = Certain;
        }

        var spec = new ModelSpec
        {
            Cell = "rnn",
            VocabularySize = size,
            HiddenSize = size,
            EmbeddingSize = 0,
        };
        Save(path, spec, vocabulary, new() { ["rnn.weight_ih_l0"] = input, ["head.weight"] = head });
        return path;

        int IdOf(int symbol)
        {
            vocabulary.TryGetId(symbol, out int id);
            return id;
        }
    }

    /// <summary>Saves one whose output is not a number.</summary>
    public static string SaveDamaged(string path, string symbols)
    {
        var vocabulary = new Vocabulary(symbols.EnumerateRunes().Select(rune => rune.Value), TextEncoding.Utf8);
        var spec = new ModelSpec
        {
            Cell = "gru",
            VocabularySize = vocabulary.Count,
            HiddenSize = 8,
            EmbeddingSize = 4,
        };
        Save(path, spec, vocabulary, new() { ["head.bias"] = [.. Enumerable.Repeat(float.NaN, vocabulary.Count)] });
        return path;
    }

    private static void Save(string path, ModelSpec spec, Vocabulary vocabulary, Dictionary<string, float[]> weights)
    {
        using (var model = new LanguageModel(spec, vocabulary, Initialization.Parse("normal:0")))
            model.Save(path);
        var file = SafetensorsFile.Read(path);
        var tensors = file.Tensors.Values.Select(tensor =>
            weights.TryGetValue(tensor.Name, out float[]? values)
                ? Tensor.FromSingles(tensor.Name, values, [.. tensor.Shape])
                : tensor
        );
        SafetensorsFile.Write(path, tensors, file.Metadata);
    }
}
