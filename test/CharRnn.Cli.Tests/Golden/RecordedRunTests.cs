using System.Text.RegularExpressions;

namespace CharRnn.Cli.Tests.Golden;

/// <summary>Runs that an earlier version began, of each kind one: they go on as they went on then.</summary>
public sealed partial class RecordedRunTests(RecordedRunTests.ResumedRuns resumed)
    : IClassFixture<RecordedRunTests.ResumedRuns>
{
    public static TheoryData<string, int> Runs()
    {
        var runs = new TheoryData<string, int>();
        foreach (string? path in Directory.GetDirectories(GoldenFiles.At("runs")).Order())
        {
            runs.Add(Path.GetFileName(path), 1);
            runs.Add(Path.GetFileName(path), 2);
        }

        return runs;
    }

    [Theory(
        Skip = GoldenFiles.NeedsFusedMultiplyAdd,
        SkipType = typeof(GoldenFiles),
        SkipUnless = nameof(GoldenFiles.CanBeCompared)
    )]
    [MemberData(nameof(Runs))]
    public void ResumingARecordedRun_GivesTheRecordedWeights(string name, int threads)
    {
        string run = resumed.Run(name, threads);

        var expected = GoldenFiles.Hashes(GoldenFiles.At("resumed", name, "hashes.txt")).ToList();

        var actual = expected.Select(file => (GoldenFiles.HashOfTensors(Path.Combine(run, file.Of)), file.Of));
        Assert.Equal(expected, actual);
    }

    [Theory(
        Skip = GoldenFiles.NeedsFusedMultiplyAdd,
        SkipType = typeof(GoldenFiles),
        SkipUnless = nameof(GoldenFiles.CanBeCompared)
    )]
    [MemberData(nameof(Runs))]
    public void ResumingARecordedRun_LogsTheRecordedFigures(string name, int threads)
    {
        string run = resumed.Run(name, threads);

        foreach (string expected in Directory.GetFiles(GoldenFiles.At("resumed", name), "*.json*"))
        {
            string file = Path.GetFileName(expected);
            string actual = Times().Replace(File.ReadAllText(Path.Combine(run, file)), "");
            Assert.True(File.ReadAllText(expected) == actual, $"{file} has other figures:\n{actual}");
        }
    }

    // What a clock said is in no record.
    [GeneratedRegex(@",""chars_per_sec"":[^,]*,""seconds"":[^}]*")]
    private static partial Regex Times();

    /// <summary>The recorded runs, each resumed once for each number of threads, when a test first asks for it.</summary>
    public sealed class ResumedRuns : IDisposable
    {
        private readonly TestShell _shell = new();
        private readonly Dictionary<(string, int), string> _runs = [];

        public void Dispose() => _shell.Dispose();

        /// <summary>The folder of a run that has been resumed. Resuming writes into it, so it is a copy.</summary>
        public string Run(string name, int threads)
        {
            if (_runs.TryGetValue((name, threads), out string? known))
                return known;
            string run = _shell.Folder.File($"{name}-{threads}");
            Copy(GoldenFiles.At("runs", name), run);
            string[] verb = name == "classifier" ? ["classify", "train"] : ["train"];

            var outcome = _shell.Run([
                .. verb,
                "-o",
                run,
                "--resume",
                "--max-steps",
                "40",
                "--threads",
                $"{threads}",
                "--progress",
                "none",
            ]);

            Assert.True(outcome.ExitCode == 0, outcome.Error);
            return _runs[(name, threads)] = run;
        }

        private static void Copy(string from, string to)
        {
            Directory.CreateDirectory(to);
            foreach (string file in Directory.GetFiles(from))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            foreach (string folder in Directory.GetDirectories(from))
                Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
