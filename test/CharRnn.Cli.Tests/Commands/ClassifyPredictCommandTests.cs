using System.Text;
using System.Text.Json;
using CharRnn.Cli.Rendering;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class ClassifyPredictCommandTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _path;
    private readonly SequenceClassifier _model;

    public ClassifyPredictCommandTests()
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
    public void Screen_ShowsTheLikeliestLabelsOfEachTextWithBars()
    {
        var outcome = _shell.Run("classify", "predict", _path, "abba", "  cd ", "--top", "2");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Equal([.. Block("abba"), .. Block("cd"), ""], outcome.Output.ReplaceLineEndings("\n").Split('\n'));

        IEnumerable<string> Block(string text) =>
            Likeliest(text)
                .Take(2)
                .Select(label =>
                    $"  {label.Label, -6} {ClassificationScreen.Probability(label.Probability), 6}  {Bar.Of(label.Probability, 24)}".TrimEnd()
                )
                .Prepend(text);
    }

    [Fact]
    public void Json_IsAnObjectALineInTheOrderOfTheTexts()
    {
        var outcome = _shell.Run("classify", "predict", _path, "--json", "--top", "9", "abba", "ł");
        var lines = Lines(outcome);
        Assert.Equal(["abba", "ł"], lines.Select(line => line.GetProperty("text").GetString()!));
        foreach (var line in lines)
        {
            var predictions = line.GetProperty("predictions")
                .EnumerateArray()
                .Select(entry =>
                    (entry.GetProperty("label").GetString()!, entry.GetProperty("probability").GetSingle())
                );
            Assert.Equal(Likeliest(line.GetProperty("text").GetString()!), predictions);
        }
        Assert.Contains(
            "characters read as the unknown symbol, since the model's vocabulary lacks them: 1",
            outcome.Error
        );
    }

    [Fact]
    public void FileAndStandardInput_GiveTheSameAsArguments()
    {
        string[] texts =
        [
            .. Enumerable
                .Range(0, 300)
                .Select(i =>
                    new string([(char)('a' + i % 4), (char)('a' + i / 4 % 4), (char)('a' + i / 16 % 4)])[..(1 + i % 3)]
                ),
        ];
        string expected = _shell.Run(["classify", "predict", _path, "--json", .. texts]).Output;
        File.WriteAllText(_shell.Folder.File("texts.txt"), "\uFEFF" + string.Join("\r\n", texts) + "\n\n  \n");
        Assert.Equal(
            expected,
            _shell.Run("classify", "predict", _path, "--json", "--file", _shell.Folder.File("texts.txt")).Output
        );
        Assert.Equal(
            expected,
            _shell
                .Run(
                    "classify",
                    "predict",
                    _path,
                    "--json",
                    "--file",
                    _shell.Folder.File("texts.txt"),
                    "--threads",
                    "3"
                )
                .Output
        );
        _shell.Input = string.Join('\n', texts);
        var outcome = _shell.Run("classify", "predict", _path, "--json");
        Assert.Equal(expected, outcome.Output);
        Assert.Contains("300 texts", outcome.Error);
    }

    [Fact]
    public void Letters_ShowWhatIsMadeOfEachBeginning()
    {
        var json = Lines(_shell.Run("classify", "predict", _path, "--letters", "--json", "--top", "1", "ab\u0301a"))
            .Single();
        Assert.Equal(
            ["a", "ab\u0301", "ab\u0301a"],
            json.GetProperty("letters").EnumerateArray().Select(letter => letter.GetProperty("text").GetString()!)
        );
        Assert.All(
            json.GetProperty("letters").EnumerateArray(),
            letter =>
                Assert.Equal(
                    Likeliest(letter.GetProperty("text").GetString()!).First().Probability,
                    letter.GetProperty("predictions")[0].GetProperty("probability").GetSingle()
                )
        );
        string[] lines = _shell
            .Run("classify", "predict", _path, "--letters", "abc")
            .Output.ReplaceLineEndings("\n")
            .Split('\n');
        Assert.Equal(
            ["abc", "  a    ", "  ab   ", "  abc  ", ""],
            lines.Select(line => line[..Math.Min(7, line.Length)])
        );
    }

    [Fact]
    public void NothingOnStandardInput_IsNothing() =>
        Assert.Equal(
            (0, ""),
            (_shell.Run("classify", "predict", _path).ExitCode, _shell.Run("classify", "predict", _path).Output)
        );

    [Fact]
    public void BadTexts_AreRefusedInOneLineThatSaysWhere()
    {
        Refused(2, "empty", "");
        Refused(2, "the one or the other", "abba", "--file", "x");
        Refused(2, "--file is empty", "--file", "");
        Refused(3, "does not exist", "--file", _shell.Folder.File("missing.txt"));
        Refused(
            3,
            "line 3: the text has more than 1,000 characters",
            "--file",
            Written("a\n\n" + new string('a', 1001))
        );
        Refused(
            3,
            "line 2: the text has more than 1,000 characters",
            "--file",
            Written("a\n" + new string('a', 200_000))
        );
        Refused(
            3,
            "line 2: byte 0xF3 is not valid UTF-8",
            "--file",
            Written([(byte)'a', (byte)'\n', 0xF3, (byte)'\n'])
        );
        Refused(3, "line 1: a NUL byte", "--file", Written(Encoding.Unicode.GetBytes("abba")));
    }

    [Fact]
    public void TextsBeforeABadOne_AreAnswered()
    {
        var outcome = _shell.Run("classify", "predict", _path, "--json", "--file", Written([.. "ab\ncd\n"u8, 0xFF]));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Equal(2, Lines(outcome).Count);
    }

    [Fact]
    public void ClosedPipe_EndsQuietly_AndAFullDiskIsOneLineAndCode1()
    {
        _shell.OutputBytes = new FullStream("Broken pipe", code: 32);
        Assert.Equal(new(0, "", ""), _shell.Run("classify", "predict", _path, "abba"));
        _shell.OutputBytes = new FullStream("No space left on device", code: 28);
        Refused(1, "cannot write to standard output: the disk is full", "abba");
    }

    [Fact]
    public void AModelOfTheOtherKind_IsSaidToBeOne()
    {
        var vocabulary = new Vocabulary("ab\n".Select(character => (int)character), TextEncoding.Utf8);
        using var languageModel = new LanguageModel(
            new ModelSpec
            {
                Cell = "gru",
                VocabularySize = 3,
                HiddenSize = 4,
                NumLayers = 1,
                EmbeddingSize = 2,
            },
            vocabulary
        );
        string other = _shell.Folder.File("language.safetensors");
        languageModel.Save(other);
        Refused($"{other} is a language model, and a classifier is needed", "classify", "predict", other, "a");
        Refused($"{other} is a language model, and a classifier is needed", "classify", "eval", other, "names");
        Refused($"{_path} is a classifier, and a language model is needed", "sample", _path);
        Refused($"{_path} is a classifier, and a language model is needed", "eval", _path, Written("ab"));
        Refused($"{_path} is a classifier, and a language model is needed", "explain", "--model", _path);

        void Refused(string what, params string[] arguments)
        {
            var outcome = _shell.Run(arguments);
            Assert.Equal(3, outcome.ExitCode);
            Assert.StartsWith($"charrnn: error: {what}", outcome.Error);
            Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        }
    }

    private void Refused(int exitCode, string what, params string[] arguments)
    {
        var outcome = _shell.Run(["classify", "predict", _path, .. arguments]);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(what, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    private string Written(string text) => Written(Encoding.UTF8.GetBytes(text));

    private string Written(byte[] bytes)
    {
        File.WriteAllBytes(_shell.Folder.File("written.txt"), bytes);
        return _shell.Folder.File("written.txt");
    }

    private IEnumerable<(string Label, float Probability)> Likeliest(string text) =>
        _model.Labels.Zip(_model.Predict(text)).OrderByDescending(label => label.Second);

    private static List<JsonElement> Lines(Outcome outcome) =>
        [.. outcome.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
}
