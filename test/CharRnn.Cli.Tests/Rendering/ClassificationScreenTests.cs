using System.Text.RegularExpressions;
using CharRnn.Cli.Downloads;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Tests;

public sealed partial class ClassificationScreenTests : IDisposable
{
    private const int Width = 80;

    private static readonly string[] Languages =
    [
        "Arabic",
        "Chinese",
        "Czech",
        "Dutch",
        "English",
        "French",
        "German",
        "Greek",
        "Irish",
        "Italian",
        "Japanese",
        "Korean",
        "Polish",
        "Portuguese",
        "Russian",
        "Scottish",
        "Spanish",
        "Vietnamese",
    ];

    private readonly StringWriter _output = new();
    private readonly Interruption _interruption = new();

    public void Dispose() => _interruption.Dispose();

    [Fact]
    public void Screen_HasTheFiguresBesideTheBaselineAndTheCeiling_MatrixPairsAndMistakes()
    {
        string shown = Display(Three(ceiling: 0.9));
        Assert.Equal(
            """
            accuracy           0.5000  of 4 records
            macro accuracy     0.5000  mean recall of 2 labels
            macro F1           0.3889
            log-loss           1.2629  nats
            top-3 accuracy     1.0000
            majority baseline  0.5000  the accuracy of always saying Dutch
            ceiling            0.9000  the most that can be reached: some texts have several labels

            rows: what records are, and how many; columns: what they were given, in %
                        Du Ge Gr
            Du Dutch  2 50 50  ·
            Ge German 2  · 50 50
            Gr Greek

            most confused
              Dutch → German  1  50.0 % of the first
              German → Greek  1  50.0 % of the first

            most confident mistakes
              Kostas    German → Greek  0.900
              Anna\x1B  Dutch → German  0.700

            """.ReplaceLineEndings("\n"),
            shown
        );
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Screen_FitsEightyCells_WithAColumnForEachLabelThatRecordsHave(bool isCounts, bool isTerminal)
    {
        foreach (
            string[]? labels in new[]
            {
                Languages,
                [.. Languages, .. Languages.Select(label => $"Old {label}, and its dialects"), "日本語", "中国語"],
            }
        )
        {
            string[] lines = Code()
                .Replace(Display(Many(labels, 3000), isCounts, isTerminal), "")
                .Split("most confused")[0]
                .Split('\n');
            Assert.All(lines, line => Assert.InRange(Terminal.CellsOf(line), 0, Width));
            var heads = lines
                .Where(line => line.StartsWith("      "))
                .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .ToList();
            Assert.Equal(LabelAbbreviations.Of(labels), heads);
        }
    }

    [Fact]
    public void EighteenLanguages_TakeOneTable() =>
        Assert.Single(Display(Many(Languages, 3000)).Split('\n'), line => line.StartsWith("      "));

    [Fact]
    public void Counts_AreWhatIsInTheCells_WhenAskedFor() =>
        Assert.Contains("Ge German 2  ·  1  1\n", Display(Three(), isCounts: true));

    [Fact]
    public void Shading_IsForATerminal_AndAPipeHasTheSameTextWithoutIt()
    {
        string plain = Display(Many(Languages, 500)),
            coloured = Display(Many(Languages, 500), isTerminal: true);
        Assert.DoesNotContain('\e', plain);
        Assert.Matches("\e\\[30;42m[0-9]+\e\\[0m", coloured);
        Assert.Equal(plain, Code().Replace(coloured, ""));
    }

    [Fact]
    public void AMatrixThatIsTooLargeForAScreen_IsSaidToBe()
    {
        string[] labels = [.. Enumerable.Range(0, ConfusionTable.MaxLabels + 1).Select(label => $"label {label}")];
        Assert.Contains($"matrix of {labels.Length} labels is too large", Display(Many(labels, 200)));
    }

    [Fact]
    public void WhereAllIsRight_ThereAreNoListsOfMistakes() =>
        Assert.DoesNotContain(
            "mistakes",
            Display(
                ClassificationReport.Of(
                    ["a", "b"],
                    ["x"],
                    [0],
                    [
                        [1, 0],
                    ]
                )
            )
        );

    [Fact]
    public void Abbreviations_AreDifferentAndShort() =>
        Assert.Equal(
            ["Pol", "Por", "Ru", "x", "#5", "#6", "日本", "xy"],
            LabelAbbreviations.Of(["Polish", "Portuguese", "Russian", "x", "Old A", "Old B", "日本語", "xyz"])
        );

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "████")]
    [InlineData(0.5, "██")]
    [InlineData(0.28125, "█▏")]
    [InlineData(0.001, "")]
    public void Bar_IsAsLongAsItsShare(double share, string bar) => Assert.Equal(bar, Bar.Of(share, 4));

    [Theory]
    [InlineData(0.9996, ">0.999")]
    [InlineData(1, "1.000")]
    [InlineData(0.0004, "<0.001")]
    [InlineData(0, "0.000")]
    [InlineData(0.5, "0.500")]
    public void Probability_IsCertainOnlyWhereItIs(double probability, string shown) =>
        Assert.Equal(shown, ClassificationScreen.Probability(probability));

    private static ClassificationReport Three(double? ceiling = null) =>
        ClassificationReport.Of(
            ["Dutch", "German", "Greek"],
            ["Jan", "Anna\e", "Hans", "Kostas"],
            [0, 0, 1, 1],
            [
                [0.8f, 0.1f, 0.1f],
                [0.2f, 0.7f, 0.1f],
                [0.1f, 0.8f, 0.1f],
                [0.05f, 0.05f, 0.9f],
            ],
            accuracyCeiling: ceiling
        );

    /// <summary>Made-up answers: most right, the earlier labels more frequent.</summary>
    private static ClassificationReport Many(string[] labels, int records)
    {
        var random = new Random(3);
        int[] trueLabels =
        [
            .. Enumerable
                .Range(0, records)
                .Select(_ => Math.Min(random.Next(labels.Length), random.Next(labels.Length))),
        ];
        var probabilities = trueLabels.Select(label =>
        {
            float[] row = labels.Select(_ => (float)random.NextDouble()).ToArray();
            row[label] += 0.9f;
            return row.Select(value => value / row.Sum()).ToArray();
        });
        return ClassificationReport.Of(
            labels,
            [.. trueLabels.Select((_, i) => $"name{i}")],
            trueLabels,
            [.. probabilities]
        );
    }

    private string Display(ClassificationReport report, bool isCounts = false, bool isTerminal = false)
    {
        _output.GetStringBuilder().Clear();
        ClassificationScreen.Write(
            new Shell
            {
                Output = _output,
                IsOutputTerminal = isTerminal,
                Terminal = new Terminal(TextWriter.Null, isTerminal: false, _ => null),
                Environment = name => name == "TERM" ? "xterm-256color" : null,
                Interruption = _interruption,
                Cache = new CorpusCache("none"),
            },
            report,
            isCounts
        );
        return _output.ToString().ReplaceLineEndings("\n");
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Code();
}
