using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Thousands of labels, two texts each: what is written grows with the records, not with the square of the labels.
/// </summary>
public sealed class ManyLabelsTests : IDisposable
{
    private const int Labels = 2000;

    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void FileScoresAndReportOfManyLabels_HaveOnlyTheCountsThatAreNotZero()
    {
        string data = _shell.Folder.File("l.csv"),
            run = _shell.Folder.File("run");
        File.WriteAllLines(
            data,
            ["text,label", .. Enumerable.Range(0, Labels).SelectMany(i => new[] { $"t{i}a,L{i}", $"t{i}b,L{i}" })]
        );
        var trained = _shell.Run([
            "classify",
            "train",
            data,
            "-o",
            run,
            "--max-steps",
            "2",
            "--hidden-size",
            "4",
            "--progress",
            "none",
        ]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.ExitCode == 0 ? "" : trained.Error));

        // Written whole, the matrix alone has 4 million counts.
        var file = new FileInfo(Path.Combine(run, "classification.json"));
        Assert.InRange(file.Length, 1, 1_000_000);
        AssertCells(JsonDocument.Parse(File.ReadAllBytes(file.FullName)).RootElement, records: Labels);

        var scored = _shell.Run("classify", "eval", run, data, "--json");
        Assert.Equal(0, scored.ExitCode);
        Assert.InRange(scored.Output.Length, 1, 1_000_000);
        AssertCells(JsonDocument.Parse(scored.Output).RootElement, records: 2 * Labels);

        string page = _shell.Folder.File("page.html");
        Assert.Equal(0, _shell.Run("report", run, "-o", page).ExitCode);
        string html = File.ReadAllText(page);
        Assert.Contains("The 200 labels with the most records; classification.json", html);
        Assert.InRange(html.Length, 1, 2_000_000);
    }

    private static void AssertCells(JsonElement root, int records)
    {
        Assert.False(root.TryGetProperty("confusion", out _));
        Assert.Equal(records, root.GetProperty("confusion_cells").EnumerateArray().Sum(cell => cell[2].GetInt32()));
        Assert.Equal(Labels, root.GetProperty("per_label").GetArrayLength());
    }
}
