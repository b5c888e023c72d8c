using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

public sealed class TrainLabeledTests : IDisposable
{
    private readonly TrainingGround _ground = new();
    private readonly string _data;

    public TrainLabeledTests()
    {
        _data = _ground["words"];
        Directory.CreateDirectory(_data);
        foreach (string letters in new[] { "abcd", "efgh" })
        {
            var random = new Random(4);
            File.WriteAllLines(
                Path.Combine(_data, $"{letters[0]}.txt"),
                Enumerable
                    .Range(0, 50)
                    .Select(_ =>
                        string.Concat(Enumerable.Range(0, random.Next(3, 8)).Select(_ => letters[random.Next(4)]))
                    )
            );
        }
    }

    public void Dispose() => _ground.Dispose();

    private Task<Outcome> TrainAsync(params string[] flags) =>
        _ground.RunAsync(["train", "words", "--labelled", .. TrainingGround.Small, .. flags]);

    [Fact]
    public async Task Labeled_LearnsAFolder_ResumesToTheSameBits_AndStartsFromItsModel()
    {
        var outcome = await TrainAsync(
            "--max-steps",
            "30",
            "--save-every",
            "10",
            "-o",
            "whole",
            "--label-embedding-size",
            "5"
        );
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("charrnn sample whole --label a", outcome.Output);
        Assert.Matches("(?m)^[ae]: [a-h]*$", outcome.Output);
        using (var model = LanguageModel.Load(_ground["whole"]))
        {
            Assert.Equal(["a", "e"], model.Labels);
            Assert.Equal(5, model.Spec.LabelEmbeddingSize);
        }

        Assert.Equal(
            0,
            (
                await TrainAsync(
                    "--max-steps",
                    "10",
                    "--save-every",
                    "10",
                    "-o",
                    "parts",
                    "--label-embedding-size",
                    "5"
                )
            ).ExitCode
        );
        Assert.Equal(0, (await _ground.RunAsync("train", "--resume", "-o", "parts", "--max-steps", "30")).ExitCode);
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("parts"));

        var started = await _ground.RunAsync(
            "train",
            "words",
            "--labelled",
            "--init-from",
            "whole",
            "--max-steps",
            "5",
            "-o",
            "started"
        );
        Assert.Equal(0, started.ExitCode);
        Assert.Contains("starting from", started.Error);
        Assert.Contains("labels             2: a, e", (await _ground.RunAsync("inspect", "started")).Output);
    }

    [Fact]
    public async Task RunOfATable_IsResumedAndKnowsWhatIsNew_WithoutItsColumnsBeingNamedAgain()
    {
        File.WriteAllLines(
            _ground["words.tsv"],
            [
                "word\tkind",
                .. new[] { "a", "e" }.SelectMany(kind =>
                    File.ReadLines(Path.Combine(_data, $"{kind}.txt")).Select(word => $"{word}\t{kind}")
                ),
            ]
        );
        var started = await _ground.RunAsync([
            "train",
            "words.tsv",
            "--labelled",
            "--text-column",
            "word",
            "--label-column",
            "kind",
            .. TrainingGround.Small,
            "--max-steps",
            "5",
            "-o",
            "table",
        ]);
        Assert.Equal(0, started.ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("train", "--resume", "-o", "table", "--max-steps", "10")).ExitCode);
        var sampled = await _ground.RunAsync("sample", "table", "--label", "a", "--num-samples", "3");
        Assert.Equal(0, sampled.ExitCode);
        Assert.Matches(@"(?m)^a +3 +\d+\.\d % ", sampled.Error);
    }

    [Fact]
    public async Task IgnoreLabels_LearnsTheSameRecordsWithoutTheirLabels()
    {
        var outcome = await TrainAsync("--max-steps", "5", "-o", "ignored", "--ignore-labels");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("labels are left out", outcome.Error);
        using var model = LanguageModel.Load(_ground["ignored"]);
        Assert.Empty(model.Labels);
        Assert.NotNull(model.Vocabulary.BoundaryId);
        Assert.Equal(0, (await _ground.RunAsync("sample", "ignored", "--novel", "--num-samples", "2")).ExitCode);
    }

    [Fact]
    public async Task TheTutorialsPreset_LearnsNames_AndWritesThemByTheirFirstLetters()
    {
        Assert.Equal(
            0,
            (
                await _ground.RunAsync(
                    "train",
                    "words",
                    "--labelled",
                    "--preset",
                    "tutorial-generator",
                    "--max-steps",
                    "300",
                    "--threads",
                    "1",
                    "-o",
                    "run"
                )
            ).ExitCode
        );
        var sampled = await _ground.RunAsync(
            "sample",
            "run",
            "--label",
            "a",
            "--starts",
            "abc",
            "--greedy",
            "-n",
            "20"
        );
        Assert.Equal(0, sampled.ExitCode);
        Assert.Matches("(?m)^a.*\nb.*\nc", sampled.Output.ReplaceLineEndings("\n"));
        var withoutStarts = await _ground.RunAsync("sample", "run", "--label", "a");
        Assert.Equal((2, ""), (withoutStarts.ExitCode, withoutStarts.Output));
        Assert.Contains("give their first letters with --starts", withoutStarts.Error);
        Assert.Contains("starts of records", (await _ground.RunAsync("inspect", "run")).Output);
        var unlabeled = await _ground.RunAsync("train", "text.txt", "--preset", "tutorial-generator", "-o", "refused");
        Assert.Equal(2, unlabeled.ExitCode);
        Assert.Contains("the preset tutorial-generator is for labelled records; give --labelled too", unlabeled.Error);
    }

    [Theory]
    [InlineData(2, "--val-file does not go with --labelled", "--val-file", "text.txt")]
    [InlineData(2, "--encoding does not go with --labelled", "--encoding", "bytes")]
    [InlineData(2, "'--unique-lines' asks for more", "--unique-lines")]
    [InlineData(2, "--train-fraction", "--train-fraction", "0.5")]
    [InlineData(2, "2 data sets are named", "text.txt")]
    public async Task WhatDoesNotGoWithLabels_IsRefused_AndNothingIsLeft(
        int code,
        string message,
        params string[] flags
    )
    {
        var outcome = await TrainAsync(["-o", "refused", .. flags]);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Error);
        Assert.False(Directory.Exists(_ground["refused"]));
    }

    [Fact]
    public async Task FlagsForLabels_WithoutThem_AreRefused()
    {
        var ignoring = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--ignore-labels",
            "-o",
            "refused",
        ]);
        Assert.Equal(2, ignoring.ExitCode);
        Assert.Contains("give --labelled too", ignoring.Error);
        var unlabeled = await TrainAsync("--max-steps", "2", "-o", "run");
        Assert.Equal(0, unlabeled.ExitCode);
        var other = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--init-from",
            "run",
            "-o",
            "refused",
            "--max-steps",
            "1",
        ]);
        Assert.Equal(2, other.ExitCode);
    }
}
