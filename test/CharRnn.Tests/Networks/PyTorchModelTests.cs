using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Networks;

namespace CharRnn.Tests;

/// <summary>
/// Models that <c>bench/pytorch-models/make.py</c> made in PyTorch, with vocabularies and labels in no order and with
/// each type of weights, and what PyTorch computes with them.
/// </summary>
public sealed class PyTorchModelTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "PyTorchModels");
    private static readonly JsonElement Expected = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json")))
        .RootElement;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string> LanguageModels => Named("lm-");

    public static TheoryData<string> Classifiers => Named("classifier-");

    [Theory]
    [MemberData(nameof(LanguageModels))]
    public void ALanguageModel_GivesPyTorchsProbabilityOfEachCharacter(string name)
    {
        using var model = LanguageModel.Load(Path.Combine(Folder, name));
        Compare(model, Of(name));
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void AClassifier_GivesPyTorchsProbabilityOfEachLabel(string name)
    {
        using var model = SequenceClassifier.Load(Path.Combine(Folder, name));
        Compare(model, Of(name));
    }

    [Theory]
    [MemberData(nameof(LanguageModels))]
    [MemberData(nameof(Classifiers))]
    public void SavedAgain_ItIsTheSameModel_AndTheSameFileFromThenOn(string name)
    {
        var expected = Of(name);
        if (name.StartsWith("lm-", StringComparison.Ordinal))
        {
            using (var model = LanguageModel.Load(Path.Combine(Folder, name)))
                model.Save(_scratch["first"]);
            using var again = LanguageModel.Load(_scratch["first"]);
            Compare(again, expected);
            again.Save(_scratch["second"]);
        }
        else
        {
            using (var model = SequenceClassifier.Load(Path.Combine(Folder, name)))
                model.Save(_scratch["first"]);
            using var again = SequenceClassifier.Load(_scratch["first"]);
            Compare(again, expected);
            again.Save(_scratch["second"]);
        }
        Assert.Equal(File.ReadAllBytes(_scratch["first"]), File.ReadAllBytes(_scratch["second"]));
    }

    [Fact]
    public void EachTypeOfWeights_IsAmongThem() =>
        Assert.Equal(
            ["BF16", "F16", "F32", "F64"],
            Directory
                .EnumerateFiles(Folder, "*.safetensors")
                .SelectMany(path => SafetensorsFile.Read(path).Tensors.Values.Select(tensor => tensor.Type.ToString()))
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    private static TheoryData<string> Named(string prefix) =>
        [
            .. Expected
                .GetProperty("models")
                .EnumerateArray()
                .Select(model => model.GetProperty("file").GetString()!)
                .Where(file => file.StartsWith(prefix, StringComparison.Ordinal)),
        ];

    private static JsonElement Of(string name) =>
        Expected.GetProperty("models").EnumerateArray().Single(model => model.GetProperty("file").GetString() == name);

    private static void Compare(LanguageModel model, JsonElement expected)
    {
        CompareLists(model, expected);
        foreach (var one in expected.GetProperty("cases").EnumerateArray())
        {
            int[] symbols = Integers(one.GetProperty("symbols"));
            NetworkState? state = null;
            int[] label = one.GetProperty("label").GetString() is { } name ? [model.Labels.ToList().IndexOf(name)] : [];
            float[] logits = model.Forward(
                [.. symbols.Select(symbol => IdOf(model, symbol))],
                symbols.Length,
                1,
                ref state,
                label
            );
            var rows = one.GetProperty("logProbabilities").EnumerateArray().Select(Doubles).ToList();
            for (int t = 0; t < symbols.Length; t++)
            {
                float[] row = logits[(t * model.Vocabulary.Count)..((t + 1) * model.Vocabulary.Count)];
                double logSum = Math.Log(row.Sum(logit => Math.Exp(logit)));
                AssertClose(rows[t], [.. row.Select(logit => logit - logSum)], $"position {t}");
            }
        }
    }

    private static void Compare(SequenceClassifier model, JsonElement expected)
    {
        CompareLists(model, expected);
        foreach (var one in expected.GetProperty("cases").EnumerateArray())
        {
            string text = string.Concat(Integers(one.GetProperty("symbols")).Select(char.ConvertFromUtf32));
            AssertClose(
                Doubles(one.GetProperty("logProbabilities")[0]),
                [.. model.Predict(text).Select(probability => Math.Log(probability))],
                text
            );
        }
    }

    private static void CompareLists(RecurrentModel model, JsonElement expected)
    {
        Assert.Equal(Integers(expected.GetProperty("symbols")), model.Vocabulary.Symbols.ToArray());
        Assert.NotEqual(model.Vocabulary.Symbols.ToArray().Order(), model.Vocabulary.Symbols.ToArray());
        Assert.Equal(expected.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!), model.Labels);
    }

    private static int IdOf(LanguageModel model, int symbol)
    {
        Assert.True(model.Vocabulary.TryGetId(symbol, out int id));
        return id;
    }

    private static void AssertClose(double[] expected, double[] actual, string where)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(
                Math.Abs(expected[i] - actual[i]) < Tolerance,
                $"{where}, the {i + 1}. of {expected.Length}: {actual[i]} instead of {expected[i]}"
            );
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];

    private static double[] Doubles(JsonElement array) =>
        [.. array.EnumerateArray().Select(number => number.GetDouble())];
}
