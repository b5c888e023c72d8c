using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class ClassifyEvalCommandTests : IDisposable
{
    private static readonly (string Text, string Label)[] Records =
    [
        ("ab", "Dutch"),
        ("ba", "Dutch"),
        ("abc", "French"),
        ("d", "French"),
        ("ab", "French"),
    ];

    private readonly TestShell _shell = new();
    private readonly string _path;
    private readonly SequenceClassifier _model;

    public ClassifyEvalCommandTests()
    {
        _path = _shell.Folder.File("model.safetensors");
        _model = SmallClassifier.Save(_path);
        File.WriteAllLines(
            _shell.Folder.File("data.tsv"),
            [.. Records.Select(record => $"{record.Text}\t{record.Label}").Prepend("text\tlabel")]
        );
    }

    public void Dispose()
    {
        _model.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Json_HoldsTheFiguresOfTheModelsAnswers()
    {
        var outcome = _shell.Run("classify", "eval", _path, _shell.Folder.File("data.tsv"), "--json");
        Assert.Equal(0, outcome.ExitCode);
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        var given = Records
            .Select(record => _model.Predict(record.Text))
            .Select(probabilities => Array.IndexOf(probabilities, probabilities.Max()))
            .ToList();
        Assert.Equal(5, json.GetProperty("records").GetInt32());
        Assert.Equal(
            Records.Zip(given).Count(pair => _model.Labels[pair.Second] == pair.First.Label) / 5.0,
            json.GetProperty("accuracy").GetDouble()
        );
        Assert.Equal(0.8, json.GetProperty("accuracy_ceiling").GetDouble());
        Assert.Equal("French", json.GetProperty("majority_label").GetString());
        Assert.Equal(
            [0, 2, 3],
            json.GetProperty("confusion")
                .EnumerateArray()
                .Select(row => row.EnumerateArray().Sum(count => count.GetInt32()))
        );
        Assert.Single(outcome.Output.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Screen_HasFiguresAndTheMatrix_InPercentOrAsCounts()
    {
        var percent = _shell.Run("classify", "eval", _path, _shell.Folder.File("data.tsv"));
        var counts = _shell.Run("classify", "eval", _path, _shell.Folder.File("data.tsv"), "--counts");
        Assert.Contains("of 5 records", percent.Output);
        Assert.Contains("what they were given, in %", percent.Output);
        Assert.Contains("what they were given, counted", counts.Output);
        Assert.NotEqual(percent.Output, counts.Output);
        Assert.Equal(
            percent.Output,
            _shell.Run("classify", "eval", _path, _shell.Folder.File("data.tsv"), "--threads", "3").Output
        );
    }

    [Fact]
    public void ALabelThatTheModelDoesNotKnow_IsRefused()
    {
        File.AppendAllText(_shell.Folder.File("data.tsv"), "abba\tFrensh\n");
        var outcome = _shell.Run("classify", "eval", _path, _shell.Folder.File("data.tsv"));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(
            "data has the label 'Frensh', which the model does not know; did you mean 'French'?",
            outcome.Error
        );
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Inspect_ShowsThatItIsAClassifier_WithItsLabels()
    {
        string[] lines = _shell.Run("inspect", _path).Output.ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("kind               classifier", lines);
        Assert.Contains("directions         both", lines);
        Assert.Contains("pooling            last", lines);
        Assert.Contains("labels             3: Czech, Dutch, French", lines);
        Assert.Contains(@"data               made \x1B up", lines);
        Assert.Contains(lines, line => line.StartsWith("rnn.weight_hh_l0_reverse  (20, 5) "));
        var json = JsonDocument.Parse(_shell.Run("inspect", _path, "--json").Output).RootElement;
        Assert.Equal("classifier", json.GetProperty("kind").GetString());
        Assert.Equal(
            SmallClassifier.Labels,
            json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)
        );
        Assert.Equal(_model.ParameterCount, json.GetProperty("params").GetInt64());
    }
}
