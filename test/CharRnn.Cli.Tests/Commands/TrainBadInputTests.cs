using System.Text;
using CharRnn.Engine;

namespace CharRnn.Cli.Tests;

/// <summary>
/// Each mistake by the real command: one line, the documented code, and nothing left behind or changed.
/// </summary>
public sealed class TrainBadInputTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    public static TheoryData<string, int, string> Texts =>
        new()
        {
            { "empty.txt", 3, "empty.txt is empty" },
            { "one.txt", 3, "one.txt holds 1 characters; at least 2" },
            { "same.txt", 3, "same.txt holds 'a' (U+0061) alone, 500 times" },
            { "binary.txt", 3, "binary.txt: byte 4 is NUL, so this is a binary file" },
            { "latin1.txt", 3, "latin1.txt: byte 1000 (0xE9) is not valid UTF-8" },
            { "utf16.txt", 3, "utf16.txt is UTF-16 text" },
            { "missing.txt", 3, "missing.txt cannot be read: it does not exist" },
            { "nowhere/missing.txt", 3, "it does not exist" },
            { "pictures", 3, "pictures holds no file that matches *.txt" },
            { "nosuchcorpus", 3, "'nosuchcorpus' is no file, no folder and no corpus by name" },
            { "tinyshakespear", 3, "did you mean 'tinyshakespeare'?" },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task AText_ThatCannotBeLearntFrom_IsOneLine(string text, int code, string said)
    {
        File.WriteAllText(_ground["empty.txt"], "");
        File.WriteAllText(_ground["one.txt"], "a");
        File.WriteAllText(_ground["same.txt"], new string('a', 500));
        File.WriteAllBytes(_ground["binary.txt"], [0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0, 1, 2]);
        File.WriteAllBytes(
            _ground["latin1.txt"],
            [.. Encoding.ASCII.GetBytes(new string('b', 999)), (byte)'a', 0xE9, (byte)'t']
        );
        File.WriteAllBytes(_ground["utf16.txt"], [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("The dragon slept.\n")]);
        Directory.CreateDirectory(_ground["pictures"]);
        File.WriteAllText(_ground["pictures/a.png"], "x");
        await RefusedAsync(code, said, "train", text);
    }

    [Theory]
    [InlineData("--hidden-sise 10", "no flag '--hidden-sise'; did you mean '--hidden-size'?")]
    [InlineData("--hidden-size -1", "--hidden-size is '-1'; it needs a whole number from 1")]
    [InlineData("--hidden-size=-1", "--hidden-size is '-1'; it needs a whole number from 1")]
    [InlineData("--hidden-size 1e2", "--hidden-size is '1e2'; it needs a whole number")]
    [InlineData("--num-layers 0", "--num-layers is '0'")]
    [InlineData("--embedding-size -8", "--embedding-size is '-8'")]
    [InlineData("--batch-size -1", "--batch-size is '-1'")]
    [InlineData("--seq-length 0", "--seq-length is '0'")]
    [InlineData("--learning-rate NaN", "--learning-rate is 'NaN'")]
    [InlineData("--learning-rate -0.1", "--learning-rate is '-0.1'")]
    [InlineData("--learning-rate 1e999", "--learning-rate is '1e999'")]
    [InlineData("--weight-decay nan", "--weight-decay is 'nan'")]
    [InlineData("--grad-clip -5", "--grad-clip is '-5'")]
    [InlineData("--epsilon 0", "--epsilon is '0'")]
    [InlineData("--beta2 1", "--beta2 is '1'")]
    [InlineData("--dropout 1.5", "--dropout is '1.5'; it needs a number from 0 and below 1")]
    [InlineData("--dropout lots", "--dropout is 'lots'")]
    [InlineData("--output-dropout -0.1", "--output-dropout is '-0.1'")]
    [InlineData("--cell abacus", "--cell is 'abacus'; it needs one of rnn, gru, lstm")]
    [InlineData("--optimizer magic", "--optimizer is 'magic'; it needs one of sgd, ")]
    [InlineData("--schedule never", "--schedule is 'never'")]
    [InlineData("--init magic", "--init is 'magic'")]
    [InlineData("--sampling sometimes", "--sampling is 'sometimes'; it needs one of stateful, random")]
    [InlineData("--encoding klingon", "--encoding is 'klingon'")]
    [InlineData("--progress loud", "--progress is 'loud'")]
    [InlineData("--max-steps -3", "--max-steps is '-3'")]
    [InlineData("--max-epochs nan", "--max-epochs is 'nan'")]
    [InlineData("--max-time 0s", "--max-time is '0s'; it needs a time above zero")]
    [InlineData("--max-time soon", "--max-time is 'soon'")]
    [InlineData("--eval-every often", "--eval-every is 'often'")]
    [InlineData("--val-frac 1", "--val-frac is '1'")]
    [InlineData("--val-frac 0.6 --test-frac 0.6", "leave nothing to train on")]
    [InlineData("--val-frac 0.0001", "the validation part gets ")]
    [InlineData("--threads 0", "--threads is '0'")]
    [InlineData("--seed -1", "--seed is '-1'")]
    [InlineData(
        "--seq-length 100 --batch-size 50",
        "50 streams of 100 steps need 5001; lower --batch-size or --seq-length"
    )]
    [InlineData("--seq-length 2147483647 --batch-size 2147483647", "lower --batch-size or --seq-length")]
    [InlineData("--prompt Ω", "--prompt has 'Ω' (U+03A9), which the text lacks")]
    [InlineData("-o text.txt", "text.txt is a file; a run needs a folder")]
    [InlineData("-o taken", "taken is not a run and is not empty: it holds 'photo.jpg'")]
    [InlineData("-o run", "run is a run already; use --resume to go on with it, or give -o another folder")]
    public async Task AMistakeInTheCommandLine_IsOneLineAndCode2(string flags, string said)
    {
        Directory.CreateDirectory(_ground["taken"]);
        File.WriteAllText(_ground["taken/photo.jpg"], "x");
        Directory.CreateDirectory(_ground["run"]);
        File.WriteAllText(_ground["run/config.json"], "{}");
        await RefusedAsync(2, said, ["train", "text.txt", .. flags.Split(' ')]);
    }

    [Fact]
    public Task AnUnknownVerb_IsOneLineAndCode2() =>
        RefusedAsync(2, "'charrnn' has no verb 'tran'; did you mean 'train'?", "tran", "text.txt");

    [Fact]
    public async Task ABadEnvironmentVariable_IsNamed()
    {
        var outcome = await _ground.RunAsync(
            new Dictionary<string, string> { ["CHARRNN_HIDDEN_SIZE"] = "-3" },
            "train",
            "text.txt"
        );
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("charrnn: error: the environment variable CHARRNN_HIDDEN_SIZE is '-3'", outcome.Error);
    }

    [Theory]
    [InlineData("text.txt/run", "text.txt is a file")]
    [InlineData("text.txt/deeper/run", "text.txt is a file")]
    [InlineData("/proc/charrnn/run", "")]
    public async Task ARunFolder_ThatCannotBeMade_IsOneLineAndCode1(string output, string reason)
    {
        Assert.SkipWhen(output.StartsWith("/proc") && !OperatingSystem.IsLinux(), "only Linux has a /proc");
        await RefusedAsync(1, $"cannot make the run folder {output}: {reason}", "train", "text.txt", "-o", output);
    }

    [Fact]
    public async Task AFileWhereTheFolderOfRunsShouldBe_IsOneLineAndCode1()
    {
        File.WriteAllText(_ground["runs"], "not a folder");
        await RefusedAsync(1, "cannot make the run folder runs/text-001: runs is a file", "train", "text.txt");
    }

    [Fact]
    public async Task ANetwork_TooLargeForTheMachine_IsOneLineAndCode1()
    {
        // Its weights alone take 8.8 TB.
        await RefusedAsync(
            1,
            "there is not enough memory for this",
            "train",
            "text.txt",
            "--hidden-size",
            "65536",
            "--num-layers",
            "64"
        );
    }

    [Fact]
    public async Task Resume_WithoutARun_IsOneLineAndCode3()
    {
        await RefusedAsync(3, "there is no run of text in runs to resume", "train", "text.txt", "--resume");
        await RefusedAsync(3, "there is no run folder 'nowhere'", "train", "text.txt", "--resume", "-o", "nowhere");
    }

    public static TheoryData<string, string> Damages =>
        new()
        {
            { "checkpoint cut short", "is not a sound safetensors file: the file is cut short" },
            { "checkpoint empty", "empty" },
            { "checkpoint foreign", "a NumPy array" },
            { "checkpoint missing", "step-4.safetensors" },
            { "checkpoint of another network", "the run's configuration needs" },
            { "pointer nonsense", "it needs the name of a checkpoint" },
            { "config cut short", "it is not the configuration of a run" },
            { "config of nothing", "it is not the configuration of a run" },
            { "log spoilt", "metrics.jsonl line 1 is not a JSON object" },
            { "text changed", "is not the text that run was trained on" },
            { "text missing", "which is no longer there" },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Resume_OfADamagedRun_IsOneLineAndCode3_AndChangesNothing(string damage, string said)
    {
        Train("run", hiddenSize: 16);
        string checkpoint = _ground["run/checkpoints/step-4.safetensors"];
        Assert.True(File.Exists(checkpoint));
        switch (damage)
        {
            case "checkpoint cut short":
                File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..^100]);
                break;
            case "checkpoint empty":
                File.WriteAllBytes(checkpoint, []);
                break;
            case "checkpoint foreign":
                File.WriteAllBytes(checkpoint, [0x93, .. Encoding.ASCII.GetBytes("NUMPY and more of it")]);
                break;
            case "checkpoint missing":
                File.Delete(checkpoint);
                break;
            case "checkpoint of another network":
                Train("other", hiddenSize: 24);
                File.Copy(_ground["other/checkpoints/step-4.safetensors"], checkpoint, overwrite: true);
                break;
            case "pointer nonsense":
                File.WriteAllText(_ground["run/last"], "elsewhere\n");
                break;
            case "config cut short":
                File.WriteAllText(_ground["run/config.json"], File.ReadAllText(_ground["run/config.json"])[..200]);
                break;
            case "config of nothing":
                File.WriteAllText(_ground["run/config.json"], "{}");
                break;
            case "log spoilt":
                File.WriteAllText(_ground["run/metrics.jsonl"], "what?\n{\"step\":4}\n");
                break;
            case "text changed":
                File.AppendAllText(_ground["text.txt"], "the end");
                break;
            case "text missing":
                File.Delete(_ground["text.txt"]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage));
        }

        await RefusedAsync(3, said, "train", "-o", "run", "--resume", "--max-steps", "8");
    }

    private void Train(string name, int hiddenSize)
    {
        var corpus = Corpus.Load([_ground["text.txt"]]);
        var settings = new TrainingSettings
        {
            HiddenSize = hiddenSize,
            EmbeddingSize = 8,
            SeqLength = 8,
            BatchSize = 4,
            MaxSteps = 4,
            ValFrac = 0,
            SampleEvery = Cadence.Never,
        };
        using var trainer = Trainer.Start(corpus, settings, RunFolder.Create(_ground[name]));
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
    }

    private async Task RefusedAsync(int code, string said, params string[] arguments)
    {
        string[] before = _ground.Everything();
        var outcome = await _ground.RunAsync(arguments);
        Assert.Contains(said, outcome.Error.Replace('\\', '/'));
        Assert.StartsWith("charrnn: error: ", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal(before, _ground.Everything());
    }
}
