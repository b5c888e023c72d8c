using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Labels of thousands of characters are cut where people read them, and whole in data; labels with commas or spaces are
/// quoted in lists.
/// </summary>
public sealed class LongLabelsTests : IDisposable
{
    // Three labels beside each other and their bars.
    private const int MaxLine = 200;

    private static readonly string[] Labels = [new string('x', 3000), "a, b", "New York"];

    private readonly TestShell _shell = new();
    private readonly string _data,
        _run;

    public LongLabelsTests()
    {
        (_data, _run) = (_shell.Folder.File("data.csv"), _shell.Folder.File("run"));
        File.WriteAllLines(
            _data,
            ["text,label", .. Enumerable.Range(0, 60).Select(i => $"t{i}{(char)('a' + i % 3)},\"{Labels[i % 3]}\"")]
        );
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Classifying_CutsLongLabelsOnTheScreen_AndKeepsThemInJson()
    {
        var trained = Run("classify", "train", _data, "-o", _run, "--max-steps", "2", "--hidden-size", "4");
        Assert.Contains(
            "labels: 'New York' 20, 'a, b' 20, " + new string('x', 39) + "… 20",
            Run("data", "labels", _data).Error + trained.Error
        );
        Run("classify", "eval", _run, _data);
        Run("classify", "predict", _run, "t1b");
        Run("classify", "predict", _run, "t1b", "--letters");
        Assert.Contains("'New York', 'a, b'", Run("inspect", _run).Output);

        string json = _shell.Run("classify", "predict", _run, "t1b", "--json").Output;
        Assert.Equal(
            Labels.Order(StringComparer.Ordinal),
            JsonDocument
                .Parse(json)
                .RootElement.GetProperty("predictions")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("label").GetString()!)
                .Order(StringComparer.Ordinal)
        );
        string page = _shell.Folder.File("page.html");
        Run("report", _run, "-o", page);
        Assert.DoesNotContain(new string('x', 100), File.ReadAllText(page));
    }

    [Fact]
    public void LabelsWithCommas_AreNamedInQuotationMarks_AndCanBeBlended()
    {
        string[] small = ["--max-steps", "2", "--hidden-size", "4", "--progress", "none", "--sample-every", "0"];
        Run(["train", _data, "--labelled", "-o", _run, .. small]);
        var asked = _shell.Run("sample", _run);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("one of 'New York', 'a, b', ", asked.Error);
        Assert.InRange(asked.Error.Length, 1, 2 * MaxLine);
        Run("sample", _run, "--label", "'a, b'=0.7,New York=0.3", "--num-samples", "2", "-n", "5");
        Run("sample", _run, "--label", "\"a, b\",'New York'", "--num-samples", "2", "-n", "5");
        Run("sample", _run, "--label", "a, b", "--num-samples", "2", "-n", "5");
    }

    private Outcome Run(params string[] arguments)
    {
        var outcome = _shell.Run(arguments);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.ExitCode == 0 ? "" : outcome.Error));
        foreach (string line in (outcome.Output + outcome.Error).Split('\n'))
            Assert.True(
                line.Length <= MaxLine,
                $"{string.Join(' ', arguments)}: {line.Length} characters: {line[..Math.Min(line.Length, 80)]}"
            );
        return outcome;
    }
}
