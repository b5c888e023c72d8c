using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class TrainInitFromTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public TrainInitFromTests() =>
        File.WriteAllText(
            _ground["other.txt"],
            string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy żółw.\n", 60))
        );

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task ANewRun_FromAModel_TakesItsNetwork_AddsWhatItDoesNotKnow_AndSaysSo()
    {
        await _ground.TrainAsync("--max-steps", "30", "-o", "first");
        var outcome = await _ground.RunAsync(
            "train",
            "other.txt",
            "--init-from",
            "first",
            "--max-steps",
            "5",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--dropout",
            "0.1",
            "-o",
            "second"
        );
        Assert.Equal(0, outcome.ExitCode);
        using LanguageModel first = LanguageModel.Load(_ground["first"]),
            second = LanguageModel.Load(_ground["second"]);
        Assert.Equal(first.Spec with { VocabularySize = second.Spec.VocabularySize, Dropout = 0.1 }, second.Spec);
        int added = second.Vocabulary.Count - first.Vocabulary.Count;
        Assert.True(added > 3);
        Assert.Contains(
            $"charrnn: starting from first/model.safetensors; its vocabulary of {first.Vocabulary.Count} "
                + $"characters is extended by {added}: 'T', 'f', ",
            outcome.Error.Replace('\\', '/')
        );
        Assert.Contains(
            $"charrnn: data has {File.ReadAllText(_ground["other.txt"]).Length:#,0} characters, "
                + $"{File.ReadAllText(_ground["other.txt"]).Distinct().Count()} unique (other)",
            outcome.Error
        );
    }

    [Fact]
    public async Task WhereTheModelsTextWasPreparedOtherwise_IsSaid()
    {
        await EndsWellAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--fold",
            "ascii",
            "--records",
            "--min-count",
            "2",
            "--max-steps",
            "1",
            "--progress",
            "none",
            "-o",
            "first",
        ]);
        string[] train =
        [
            "train",
            "other.txt",
            "--init-from",
            "first",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--max-steps",
            "1",
            "--sample-every",
            "0",
        ];
        var plain = await _ground.RunAsync([.. train, "-o", "plain"]);
        Assert.Equal(0, plain.ExitCode);
        Assert.Contains(
            "charrnn: that model's text was prepared with --fold ascii --records, and this one with nothing; "
                + "the new model's prompts and texts are prepared as this one.",
            plain.Error
        );
        var alike = await _ground.RunAsync([.. train, "--fold", "ascii", "--records", "--unique-lines", "-o", "alike"]);
        Assert.Equal(0, alike.ExitCode);
        Assert.DoesNotContain("that model's text was prepared", alike.Error);
    }

    [Fact]
    public async Task ARunFromAModel_ResumesWithoutIt_AndIsReplayedWithIt_ToTheSameBits()
    {
        await _ground.TrainAsync("--max-steps", "10", "-o", "first");
        string[] train =
        [
            "train",
            "other.txt",
            "--init-from",
            "first/model.safetensors",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--schedule",
            "constant",
            "--sample-every",
            "0",
            "--progress",
            "none",
            "--json",
        ];
        await EndsWellAsync([.. train, "--max-steps", "20", "-o", "whole"]);
        await EndsWellAsync([.. train, "--max-steps", "9", "-o", "stopped"]);
        await EndsWellAsync("train", "--replay", "whole", "-o", "replayed", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("replayed"));
        Directory.Delete(_ground["first"], recursive: true);
        await EndsWellAsync("train", "-o", "stopped", "--resume", "--max-steps", "20", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
        var refused = await _ground.RunAsync("train", "--replay", "whole", "-o", "again");
        Assert.Equal(3, refused.ExitCode);
        Assert.StartsWith("charrnn: error: there is no model first", refused.Error);
    }

    [Fact]
    public async Task TheNewestRunOfACorpus_ThatBeganFromAModel_IsResumedByTheCorpusAlone()
    {
        await _ground.TrainAsync("--max-steps", "3", "-o", "first");
        string[] train =
        [
            "train",
            "other.txt",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--progress",
            "none",
            "--json",
        ];
        await EndsWellAsync([.. train, "--init-from", "first", "--max-steps", "4"]);
        var resumed = TrainingGround.Parsed((await EndsWellAsync([.. train, "--resume", "--max-steps", "6"])).Output);
        Assert.Equal(
            ("runs/other-001", 6),
            (resumed.GetProperty("run").GetString()!.Replace('\\', '/'), resumed.GetProperty("steps").GetInt64())
        );
    }

    [Theory]
    [InlineData("--hidden-size", "17")]
    [InlineData("--cell", "lstm")]
    [InlineData("--num-layers", "2")]
    [InlineData("--embedding-size", "0")]
    [InlineData("--residual", "true")]
    [InlineData("--head-activation", "relu")]
    [InlineData("--embedding-activation", "tanh")]
    [InlineData("--projection-size", "7")]
    [InlineData("--biases", "double")]
    public async Task AFlagThatAsksForAnotherNetwork_IsRefusedByItsName(string flag, string value)
    {
        await _ground.TrainAsync("--max-steps", "1", "-o", "first");
        var outcome = await _ground.RunAsync("train", "text.txt", "--init-from", "first", flag, value, "-o", "second");
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"charrnn: error: {flag} differs from the network of first", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_ground["second"]));
    }

    [Fact]
    public async Task TheNetworksOwnFlags_MayBeGiven_AndVariablesCountForNothing()
    {
        await _ground.TrainAsync("--max-steps", "1", "-o", "first");
        var outcome = await _ground.RunAsync(
            new Dictionary<string, string> { ["CHARRNN_HIDDEN_SIZE"] = "99", ["CHARRNN_CELL"] = "lstm" },
            "train",
            "text.txt",
            "--init-from",
            "first",
            "--hidden-size",
            "16",
            "--max-steps",
            "1",
            "--progress",
            "none",
            "-o",
            "second"
        );
        outcome.AssertEndedQuietly();
        using var second = LanguageModel.Load(_ground["second"]);
        Assert.Equal(("gru", 16), (second.Spec.Cell, second.Spec.HiddenSize));
    }

    [Fact]
    public async Task WhatDoesNotGoTogether_IsRefusedInOneLine()
    {
        await _ground.TrainAsync("--max-steps", "1", "-o", "first");
        await RefusedAsync(
            2,
            "--init-from begins a new run",
            "train",
            "-o",
            "first",
            "--resume",
            "--init-from",
            "first"
        );
        await RefusedAsync(2, "--init-from begins a new run", "train", "--replay", "first", "--init-from", "first");
        await RefusedAsync(
            2,
            "first/model.safetensors was trained with --encoding utf-8, and the text is read with bytes",
            "train",
            "text.txt",
            "--encoding",
            "bytes",
            "--init-from",
            "first",
            "-o",
            "x"
        );
        await RefusedAsync(3, "there is no model nowhere", "train", "text.txt", "--init-from", "nowhere", "-o", "x");
        Assert.False(Directory.Exists(_ground["x"]));
    }

    private async Task<Outcome> EndsWellAsync(params string[] arguments)
    {
        var outcome = await _ground.RunAsync(arguments);
        outcome.AssertEndedQuietly();
        return outcome;
    }

    private async Task RefusedAsync(int code, string why, params string[] arguments)
    {
        var outcome = await _ground.RunAsync(arguments);
        Assert.Equal(code, outcome.ExitCode);
        Assert.StartsWith($"charrnn: error: {why}", outcome.Error.Replace('\\', '/'));
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
