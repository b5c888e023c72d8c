using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Cli.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] ResultKeys =
    [
        "run",
        "model",
        "cell",
        "params",
        "steps",
        "chars",
        "seconds",
        "chars_per_sec",
        "train_loss",
        "val_loss",
        "val_bpc",
        "best_val_loss",
        "best_step",
        "test_loss",
        "train_eval_loss",
        "stopped",
    ];

    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task Json_HasEveryKey_AndNullsWhereThereIsNoSuchPart()
    {
        var result = await _ground.TrainAsync("--max-steps", "20", "--val-frac", "0", "-o", "run");
        Assert.Equal(ResultKeys, result.EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ("run", "run/model.safetensors", "gru", "max_steps"),
            (
                Text(result, "run"),
                Text(result, "model").Replace('\\', '/'),
                Text(result, "cell"),
                Text(result, "stopped")
            )
        );
        Assert.Equal(
            (20, 20 * 8 * 4, 20),
            (
                result.GetProperty("steps").GetInt64(),
                result.GetProperty("chars").GetInt64(),
                result.GetProperty("best_step").GetInt64()
            )
        );
        using var model = LanguageModel.Load(_ground["run"]);
        Assert.Equal(model.ParameterCount, result.GetProperty("params").GetInt64());
        Assert.InRange(result.GetProperty("train_loss").GetDouble(), 0.1, 10);
        Assert.True(result.GetProperty("seconds").GetDouble() > 0);
        Assert.All(
            ["val_loss", "val_bpc", "best_val_loss", "test_loss"],
            key => Assert.Equal(JsonValueKind.Null, result.GetProperty(key).ValueKind)
        );
    }

    [Fact]
    public async Task Json_HasTheLossesOfThePartsThereAre()
    {
        var result = await _ground.TrainAsync(
            "--max-epochs",
            "0.5",
            "--val-frac",
            "0.1",
            "--test-frac",
            "0.1",
            "--eval-every",
            "7",
            "-o",
            "run"
        );
        Assert.Equal("max_epochs", Text(result, "stopped"));
        Assert.All(
            ["train_loss", "val_loss", "best_val_loss", "test_loss"],
            key => Assert.InRange(result.GetProperty(key).GetDouble(), 0.1, 10)
        );
        Assert.Equal(
            result.GetProperty("val_loss").GetDouble() / Math.Log(2),
            result.GetProperty("val_bpc").GetDouble(),
            1e-9
        );
    }

    [Theory]
    [InlineData("max_time", 0, "--max-time", "1s")]
    [InlineData("patience", 0, "--learning-rate", "0", "--eval-every", "3", "--patience", "2", "--max-steps", "1000")]
    [InlineData(
        "diverged",
        4,
        "--learning-rate",
        "1e30",
        "--optimizer",
        "sgd",
        "--grad-clip-norm",
        "0",
        "--max-steps",
        "1000"
    )]
    public async Task Stopped_SaysWhy(string stopped, int code, params string[] flags)
    {
        // A flag given twice is wrong, so the small network's own go where another is given.
        var others = TrainingGround.Small.Chunk(2).Where(pair => !flags.Contains(pair[0])).SelectMany(pair => pair);
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. others,
            "--json",
            "--progress",
            "none",
            "-o",
            "run",
            .. flags,
        ]);
        outcome.AssertEndedQuietly(code);
        Assert.Equal(stopped, Text(TrainingGround.Parsed(outcome.Output), "stopped"));
        using var model = LanguageModel.Load(_ground["run"]);
        Assert.All(model.NewSession().Logits(0).ToArray(), logit => Assert.True(float.IsFinite(logit)));
    }

    [Fact]
    public async Task WithoutAFolder_RunsAreNumbered_AndResumeTakesTheNewest()
    {
        Assert.Equal("runs/text-001", Text(await _ground.TrainAsync("--max-steps", "2"), "run").Replace('\\', '/'));
        Assert.Equal("runs/text-002", Text(await _ground.TrainAsync("--max-steps", "2"), "run").Replace('\\', '/'));
        var resumed = await _ground.TrainAsync("--max-steps", "5", "--resume");
        Assert.Equal(
            ("runs/text-002", 5),
            (Text(resumed, "run").Replace('\\', '/'), resumed.GetProperty("steps").GetInt64())
        );
    }

    [Fact]
    public async Task Output_OfAPerson_EndsWithTheModelAndTheNextCommand()
    {
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "20",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.TrimEnd().Split('\n');
        Assert.Equal("next     charrnn sample run", lines[^1].TrimEnd());
        Assert.StartsWith("compare  ", lines[^2]);
        Assert.StartsWith("reached  ", lines[^3]);
        Assert.Equal("model    run/model.safetensors", lines[^4].TrimEnd().Replace('\\', '/'));
        Assert.Contains("charrnn: data has 3,000 characters, ", outcome.Error);
    }

    [Fact]
    public async Task Log_HoldsPlainLinesWithoutEscapeCodes_WhateverTheTextHolds()
    {
        File.WriteAllText(
            _ground["text.txt"],
            string.Concat(Enumerable.Repeat("\e[31mred\e[0m\a and\rblue\u0085\u009b2J ", 100))
        );
        var flags = TrainingGround.Small.Chunk(2).Where(pair => pair[0] != "--sample-every").SelectMany(pair => pair);
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. flags,
            "--max-steps",
            "60",
            "--sample-every",
            "20",
            "--eval-every",
            "20",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain(
            (outcome.Output + outcome.Error).ReplaceLineEndings("\n"),
            c => char.IsControl(c) && c != '\n'
        );
        Assert.Contains("--- step 20", outcome.Error);
    }

    [Fact]
    public async Task ProgressJson_IsJsonLineByLine()
    {
        var flags = TrainingGround.Small.Chunk(2).Where(pair => pair[0] != "--sample-every").SelectMany(pair => pair);
        // Carriage returns bring a hint, which must not come between the lines of JSON.
        File.WriteAllText(_ground["text.txt"], TrainingGround.Text(3000).ReplaceLineEndings("\r\n"));
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. flags,
            "--max-steps",
            "60",
            "--sample-every",
            "20",
            "--eval-every",
            "20",
            "--progress",
            "json",
            "-o",
            "run",
        ]);
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Error.TrimEnd().Split('\n');
        Assert.True(lines.Length >= 6);
        Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, TrainingGround.Parsed(line + "\n").ValueKind));
    }

    [Fact]
    public async Task ProgressNone_WritesNothingToStandardErrorButNotes()
    {
        File.WriteAllText(_ground["text.txt"], TrainingGround.Text(400).ReplaceLineEndings("\r\n"));
        var outcome = await _ground.RunAsync([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "20",
            "--patience",
            "3",
            "--val-frac",
            "0",
            "--progress",
            "none",
            "-o",
            "run",
        ]);
        outcome.AssertEndedQuietly();
        Assert.Contains("charrnn: hint: text.txt has CRLF line ends", outcome.Error);
        Assert.NotEmpty(outcome.Output);
    }

    [Fact]
    public async Task Settings_ComeFromTheFlag_ThenTheEnvironment()
    {
        string[] train = ["train", "text.txt", "--max-steps", "1", "--progress", "none", "--json"];
        var environment = new Dictionary<string, string>
        {
            ["CHARRNN_HIDDEN_SIZE"] = "24",
            ["CHARRNN_CELL"] = "rnn",
            ["CHARRNN_RESUME"] = "true",
        };
        var fromEnvironment = await _ground.RunAsync(environment, [.. train, "-o", "environment"]);
        var fromFlag = await _ground.RunAsync(environment, [.. train, "-o", "flag", "--hidden-size", "16"]);
        fromEnvironment.AssertEndedQuietly();
        fromFlag.AssertEndedQuietly();
        using LanguageModel first = LanguageModel.Load(_ground["environment"]),
            second = LanguageModel.Load(_ground["flag"]);
        Assert.Equal(("rnn", 24), (first.Spec.Cell, first.Spec.HiddenSize));
        Assert.Equal(("rnn", 16), (second.Spec.Cell, second.Spec.HiddenSize));
    }

    [Fact]
    public async Task ARunInTraining_IsRefusedToOthersInOneLine()
    {
        var owner = _ground.Start([
            "train",
            "text.txt",
            .. TrainingGround.Small,
            "--max-steps",
            TrainingGround.Endless,
            "--save-every",
            "5",
            "--progress",
            "none",
            "-o",
            "run",
        ]);
        await _ground.WaitForStepAfterAsync(0, "run", owner);
        var resuming = await _ground.RunAsync("train", "-o", "run", "--resume");
        Assert.Equal(
            (
                1,
                $"charrnn: error: the run run is being trained by process {owner.Id}; wait for it to end, or "
                    + "give -o another folder\n"
            ),
            (resuming.ExitCode, resuming.Error.ReplaceLineEndings("\n"))
        );
        var starting = await _ground.RunAsync("train", "text.txt", "-o", "run");
        Assert.Equal(2, starting.ExitCode);
        Assert.StartsWith("charrnn: error: run is a run already", starting.Error);
        Assert.False(owner.HasExited);
    }

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;
}
