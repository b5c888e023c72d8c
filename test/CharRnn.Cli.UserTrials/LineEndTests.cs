using System.Text;

namespace CharRnn.Cli.UserTrials;

/// <summary>LF, CR LF and CR alone: each ends a line, wherever lines are read.</summary>
public sealed class LineEndTests : IDisposable
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void EvalPerLine_HasOneRowALine(string end)
    {
        string model = SuccessorModel.Save(_shell.Folder.File("model.safetensors"), "ab" + end);
        Write("text.txt", $"ab{end}ab{end}{end}ab");
        var outcome = _shell.Run("eval", model, _shell.Folder.File("text.txt"), "--per-line", "--progress", "none");
        Assert.Equal(0, outcome.ExitCode);
        string[] rowsUnderTheHeading = outcome.Output.TrimEnd('\n').Split('\n')[1..];
        Assert.Equal(4, rowsUnderTheHeading.Length);
    }

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Predict_TakesOneTextALine(string end)
    {
        string model = _shell.Folder.File("model.safetensors");
        SmallClassifier.Save(model);
        _shell.Input = $"ab{end}{end}cd{end}ab";
        var outcome = _shell.Run("classify", "predict", model, "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["ab", "cd", "ab"], TextsOf(outcome));
    }

    [Theory]
    [InlineData("\n", 4)]
    [InlineData("\r\n", 4)]
    [InlineData("\r", 4)]
    public void Predict_NamesTheLineOfALineThatIsTooLong(string end, int line)
    {
        string model = _shell.Folder.File("model.safetensors");
        SmallClassifier.Save(model);
        _shell.Input = $"ab{end}{end}cd{end}{new string('a', 2000)}{end}";
        var outcome = _shell.Run("classify", "predict", model);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains($"standard input, line {line}: the text has more than 1,000 characters", outcome.Error);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void AFolderOfLabels_HasOneTextALine(string end)
    {
        Write("words/p.txt", $"ab{end}ac{end}{end}ad");
        Write("words/q.txt", $"bc{end}bd{end}");
        AssertLabels("""{"p":3,"q":2}""", _shell.Folder.File("words"));
    }

    [Theory]
    [InlineData("t.csv", "\n", ",")]
    [InlineData("t.csv", "\r\n", ",")]
    [InlineData("t.csv", "\r", ",")]
    [InlineData("t.csv", "\r", ";")]
    [InlineData("t.tsv", "\r", "\t")]
    public void ATable_HasOneRowALine(string name, string end, string separator)
    {
        string[] rows = ["text,label", "ab,p", "ac,p", "ad,p", "bc,q", "bd,q"];
        Write(name, string.Concat(rows.Select(row => row.Replace(",", separator) + end)));
        AssertLabels("""{"p":3,"q":2}""", _shell.Folder.File(name));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Records_AreALineEach(string end)
    {
        Write("lines.txt", $"ann{end}bo{end}{end}ann{end}cy");
        var outcome = _shell.Run("data", "stats", _shell.Folder.File("lines.txt"), "--records", "--unique-lines");
        Assert.Contains("repeated lines left out: 1\n", outcome.Error);
        Assert.Contains("records: 3; empty lines left out: 1\n", outcome.Error);
        Assert.Contains("lines             3, 0 of them repeated", outcome.Output);
    }

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "CRLF line ends")]
    [InlineData("\r", "line ends that are a carriage return (CR) alone")]
    public void LinesOfAText_AreCounted_AndUnusualEndsAreSaid(string end, string said)
    {
        Write("lines.txt", $"ann{end}bo{end}{end}ann{end}cy");
        var outcome = _shell.Run("data", "stats", _shell.Folder.File("lines.txt"));
        Assert.Contains("lines             5, 1 of them repeated", outcome.Output);
        Assert.Contains(said, outcome.Error);
        Assert.Equal(said.Length > 0, outcome.Error.Contains("hint"));
    }

    private static string[] TextsOf(Outcome outcome) =>
        [
            .. outcome
                .Output.TrimEnd()
                .Split('\n')
                .Select(line => TrainingGround.Parsed(line + "\n").GetProperty("text").GetString()!),
        ];

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_shell.Folder.File(name))!);
        File.WriteAllText(_shell.Folder.File(name), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    private void AssertLabels(string labels, string data)
    {
        var outcome = _shell.Run("data", "labels", data, "--json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains($"\"labels\":{labels}", outcome.Output);
    }
}
