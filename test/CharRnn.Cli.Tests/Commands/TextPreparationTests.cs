using System.Text;
using System.Text.Json;
using CharRnn.Engine;
using CharRnn.Training;

namespace CharRnn.Cli.Tests;

/// <summary>
/// What is done to a text, from the flags of <c>train</c> to the prompts of <c>sample</c> and the texts of <c>eval</c>.
/// </summary>
public sealed class TextPreparationTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    private string Model => File("run");

    [Fact]
    public void FoldAscii_SaysWhatItDid_AndPromptsAndTextsAreFoldedToo()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Repeat("Marszałek “Żółw” i 漢\n", 60)));
        var outcome = Train(text, "--fold", "ascii");
        Assert.Contains("charrnn: distinct characters: 17 before, 16 after folding\n", outcome.Error);
        Assert.Contains(
            "charrnn: characters without an ASCII form, kept as they are: 60 (1 distinct)\n",
            outcome.Error
        );
        using (var model = LanguageModel.Load(Model))
        {
            Assert.Equal(
                "\n \"MZaeiklorswz漢",
                model.Vocabulary.Decode([.. Enumerable.Range(0, model.Vocabulary.Count)])
            );
            Assert.Equal("--fold ascii", model.Preparation.ToString());
        }

        Assert.StartsWith("Marszalek", _shell.Run("sample", Model, "-p", "Marszałek", "-n", "5").Output);
        Assert.Equal(60 * 21 - 1, Characters(_shell.Run("eval", Model, text, "--json")));
        Assert.Contains("text prepared", _shell.Run("inspect", Model).Output);
        Assert.Equal(
            "--fold ascii",
            JsonDocument
                .Parse(_shell.Run("inspect", Model, "--json").Output)
                .RootElement.GetProperty("preparation")
                .GetString()
        );
    }

    [Fact]
    public void Unfolded_ł_SurvivesARoundTrip()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Repeat("łłłłłł", 100)) + "\n");
        Train(text, "--max-steps", "40");
        Assert.Equal("łłłłłłłł", _shell.Run("sample", Model, "-p", "łł", "-n", "6", "--greedy").Output);
    }

    [Fact]
    public void Normalize_MakesTheSpellingsOne_AndThePromptsToo()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Repeat("é e\u0301 e\n", 60)));
        Assert.Contains("hint: places where the text is spelt otherwise", Train(text).Error);
        Directory.Delete(Model, recursive: true);
        var outcome = Train(text, "--normalize", "nfc");
        Assert.DoesNotContain("hint:", outcome.Error);
        Assert.Contains("distinct characters: 5 before, 4 after normalising", outcome.Error);
        Assert.StartsWith("é", _shell.Run("sample", Model, "-p", "e\u0301", "-n", "1").Output);
    }

    [Fact]
    public void MinCount_GivesAnUnknownSymbol_ThatIsReadButNeverWritten()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Repeat("abab abba\n", 60)) + "qxz");
        var outcome = Train(text, "--min-count", "2", "--max-steps", "2");
        Assert.Contains(
            "characters seen fewer than 2 times, now one unknown symbol: 3 distinct, 3 in all",
            outcome.Error
        );
        Assert.Contains("⟨unknown⟩", _shell.Run("inspect", Model).Output);
        var sampled = _shell.Run("sample", Model, "-p", "aŁq", "-n", "3000");
        Assert.Equal(0, sampled.ExitCode);
        Assert.StartsWith("a\uFFFD\uFFFD", sampled.Output);
        Assert.DoesNotContain('\uFFFD', sampled.Output[3..]);
        Assert.Contains("read as the unknown symbol, since the model's vocabulary lacks them: 2", sampled.Error);
        Assert.Contains(
            "read as the unknown symbol, since the model's vocabulary lacks them: 3",
            _shell.Run("eval", Model, Write("other.txt", "ab\nłłŁ\n")).Error
        );
    }

    [Fact]
    public void Cuts_AndUniqueLines_AreSaid()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i % 60}\n")));
        var outcome = Train(text, "--skip-chars", "5", "--max-chars", "600", "--unique-lines");
        Assert.Contains("characters left out: 5 at the beginning, 175 at the end", outcome.Error);
        Assert.Contains("repeated lines left out: ", outcome.Error);
        var record = Configuration().Corpus;
        Assert.Equal(
            new TextPreparation
            {
                SkipChars = 5,
                MaxChars = 600,
                UniqueLines = true,
            },
            record.Preparation
        );
    }

    [Fact]
    public void Records_AreWrittenALineEach()
    {
        string text = Write(
            "names.txt",
            string.Concat(Enumerable.Range(0, 80).Select(i => $"{"abcde"[i % 5]}na\r\n\r\n"))
        );
        var outcome = Train(text, "--records", "--max-steps", "30");
        Assert.Contains("charrnn: records: 80; empty lines left out: 80\n", outcome.Error);
        Assert.DoesNotContain("CRLF", outcome.Error);
        var sampled = _shell.Run("sample", Model, "--num-samples", "7");
        Assert.Equal((0, ""), (sampled.ExitCode, sampled.Error));
        Assert.Equal(7, sampled.Output.Count(c => c == '\n'));
        Assert.EndsWith("\n", sampled.Output);
        Assert.All(
            _shell.Run("sample", Model, "-p", "b", "--num-samples", "3").Output.TrimEnd('\n').Split('\n'),
            record => Assert.StartsWith("b", record)
        );
        Assert.Equal(2 * 4, Characters(_shell.Run("eval", Model, Write("two.txt", "ana\nbna\n"), "--json")));
    }

    [Fact]
    public void SeveralFiles_HaveABoundaryBetween_WhichEndsASample_UnlessTheyAreJoined()
    {
        foreach (int i in Enumerable.Range(0, 40))
            Write($"texts/{i:00}.txt", "abc\n");
        Assert.Contains(
            "charrnn: texts: 40, with a boundary before, between and after them",
            Train(File("texts"), "--max-steps", "60").Error
        );
        var sampled = _shell.Run("sample", Model, "--greedy", "-n", "100");
        Assert.Equal((0, "abc\n"), (sampled.ExitCode, sampled.Output));
        Assert.Contains("⟨boundary⟩", _shell.Run("inspect", Model).Output);
        Directory.Delete(Model, recursive: true);
        Assert.DoesNotContain("texts:", Train(File("texts"), "--join-files", "--max-steps", "60").Error);
        Assert.Equal(100, _shell.Run("sample", Model, "--greedy", "-n", "100").Output.Length);
    }

    [Fact]
    public void Resume_ReadsTheTextAsItWasRead_AndRefusesAnotherWayByName()
    {
        string text = Write("text.txt", string.Concat(Enumerable.Repeat("Żółw i smok\n", 60)));
        Train(text, "--fold", "ascii", "--max-steps", "4");
        Assert.Equal(
            0,
            _shell.Run("train", "-o", Model, "--resume", "--max-steps", "6", "--progress", "none").ExitCode
        );
        Assert.Equal(
            0,
            _shell
                .Run(
                    "train",
                    text,
                    "-o",
                    Model,
                    "--resume",
                    "--fold",
                    "ascii",
                    "--max-steps",
                    "8",
                    "--progress",
                    "none"
                )
                .ExitCode
        );
        foreach (
            string[] other in new string[][]
            {
                ["--fold", "none"],
                ["--records"],
                ["--min-count", "3"],
                ["--skip-chars", "1"],
                ["--normalize", "nfc"],
            }
        )
        {
            var refused = _shell.Run(["train", "-o", Model, "--resume", "--max-steps", "9", .. other]);
            Assert.Equal(2, refused.ExitCode);
            Assert.StartsWith($"charrnn: error: {other[0]} differs from the run that is resumed", refused.Error);
        }

        Assert.Equal(0, _shell.Run("train", "--replay", Model, "-o", File("again"), "--progress", "none").ExitCode);
        Assert.Equal(
            System.IO.File.ReadAllBytes(Path.Combine(Model, "model.safetensors")),
            System.IO.File.ReadAllBytes(Path.Combine(File("again"), "model.safetensors"))
        );
    }

    [Fact]
    public void CharactersOfBytes_AreRefused()
    {
        var refused = _shell.Run("train", Write("text.txt", "abc"), "--encoding", "bytes", "--fold", "ascii");
        Assert.Equal(
            (2, "charrnn: error: --fold is for characters, and --encoding bytes has none; leave one of them out.\n"),
            (refused.ExitCode, refused.Error)
        );
    }

    [Fact]
    public void Records_OfBytes_TrainAndSample()
    {
        Train(
            Write("names.txt", string.Concat(Enumerable.Repeat("łan\nbo\n", 60))),
            "--encoding",
            "bytes",
            "--records"
        );
        Assert.Equal(3, _shell.Run("sample", Model, "--num-samples", "3").Output.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("emoji", "👩\u200D👩\u200D👧\u200D👦 👨🏽\u200D🚀 🏳\uFE0F\u200D🌈 🇵🇱 1\uFE0F\u20E3 ")]
    [InlineData("right to left", "שָׁלוֹם עוֹלָם \u200Fمرحبا بالعالم\u200E \u202Bאבג\u202C\n")]
    [InlineData("crlf", "one\r\ntwo\r\n\r\nthree\r\n")]
    [InlineData("one line", "no line end at all, just words after words ")]
    public void Scripts_TrainAndSampleWithoutLossOrCrash(string name, string some)
    {
        string text = Write(name + ".txt", string.Concat(Enumerable.Repeat(some, 40)));
        Train(text, "--max-steps", "3");
        using var model = LanguageModel.Load(Model);
        Assert.Equal(
            some.EnumerateRunes().Select(rune => rune.Value).Distinct().Order(),
            model.Vocabulary.Symbols.ToArray()
        );
        Assert.Equal(some, model.Vocabulary.Decode(model.Encode(some)));
        var sampled = _shell.Run("sample", Model, "-p", some, "-n", "50");
        Assert.Equal(0, sampled.ExitCode);
        Assert.StartsWith(some, sampled.Output);
        Assert.Equal(50, sampled.Output[some.Length..].EnumerateRunes().Count());
        Assert.Equal(0, _shell.Run("eval", Model, text).ExitCode);
    }

    [Fact]
    public async Task EveryAssignedScalar_TrainsAndSamples_InBoundedMemory()
    {
        using var ground = new TrainingGround();
        // NUL is what tells a binary file; all others are text.
        var scalars = Enumerable
            .Range(1, 0x10FFFF)
            .Where(Rune.IsValid)
            .Select(value => new Rune(value))
            .Where(rune => Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.OtherNotAssigned);
        System.IO.File.WriteAllText(ground["all.txt"], string.Concat(scalars));
        // Scored at the end, the whole text would take minutes: each of its characters against all of them.
        System.IO.File.WriteAllText(ground["few.txt"], "a few of them\n");
        string[] small =
        [
            "--hidden-size",
            "8",
            "--num-layers",
            "1",
            "--embedding-size",
            "4",
            "--seq-length",
            "8",
            "--batch-size",
            "4",
            "--val-file",
            "few.txt",
            "--sample-every",
            "0",
            "--save-every",
            "0",
        ];
        var process = ground.Start([
            "train",
            "all.txt",
            "-o",
            "run",
            "--max-steps",
            "2",
            "--json",
            "--progress",
            "none",
            .. small,
        ]);
        long maxKilobytes = await MaxMemoryAsync(process);
        var trained = await CharrnnProcess.EndAsync(process);
        trained.AssertEndedQuietly();
        // Weights, gradients and moments are 4 × 36 MB; a window's logits, were they held whole, 36 MB more for each of
        // its (T·B) 32 rows.
        Assert.InRange(maxKilobytes, 0, 600_000);
        var sampled = await ground.RunAsync("sample", "run", "-n", "20", "-p", "ł");
        Assert.Equal((0, ""), (sampled.ExitCode, sampled.Error));
        Assert.Equal(21, sampled.Output.EnumerateRunes().Count());
    }

    /// <summary>The most resident memory, in kilobytes; 0 where the system does not say.</summary>
    private static async Task<long> MaxMemoryAsync(System.Diagnostics.Process process)
    {
        long most = 0;
        while (!process.HasExited)
        {
            process.Refresh();
            if (OperatingSystem.IsLinux())
                most = Math.Max(most, ResidentBytes(process));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return most / 1024;
    }

    private static long ResidentBytes(System.Diagnostics.Process process)
    {
        try
        {
            return process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It ended between the question whether it has and this one.
            return 0;
        }
    }

    private string File(string name) => _shell.Folder.File(name);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    private Outcome Train(string text, params string[] more)
    {
        string[] limit = more.Contains("--max-steps") ? [] : ["--max-steps", "5"];
        var outcome = _shell.Run(["train", text, "-o", Model, .. TrainingGround.Small, .. limit, .. more]);
        Assert.Equal(0, outcome.ExitCode);
        return outcome;
    }

    private RunConfiguration Configuration() =>
        RunConfiguration.Parse(System.IO.File.ReadAllText(Path.Combine(Model, "config.json")), "config.json");

    private static int Characters(Outcome outcome) =>
        JsonDocument.Parse(outcome.Output).RootElement.GetProperty("chars").GetInt32();
}
