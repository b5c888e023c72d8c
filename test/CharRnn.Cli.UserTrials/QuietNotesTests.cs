namespace CharRnn.Cli.UserTrials;

/// <summary>Without progress, what was done to a text is said all the same.</summary>
public sealed class QuietNotesTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public QuietNotesTests()
    {
        string lines = string.Concat(Enumerable.Range(0, 80).Select(i => $"{"abcde"[i % 5]}{i}na\r\n"));
        File.WriteAllText(_ground["rep.txt"], lines + lines);
        File.WriteAllText(_ground["t.csv"], "text,label\n ab,p\nab,p\nac,p\n,\nbd,q\nbe,q\n");
    }

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData("--unique-lines", "repeated lines left out: 80")]
    [InlineData("--min-count 20", "characters seen fewer than 20 times, now one unknown symbol: ")]
    [InlineData("--skip-chars 10", "characters left out: 10 at the beginning, 0 at the end")]
    [InlineData("--fold ascii", "distinct characters: ")]
    [InlineData("", "hint: rep.txt has CRLF line ends")]
    public async Task WhatWasDoneToAText_IsSaid(string flags, string said)
    {
        string[] asked = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] train = ["train", "rep.txt", .. TrainingGround.Small, "--max-steps", "2", .. asked];
        var silent = await _ground.RunAsync([.. train, "-o", "r", "--progress", "none"]);
        Assert.Equal(0, silent.ExitCode);
        Assert.Contains($"charrnn: {said}", silent.Error);
        Assert.DoesNotContain("characters to train on", silent.Error);

        var json = await _ground.RunAsync([.. train, "-o", "s", "--progress", "json"]);
        Assert.All(json.Error.TrimEnd().Split('\n'), line => TrainingGround.Parsed(line + "\n"));
        string key = said.StartsWith("hint") ? "hint" : "note";
        Assert.Contains($"{{\"{key}\":\"{said.Replace("hint: ", "")}", json.Error);
    }

    [Fact]
    public async Task WhatWasDoneToLabelledTexts_IsSaid()
    {
        foreach (
            string[] command in (string[][])
                [
                    ["train", "t.csv", "--labelled", "-o", "r", "--hidden-size", "8", "--max-steps", "2"],
                    ["classify", "train", "t.csv", "-o", "c", "--hidden-size", "8", "--max-steps", "2"],
                    ["eval", "r", "t.csv"],
                ]
        )
        {
            var outcome = await _ground.RunAsync([.. command, "--progress", "none"]);
            Assert.Equal(0, outcome.ExitCode);
            Assert.Contains("t: 5 texts, 1 of them repeated under their label and left out", outcome.Error);
            Assert.Contains("1 blank line passed over", outcome.Error);
            Assert.Contains("1 text had white space before or after", outcome.Error);
            Assert.DoesNotContain("labels: ", outcome.Error);
        }
    }

    [Fact]
    public async Task Eval_SaysWhatItLeftOut()
    {
        await _ground.RunAsync(["train", "text.txt", .. TrainingGround.Small, "--max-steps", "2", "-o", "r"]);
        File.WriteAllText(_ground["strange.txt"], "the dragon 漢字");
        var outcome = await _ground.RunAsync("eval", "r", "strange.txt", "--unknown", "skip", "--progress", "none");
        Assert.Equal(
            "charrnn: characters of strange.txt left out, since the model's vocabulary lacks them: 2\n",
            outcome.Error
        );
        var json = await _ground.RunAsync("eval", "r", "strange.txt", "--unknown", "skip", "--progress", "json");
        Assert.All(json.Error.TrimEnd().Split('\n'), line => TrainingGround.Parsed(line + "\n"));
    }
}
