using System.Text.Json;
using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

public sealed class TrainValidationTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public TrainValidationTests() =>
        File.WriteAllText(_ground["held.txt"], TrainingGround.Text(3000)[..600] + "Ωmega & Ωmega");

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task AValidationFile_IsScored_Recorded_AndFoundAgainOnResumeAndReplay()
    {
        string[] train =
        [
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-file",
            "held.txt",
            "--eval-every",
            "6",
            "--progress",
            "none",
            "--json",
        ];
        var whole = TrainingGround.Parsed((await EndsWellAsync([.. train, "--max-steps", "30", "-o", "whole"])).Output);
        using (var config = JsonDocument.Parse(File.ReadAllText(_ground["whole/config.json"])))
        {
            var validation = config.RootElement.GetProperty("validation");
            Assert.Equal(
                ("held", 613),
                (validation.GetProperty("name").GetString(), validation.GetProperty("characters").GetInt32())
            );
            Assert.Equal(64, validation.GetProperty("sha256").GetString()!.Length);
            Assert.Equal("held.txt", validation.GetProperty("sources")[0].GetString());
        }
        var scored = TrainingGround.Parsed(
            (await EndsWellAsync("eval", "whole", "held.txt", "--progress", "none", "--json")).Output
        );
        Assert.Equal(scored.GetProperty("nats_per_char").GetDouble(), whole.GetProperty("val_loss").GetDouble());

        await EndsWellAsync([.. train, "--max-steps", "13", "-o", "stopped"]);
        await EndsWellAsync("train", "-o", "stopped", "--resume", "--max-steps", "30", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
        await EndsWellAsync("train", "--replay", "whole", "-o", "replayed", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("replayed"));

        File.Move(_ground["held.txt"], _ground["moved.txt"]);
        await RefusedAsync(
            3,
            "the run's text was held.txt, which is no longer there",
            "train",
            "-o",
            "stopped",
            "--resume",
            "--max-steps",
            "31"
        );
        await EndsWellAsync(
            "train",
            "-o",
            "stopped",
            "--resume",
            "--max-steps",
            "31",
            "--val-file",
            "moved.txt",
            "--progress",
            "none"
        );
        File.AppendAllText(_ground["moved.txt"], "more");
        await RefusedAsync(
            3,
            "moved is not the text that stopped validates on",
            "train",
            "-o",
            "stopped",
            "--resume",
            "--max-steps",
            "32",
            "--val-file",
            "moved.txt"
        );
    }

    [Fact]
    public async Task CharactersOfTheValidationFileAlone_AreAddedAndSaid()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-file",
            "held.txt",
            "--max-steps",
            "3",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(
            "charrnn: what the validation text has and the training text lacks (2: '&', 'Ω' (U+03A9)) is in "
                + "the vocabulary, and never trained on.",
            outcome.Error
        );
        Assert.Contains("3,000 characters to train on, 613 for validation, 0 for the test", outcome.Error);
        using var model = LanguageModel.Load(_ground["run"]);
        Assert.True(model.Vocabulary.TryGetId('Ω', out _));
    }

    [Fact]
    public async Task CharactersOfTheValidationFileAlone_AreReadAsTheUnknownSymbol_WhereRareOnesAre()
    {
        string[] train = ["train", "text.txt", .. TrainingGround.Small, "--val-file", "held.txt", "--min-count", "2"];
        var outcome = await _ground.RunAsync([.. train, "--max-steps", "3", "-o", "run"]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains(
            "charrnn: what the validation text has and the vocabulary lacks (2: '&', 'Ω' (U+03A9)) is read "
                + "as the unknown symbol.",
            outcome.Error
        );
        using (var model = LanguageModel.Load(_ground["run"]))
            Assert.Equal(
                (false, true),
                (model.Vocabulary.TryGetId('Ω', out _), model.Vocabulary.UnknownId is not null)
            );

        await EndsWellAsync([.. train, "--max-steps", "9", "--progress", "none", "-o", "whole"]);
        await EndsWellAsync("train", "-o", "run", "--resume", "--max-steps", "9", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("run"));

        // What a model that the run begins from knows is known to the run.
        await EndsWellAsync([
            "train",
            "held.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "1",
            "--progress",
            "none",
            "-o",
            "first",
        ]);
        await EndsWellAsync(
            "train",
            "text.txt",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--val-file",
            "held.txt",
            "--min-count",
            "2",
            "--init-from",
            "first",
            "--max-steps",
            "1",
            "--progress",
            "none",
            "-o",
            "second"
        );
        using var second = LanguageModel.Load(_ground["second"]);
        Assert.True(second.Vocabulary.TryGetId('Ω', out _));
    }

    [Fact]
    public async Task AValidationFolder_IsRefused()
    {
        await RefusedAsync(3, ". is a folder; name a file.", "train", "text.txt", "--val-file", ".", "-o", "x");
        Assert.False(Directory.Exists(_ground["x"]));
    }

    [Fact]
    public async Task AValidationFile_BesideAValidationShare_OrForARunWithoutOne_IsRefused()
    {
        await RefusedAsync(
            2,
            "--val-file validates on a text of its own",
            "train",
            "text.txt",
            "--val-file",
            "held.txt",
            "--val-frac",
            "0.2",
            "-o",
            "x"
        );
        await RefusedAsync(
            3,
            "nowhere.txt cannot be read",
            "train",
            "text.txt",
            "--val-file",
            "nowhere.txt",
            "-o",
            "x"
        );
        Assert.False(Directory.Exists(_ground["x"]));
        await _ground.TrainAsync("--max-steps", "1", "-o", "run");
        await RefusedAsync(
            2,
            "--val-file differs from the run",
            "train",
            "-o",
            "run",
            "--resume",
            "--val-file",
            "held.txt"
        );
        // A flag goes before a variable.
        var outcome = await _ground.RunAsync(
            new Dictionary<string, string> { ["CHARRNN_VAL_FRAC"] = "0.2" },
            [
                "train",
                "text.txt",
                .. TrainingGround.Small,
                "--val-file",
                "held.txt",
                "--max-steps",
                "1",
                "--progress",
                "none",
                "-o",
                "y",
            ]
        );
        outcome.AssertEndedQuietly();
    }

    [Fact]
    public async Task AnInterleavedSplit_HoldsOutWholeWindows_AndResumesToTheSameBits()
    {
        string[] train =
        [
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-split",
            "interleaved",
            "--val-frac",
            "0.1",
            "--test-frac",
            "0.1",
            "--eval-every",
            "6",
            "--json",
        ];
        var whole = await _ground.RunAsync([.. train, "--max-steps", "30", "-o", "whole"]);
        Assert.Equal(0, whole.ExitCode);
        // 93 windows of 4 streams of 8: 74 train, 9 validate, 10 test.
        Assert.Contains(
            "2,368 characters to train on, 288 for validation, 320 for the test; 4 streams of 8 steps, 74 "
                + "steps an epoch",
            whole.Error
        );
        await EndsWellAsync([.. train, "--progress", "none", "--max-steps", "13", "-o", "stopped"]);
        await EndsWellAsync("train", "-o", "stopped", "--resume", "--max-steps", "30", "--progress", "none");
        Assert.Equal(_ground.ModelBytes("whole"), _ground.ModelBytes("stopped"));
        await RefusedAsync(
            2,
            "--val-split differs from the run that is resumed",
            "train",
            "-o",
            "stopped",
            "--resume",
            "--val-split",
            "tail"
        );
        await RefusedAsync(
            2,
            "--train-fraction differs from the run that is resumed",
            "train",
            "-o",
            "stopped",
            "--resume",
            "--train-fraction",
            "0.5"
        );
    }

    [Fact]
    public async Task ThePersonIsTold_WhatToCompareWith_InNatsAndBits()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-frac",
            "0.1",
            "--test-frac",
            "0.1",
            "--max-steps",
            "20",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(
            @"charrnn: a model that knows how often each character comes needs \d\.\d\d bits \(\d\.\d\d nats\) per character, one that knows how often each follows each \d\.\d\d bits \(\d\.\d\d nats\); gzip -9 takes \d\.\d\d bits",
            outcome.Error
        );
        Assert.Matches(
            @"validation loss \d\.\d{4} \(\d\.\d{4} bits\).*; average while training \d\.\d{4} \(\d\.\d{4} bits\)",
            outcome.Error
        );
        Assert.Matches(
            @"reached  validation loss \d\.\d{4} nats per character \(\d\.\d{4} bits\), test \d\.\d{4} \(\d\.\d{4} bits\), average while training \d\.\d{4} \(\d\.\d{4} bits\)",
            outcome.Output
        );
        Assert.Matches(
            @"compare  this model \d\.\d{4} bits per character; knowing how often each comes \d\.\d{4}, how often each follows each \d\.\d{4}, gzip -9 \d\.\d{4}",
            outcome.Output
        );
        using var config = JsonDocument.Parse(File.ReadAllText(_ground["run/config.json"]));
        var stats = TrainingGround.Parsed((await EndsWellAsync("data", "stats", "text.txt", "--json")).Output);
        foreach (
            var (baseline, statistic) in new[]
            {
                ("unigram_bpc", "unigram_bits_per_char"),
                ("bigram_bpc", "bigram_bits_per_char"),
                ("gzip_bpc", "gzip_bits_per_char"),
            }
        )
            Assert.Equal(
                stats.GetProperty(statistic).GetDouble(),
                config.RootElement.GetProperty("baselines").GetProperty(baseline).GetDouble(),
                1e-12
            );
    }

    [Fact]
    public async Task Predictions_StandUnderTheText_WithAMarkWhereTheyAreRight()
    {
        string[] train =
        [
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--val-frac",
            "0.2",
            "--eval-every",
            "60",
            "--max-steps",
            "120",
            "--show-predictions",
        ];
        var plain = await _ground.RunAsync([.. train, "-o", "plain"]);
        Assert.Equal(0, plain.ExitCode);
        string[] lines = plain.Error.ReplaceLineEndings("\n").Split('\n');
        int head = Array.FindIndex(lines, line => line.StartsWith("--- step 60, "));
        Assert.Matches(
            @"^--- step 60, \d+ of 210 characters predicted \(· right, else what was expected\)$",
            lines[head]
        );
        string passage = string.Concat(Enumerable.Range(0, 3).Select(i => lines[head + 1 + (2 * i)][4..])),
            predicted = string.Concat(Enumerable.Range(0, 3).Select(i => lines[head + 2 + (2 * i)][4..]));
        Assert.Equal("---", lines[head + 7]);
        Assert.Equal(TrainingGround.Text(3000)[2470..2680].Replace('\n', '↵'), passage);
        Assert.Equal((210, int.Parse(lines[head].Split(' ')[3])), (predicted.Length, predicted.Count(c => c == '·')));
        Assert.All(passage.Zip(predicted), pair => Assert.NotEqual(pair.First, pair.Second));

        var json = await _ground.RunAsync([.. train, "--progress", "json", "-o", "json"]);
        var reports = json
            .Error.TrimEnd()
            .Split('\n')
            .Select(line => TrainingGround.Parsed(line + "\n"))
            .Where(line => line.TryGetProperty("predictions", out _))
            .ToList();
        Assert.Equal([60L, 120], reports.Select(report => report.GetProperty("step").GetInt64()));
        var first = reports[0].GetProperty("predictions");
        Assert.Equal(TrainingGround.Text(3000)[2470..2680], first.GetProperty("target").GetString());
        Assert.Equal(
            (210, predicted.Count(c => c == '·')),
            (first.GetProperty("characters").GetInt32(), first.GetProperty("right").GetInt32())
        );
        Assert.Equal(210, first.GetProperty("predicted").GetString()!.Length);

        var none = await _ground.RunAsync([.. train, "--progress", "none", "-o", "none"]);
        Assert.Equal((0, ""), (none.ExitCode, none.Error));
        Assert.Equal(_ground.ModelBytes("plain"), _ground.ModelBytes("none"));
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
        Assert.StartsWith($"charrnn: error: {why}", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
