using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>A classifier that is not sure enough says that it does not know.</summary>
public sealed class UnknownAnswersTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _path;
    private readonly SequenceClassifier _model;

    public UnknownAnswersTests()
    {
        _path = _shell.Folder.File("model.safetensors");
        _model = SmallClassifier.Save(_path);
    }

    public void Dispose()
    {
        _model.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Predict_BelowTheThreshold_AnswersUnknown()
    {
        string[] texts = ["abba", "cd"];
        double[] highest = [.. texts.Select(text => (double)_model.Predict(text).Max())];
        // The least of both: one is answered, and the other exactly at it too.
        string between = Text(highest.Average());
        var unknown = texts.Where((_, i) => highest[i] < highest.Average()).ToList();
        Assert.Single(unknown);
        var lines = Lines(Run(["predict", _path, .. texts, "--json", "--threshold", between]).Output);
        foreach (var (text, line) in texts.Zip(lines))
        {
            string likeliest = line.GetProperty("predictions")[0].GetProperty("label").GetString()!;
            Assert.Equal(unknown.Contains(text) ? null : likeliest, line.GetProperty("label").GetString());
        }
        string screen = Run(["predict", _path, .. texts, "--threshold", between]).Output.ReplaceLineEndings("\n");
        Assert.Contains($"{unknown[0]}\n  unknown: no label has a probability of {between}\n", screen);
        Assert.Single(screen.Split("unknown").Skip(1));
        Assert.DoesNotContain("\"label\":null", Run(["predict", _path, .. texts, "--json", "--threshold", "0"]).Output);
        Assert.False(Lines(Run(["predict", _path, "abba", "--json"]).Output)[0].TryGetProperty("label", out _));
        var letters = Lines(Run(["predict", _path, "abba", "--json", "--letters", "--threshold", "1"]).Output)[0];
        Assert.All(
            letters.GetProperty("letters").EnumerateArray(),
            letter => Assert.Equal(JsonValueKind.Null, letter.GetProperty("label").ValueKind)
        );
        Assert.Contains("  a     unknown", Run(["predict", _path, "abba", "--letters", "--threshold", "1"]).Output);
    }

    [Fact]
    public void Eval_WithAThreshold_ShowsCoverageAndTheAccuracyOfAnswers()
    {
        string data = _shell.Folder.File("data.csv");
        (string Text, string Label)[] records =
        [
            .. Enumerable
                .Range(0, 27)
                .Select(i => ($"{"abc"[i % 3]}{"bcd"[i / 3 % 3]}{"acd"[i / 9]}", SmallClassifier.Labels[i % 3])),
        ];
        File.WriteAllLines(data, ["text,label", .. records.Select(record => $"{record.Text},{record.Label}")]);
        float[][] probabilities = [.. records.Select(record => _model.Predict(record.Text))];
        double threshold = probabilities.Select(row => (double)row.Max()).Order().ElementAt(9);
        var answered = records.Zip(probabilities).Where(entry => entry.Second.Max() >= threshold).ToList();
        int right = answered.Count(entry =>
            _model.Labels[Array.IndexOf(entry.Second, entry.Second.Max())] == entry.First.Label
        );

        var root = Lines(Run(["eval", _path, data, "--json", "--threshold", Text(threshold)]).Output)[0];
        Assert.Equal(threshold, root.GetProperty("threshold").GetDouble());
        Assert.Equal(answered.Count / 27.0, root.GetProperty("coverage").GetDouble());
        Assert.Equal((double)right / answered.Count, root.GetProperty("answered_accuracy").GetDouble());
        string screen = Run(["eval", _path, data, "--threshold", Text(threshold)]).Output;
        Assert.Contains($"answered: {answered.Count}", screen);
        Assert.Contains($"right: {right}", screen);

        root = Lines(Run(["eval", _path, data, "--json", "--threshold", "1"]).Output)[0];
        Assert.Equal(0, root.GetProperty("coverage").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("answered_accuracy").ValueKind);
        Assert.False(Lines(Run(["eval", _path, data, "--json"]).Output)[0].TryGetProperty("coverage", out _));
        Assert.Equal(2, _shell.Run("classify", "eval", _path, data, "--threshold", "1.5").ExitCode);
    }

    private Outcome Run(string[] arguments)
    {
        var outcome = _shell.Run(["classify", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        return outcome;
    }

    private static string Text(double number) =>
        number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);

    private static List<JsonElement> Lines(string output) =>
        [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
}
