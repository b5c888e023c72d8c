using System.Text.Json;

namespace CharRnn.Cli.Tests;

public sealed class BenchCommandTests : IDisposable
{
    private static readonly string[] Keys =
    [
        "cell",
        "hidden",
        "layers",
        "batch",
        "seq_length",
        "threads",
        "params",
        "ms_per_step",
        "chars_per_sec",
        "chars_per_sec_min",
        "chars_per_sec_max",
        "gflops",
        "peak_gflops",
        "peak_fraction",
        "peak_fraction_min",
        "peak_fraction_max",
        "sample_chars_per_sec",
        "batch_sample_chars_per_sec",
        "rss_mb",
    ];

    // Small, so that measuring takes no time.
    private static readonly string[] Small =
    [
        "--duration",
        "0.01s",
        "--threads",
        "1",
        "--hidden-size",
        "8",
        "--embedding-size",
        "0",
        "--vocabulary-size",
        "7",
    ];

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private Outcome Bench(params string[] flags) => _shell.Run(["bench", .. Small, .. flags]);

    [Fact]
    public void Json_IsOneObject()
    {
        var outcome = Bench("--json", "--cell", "gru", "--batch-size", "3", "--seq-length", "5");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(Keys, json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("gru", json.RootElement.GetProperty("cell").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("batch").GetInt32());
        Assert.Equal(5, json.RootElement.GetProperty("seq_length").GetInt32());
    }

    [Fact]
    public void SpeedAndShare_AreTheMiddleOfTheirSlices()
    {
        var outcome = Bench("--json");
        using var json = JsonDocument.Parse(outcome.Output);
        foreach (string key in new[] { "chars_per_sec", "peak_fraction" })
        {
            double middle = Number(key);
            Assert.True(middle > 0);
            Assert.InRange(middle, Number(key + "_min"), Number(key + "_max"));
        }

        double Number(string key) => json.RootElement.GetProperty(key).GetDouble();
    }

    [Fact]
    public void Contended_ComparesAllThreadsWithOne_AndItsBusyThreadEnds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are tied to a core on Linux alone");
        string[] onTwoThreads = [.. Small.Select(word => word == "1" ? "2" : word)];
        var outcome = _shell.Run(["bench", .. onTwoThreads, "--json", "--contended"]);

        Assert.Equal(0, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Equal(
            [.. Keys, "contended", "one_thread_chars_per_sec", "speedup"],
            json.RootElement.EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal(2, json.RootElement.GetProperty("threads").GetInt32());
        double one = json.RootElement.GetProperty("one_thread_chars_per_sec").GetDouble(),
            all = json.RootElement.GetProperty("chars_per_sec").GetDouble();
        Assert.Equal(all / one, json.RootElement.GetProperty("speedup").GetDouble(), 0.01);
        // A thread that has been joined is on the system's list for a moment longer.
        Assert.True(SpinWait.SpinUntil(() => !HasCompetitor(), TimeSpan.FromSeconds(30)));
        Assert.Contains("contended   beside a busy loop on one core: ", Bench("--contended").Output);
        Assert.Contains(" SPEEDUP", Bench("--contended", "--presets", "gru-lm-128").Output);
    }

    private static bool HasCompetitor() =>
        Directory
            .GetDirectories("/proc/self/task")
            .Any(thread => NameOf(thread).StartsWith("CharRnn competi", StringComparison.Ordinal));

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm"));
        }
        catch (IOException)
        {
            // It has ended since.
            return "";
        }
    }

    [Fact]
    public void PresetsAsJson_AreAnObjectALine_WithTheirName()
    {
        var outcome = Bench("--json", "--presets", "min-char-rnn,residual-gru");
        Assert.Equal(0, outcome.ExitCode);
        var rows = outcome.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(["min-char-rnn", "residual-gru"], rows.Select(row => row.GetProperty("preset").GetString()));
        Assert.All(
            rows,
            row => Assert.Equal(["preset", .. Keys], row.EnumerateObject().Select(property => property.Name))
        );
        Assert.Equal(8, rows[1].GetProperty("layers").GetInt32());
        Assert.Equal(16, rows[1].GetProperty("batch").GetInt32());
    }

    [Fact]
    public void FlagsAndVariables_HoldForEveryPreset()
    {
        _shell.Environment["CHARRNN_BATCH_SIZE"] = "2";
        var outcome = Bench("--json", "--presets", "char-rnn,shakespeare", "--seq-length", "3");
        var rows = outcome.Output.TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(2, rows.Count);
        Assert.All(
            rows,
            row => Assert.Equal((2, 3, 8), (Number(row, "batch"), Number(row, "seq_length"), Number(row, "hidden")))
        );

        static int Number(JsonElement row, string key) => row.GetProperty(key).GetInt32();
    }

    [Fact]
    public void AllPresets_AreATableOfOneRowEach()
    {
        var outcome = Bench("--presets", "all", "--batch-size", "1", "--seq-length", "2");
        string[] lines = outcome.Output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        Assert.StartsWith("PRESET ", lines[0]);
        Assert.Equal(
            ["min-char-rnn", "char-rnn", "gru-lm", "gru-lm-128", "residual-gru", "paul-graham", "shakespeare"],
            lines[1..].Select(line => line.Split(' ')[0])
        );
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.DoesNotContain('\e', outcome.Output);
    }

    [Theory]
    [InlineData(
        "chr-rnn",
        "there is no preset 'chr-rnn' among default, min-char-rnn, char-rnn, torch-rnn, gru-lm, "
            + "gru-lm-128, residual-gru, stacked-rnn, tutorial-generator, paul-graham, shakespeare, wikipedia, "
            + "latex, linux; did you mean 'char-rnn'?"
    )]
    [InlineData("char-rnn,all", "there is no preset 'all' among")]
    [InlineData(",", "--presets is ','; it needs all, or some of default, min-char-rnn, ")]
    public void PresetThatIsNone_IsOneLineAndCode2(string names, string expected)
    {
        var outcome = Bench("--presets", names);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Interrupted_ItStops()
    {
        _shell.Interruption.Request(ExitCode.Interrupted);
        var outcome = Bench("--presets", "all");
        Assert.Equal(new(ExitCode.Interrupted, "", $"charrnn: interrupted{Environment.NewLine}"), outcome);
    }
}
