using System.Text;

namespace CharRnn.Cli.UserTrials;

/// <summary>A label is one label, however its letters are composed and wherever it is named.</summary>
public sealed class LabelSpellingTests : IDisposable
{
    private const string Composed = "Île",
        Decomposed = "I\u0302le";

    private readonly TrainingGround _ground = new();

    public LabelSpellingTests()
    {
        Directory.CreateDirectory(_ground["words"]);
        Write($"words/{Decomposed}.txt", "ab\nac\nad\nabb\n");
        Write("words/q.txt", "bd\nbe\nbf\nbff\n");
    }

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData(Composed)]
    [InlineData(Decomposed)]
    [InlineData($"{Composed}=0.7,q=0.3")]
    [InlineData($"{Decomposed}=0.7,q=0.3")]
    public async Task ALabel_IsFound_HoweverItIsTyped(string label)
    {
        await TrainAsync("train", "--labelled");
        var outcome = await _ground.RunAsync("sample", "run", "--label", label, "--num-samples", "2");
        Assert.Equal(0, outcome.ExitCode);
    }

    [Theory]
    [InlineData(Composed)]
    [InlineData(Decomposed)]
    public async Task RecordsOfALabel_AreScored_HoweverTheTableSpellsIt(string label)
    {
        await TrainAsync("train", "--labelled");
        Write("t.csv", $"text,label\nab,{label}\nbd,q\n");
        var outcome = await _ground.RunAsync("eval", "run", "t.csv", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\"label\":\"\u00CEle\"", outcome.Output);
    }

    [Theory]
    [InlineData(Composed)]
    [InlineData(Decomposed)]
    public async Task AClassifier_TellsTheLabel_HoweverTheTableSpellsIt(string label)
    {
        await TrainAsync("classify", "train");
        Write("t.csv", $"text,label\nab,{label}\nbd,q\n");
        var outcome = await _ground.RunAsync("classify", "eval", "run", "t.csv", "--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\"\u00CEle\"", outcome.Output);
    }

    [Fact]
    public async Task TwoSpellings_AreOneLabel()
    {
        Write("t.csv", $"text,label\nab,{Composed}\nac,{Decomposed}\nbd,q\nbe,q\n");
        var outcome = await _ground.RunAsync("data", "labels", "t.csv", "--json");
        Assert.Contains("\"labels\":{\"q\":2,\"\u00CEle\":2}", outcome.Output);
    }

    [Fact]
    public async Task AColumn_IsFound_HoweverItsNameIsTyped()
    {
        Write("t.csv", $"ne\u0301e,{Decomposed}\nab,p\nac,p\nbd,q\nbe,q\n");
        var outcome = await _ground.RunAsync(
            "data",
            "labels",
            "t.csv",
            "--text-column",
            "n\u00E9e",
            "--label-column",
            Composed
        );
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task LabelsWithCommas_AreQuotedInLists_AndCanBeBlended()
    {
        Write("words/hot, dry.txt", "ce\ncf\ncg\n");
        await TrainAsync("train", "--labelled");
        var unknown = await _ground.RunAsync("sample", "run", "--label", "wet");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("Its labels are 'hot, dry', q, \u00CEle.", unknown.Error);
        var blended = await _ground.RunAsync("sample", "run", "--label", "\"hot, dry\"=0.7,q=0.3");
        Assert.Equal(0, blended.ExitCode);
        var whole = await _ground.RunAsync("sample", "run", "--label", "hot, dry");
        Assert.Equal(0, whole.ExitCode);
    }

    [Fact]
    public async Task ALongLabel_IsCutInTablesAndLists_AndWholeInJson()
    {
        string label = new('x', 3000);
        Write("t.csv", $"text,label\nab,{label}\nac,{label}\nad,{label}\nbd,q\nbe,q\nbf,q\n");
        foreach (
            string[] command in (string[][])
                [
                    ["data", "labels", "t.csv"],
                    ["classify", "train", "t.csv", "-o", "run", "--max-steps", "2", "--hidden-size", "8"],
                    ["classify", "eval", "run", "t.csv"],
                    ["classify", "predict", "run", "ab"],
                    ["inspect", "run"],
                ]
        )
        {
            var outcome = await _ground.RunAsync(command);
            Assert.Equal(0, outcome.ExitCode);
            Assert.All((outcome.Output + outcome.Error).Split('\n'), line => Assert.InRange(line.Length, 0, 400));
        }

        Assert.Contains(label, (await _ground.RunAsync("classify", "predict", "run", "ab", "--json")).Output);
    }

    private async Task TrainAsync(params string[] verb)
    {
        var outcome = await _ground.RunAsync([.. verb, "words", "-o", "run", "--max-steps", "5", "--hidden-size", "8"]);
        Assert.Equal(0, outcome.ExitCode);
    }

    private void Write(string name, string text) =>
        File.WriteAllText(_ground[name], text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
