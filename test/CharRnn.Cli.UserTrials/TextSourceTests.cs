using System.Diagnostics;
using System.Text;

namespace CharRnn.Cli.UserTrials;

/// <summary>Where a text comes from, and how it is encoded: standard input, pipes, names, folders, Latin-1 and others.</summary>
public sealed class TextSourceTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task StandardInput_IsATextToTrainOn_WhichIsKeptForTheRun()
    {
        using var shell = new TestShell { Input = TrainingGround.Text(3000) };
        // A folder for temporary files that nobody else uses meanwhile.
        const string Temporary = "TMPDIR";
        string? before = Environment.GetEnvironmentVariable(Temporary);
        string temporary = Directory.CreateDirectory(shell.Folder.File("temporary")).FullName;
        Environment.SetEnvironmentVariable(Temporary, temporary);
        using var _ = new Undo(() => Environment.SetEnvironmentVariable(Temporary, before));
        string run = shell.Folder.File("run"),
            moved = shell.Folder.File("moved");
        var trained = shell.Run(["train", "-", .. TrainingGround.Small, "--max-steps", "4", "-o", run]);
        Assert.Equal(0, trained.ExitCode);
        Assert.Contains($"kept as {Path.Combine(run, "text.txt")}; the run resumes with it", trained.Error);
        Assert.Contains("(stdin)", trained.Error);
        Assert.Equal(shell.Input, File.ReadAllText(Path.Combine(run, "text.txt")));
        Assert.Equal(0, shell.Run("train", "-o", run, "--resume", "--max-steps", "6").ExitCode);
        Directory.Move(run, moved);
        Assert.Equal(0, shell.Run("train", "-o", moved, "--resume", "--max-steps", "8").ExitCode);
        Assert.Equal(0, shell.Run("eval", moved, "-").ExitCode);
        Assert.Contains("characters        3,000\n", shell.Run("data", "stats", "-").Output);
        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public void EmptyStandardInput_IsSaidToBeEmpty()
    {
        using var shell = new TestShell();
        var outcome = shell.Run("data", "stats", "-");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("standard input is empty, and a text is needed", outcome.Error);
    }

    [Fact]
    public async Task APipe_IsReadLikeStandardInput()
    {
        await MakePipeAsync();
        var writing = Task.Run(
            () => File.WriteAllText(_ground["pipe"], "hello pipe\n"),
            TestContext.Current.CancellationToken
        );
        var read = await _ground.RunAsync("data", "stats", "pipe");
        await writing;
        Assert.Contains("characters        11\n", read.Output);
    }

    [Fact]
    public async Task APipeThatNothingIsWrittenTo_IsWaitedForUntilASignal()
    {
        await MakePipeAsync();
        string[][] commands =
        [
            ["data", "stats", "pipe"],
            ["inspect", "pipe"],
            ["train", "pipe"],
        ];
        var waiting = commands.Select(command => _ground.Start(command)).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        foreach (var process in waiting)
        {
            await TrainingGround.SignalAsync(process, "INT");
            Assert.Equal(130, (await CharrnnProcess.EndAsync(process)).ExitCode);
        }
    }

    private async Task MakePipeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes are made by mkfifo");
        using var made = Process.Start("mkfifo", [_ground["pipe"]]);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("dragons")]
    [InlineData("folder")]
    [InlineData("text.txt folder/two.txt")]
    public async Task WhateverCanBeTrainedOn_CanBeScored(string texts)
    {
        Directory.CreateDirectory(_ground["folder"]);
        File.WriteAllText(_ground["folder/one.txt"], TrainingGround.Text(600));
        File.WriteAllText(_ground["folder/two.txt"], TrainingGround.Text(900));
        string[] named = texts.Split(' ');
        var trained = await _ground.RunAsync([
            "train",
            .. named,
            .. TrainingGround.Small,
            "--max-steps",
            "2",
            "-o",
            "r",
        ]);
        Assert.Equal(0, trained.ExitCode);
        var scored = await _ground.RunAsync(["eval", "r", .. named, "--json"]);
        Assert.Equal(0, scored.ExitCode);
        Assert.True(TrainingGround.Parsed(scored.Output).GetProperty("chars").GetInt64() > 1000);
    }

    [Theory]
    [InlineData("latin1")]
    [InlineData("windows-1252")]
    [InlineData("utf-16")]
    [InlineData("koi8-r")]
    [InlineData("shift_jis")]
    public async Task ATextInAnEncoding_IsTheSameText(string name)
    {
        string text = name switch
        {
            "koi8-r" => "Все счастливые семьи похожи друг на друга.\n",
            "shift_jis" => "吾輩は猫である。名前はまだ無い。\n",
            _ => "Déjà vu à l'île, où l'été brûle.\n",
        };
        text = string.Concat(Enumerable.Repeat(text, 40));
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        File.WriteAllBytes(_ground["e.txt"], [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
        File.WriteAllText(_ground["u.txt"], text);
        string[] train = ["train", "e.txt", "--encoding", name, .. TrainingGround.Small, "--max-steps", "3"];
        Assert.Equal(0, (await _ground.RunAsync([.. train, "-o", "r"])).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "r", "--resume", "--max-steps", "5")).ExitCode);
        var alike = await _ground.RunAsync("eval", "r", "e.txt");
        Assert.Contains("like the model's own text; --encoding says otherwise", alike.Error);
        var utf8 = await _ground.RunAsync("eval", "r", "u.txt", "--encoding", "utf-8");
        Assert.Equal(0, utf8.ExitCode);
        Assert.Equal(Figures(utf8), Figures(alike));
    }

    [Fact]
    public async Task ATextThatIsNotUtf8_IsSaidToBeWhatItSeems_WithItsLineAndTheFlag()
    {
        string text = string.Concat(Enumerable.Repeat("Le café était déjà fermé.\n", 30));
        File.WriteAllBytes(_ground["e.txt"], Encoding.Latin1.GetBytes("plain\n" + text));
        var outcome = await _ground.RunAsync("data", "stats", "e.txt");
        Assert.Equal(3, outcome.ExitCode);
        // Many encodings have these letters in these places: the commonest is named.
        Assert.Contains(
            "(0xE9) is not valid UTF-8, in line 2; it seems to be windows-1252: read it with --encoding windows-1252, "
                + "or convert it: iconv -f WINDOWS-1252 -t UTF-8 e.txt > utf8.txt",
            outcome.Error
        );
    }

    [Theory]
    [InlineData("iso-8859-2", "Zażółć gęślą jaźń, mój drogi. Pójdź, kińże tę chmurność w głąb flaszy.\n")]
    [InlineData("windows-1251", "Широкая электрификация южных губерний даст мощный толчок.\n")]
    public async Task ATextOfOtherLetters_IsNotTakenForTheCommonestEncoding(string encoding, string line)
    {
        byte[] bytes = CodePagesEncodingProvider
            .Instance.GetEncoding(encoding)!
            .GetBytes(string.Concat(Enumerable.Repeat(line, 30)));
        File.WriteAllBytes(_ground["e.txt"], bytes);
        var outcome = await _ground.RunAsync("data", "stats", "e.txt");
        Assert.Contains($"it seems to be {encoding}: ", outcome.Error);
    }

    [Fact]
    public async Task Utf8_ThatIsReadAsSomethingElse_IsPointedOut()
    {
        File.WriteAllText(_ground["u.txt"], "Le café était déjà fermé.\n");
        var outcome = await _ground.RunAsync("data", "stats", "u.txt", "--encoding", "latin1");
        Assert.Contains("u.txt reads as UTF-8 too, and is read as iso-8859-1;", outcome.Error);
    }

    [Theory]
    [InlineData("train --label-column x", "--label-column is for --labelled")]
    [InlineData(
        "train dragons --text-column x",
        "--text-column is for a .tsv or .csv file, and dragons comes with charrnn"
    )]
    [InlineData("data stats --encoding latin1", "--encoding is for files, and dragons comes with charrnn, in UTF-8")]
    public async Task AFlag_WithoutEffect_IsRefused(string command, string said)
    {
        var outcome = await _ground.RunAsync(command.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(said, outcome.Error);
    }

    [Fact]
    public async Task LabelledTextsInAnEncoding_AreRead()
    {
        File.WriteAllBytes(_ground["t.csv"], Encoding.Latin1.GetBytes("text,label\né,p\nà,p\nb,q\nc,q\n"));
        var outcome = await _ground.RunAsync("data", "labels", "t.csv", "--encoding", "latin1", "--json");
        Assert.Contains("\"labels\":{\"p\":2,\"q\":2}", outcome.Output);
        string[] quick = ["--max-steps", "1", "--hidden-size", "8"];
        Assert.Equal(
            0,
            (
                await _ground.RunAsync(["classify", "train", "t.csv", "--encoding", "latin1", "-o", "c", .. quick])
            ).ExitCode
        );
        Assert.Equal(0, (await _ground.RunAsync("classify", "eval", "c", "t.csv")).ExitCode);
        Assert.Equal(
            0,
            (
                await _ground.RunAsync(["train", "t.csv", "--labelled", "--encoding", "latin1", "-o", "r", .. quick])
            ).ExitCode
        );
        Assert.Equal(0, (await _ground.RunAsync("eval", "r", "t.csv")).ExitCode);
    }

    [Fact]
    public async Task FoldedCase_IsKeptInTheModel()
    {
        File.WriteAllText(_ground["c.txt"], string.Concat(Enumerable.Repeat("The Rose ÉTAIT rose.\n", 60)));
        string[] train = ["train", "c.txt", "--fold-case", .. TrainingGround.Small, "--max-steps", "2", "-o", "r"];
        var trained = await _ground.RunAsync(train);
        Assert.Contains("distinct characters: 13 before, 12 after folding", trained.Error);
        using (var model = LanguageModel.Load(_ground["r"]))
            Assert.Equal("the rose était", model.Preparation.Apply("THE Rose ÉTAIT"));
        Assert.Equal(0, (await _ground.RunAsync("eval", "r", "c.txt")).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("sample", "r", "-p", "THE ROSE", "-n", "20")).ExitCode);
        Assert.Equal(0, (await _ground.RunAsync("train", "-o", "r", "--resume", "--max-steps", "3")).ExitCode);
    }

    private static string Figures(Outcome outcome) =>
        string.Join('\n', outcome.Output.Split('\n').Where(line => !line.StartsWith("characters/s")));

    private sealed class Undo(Action undo) : IDisposable
    {
        public void Dispose() => undo();
    }
}
