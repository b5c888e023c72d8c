using System.Text.Json.Nodes;
using CharRnn.Evaluation;

namespace CharRnn.Tests;

public sealed class ClassificationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File(ClassificationFile.Name);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(0.95)]
    public void Report_IsReadAsItWasWritten(double? ceiling)
    {
        var report = ClassificationReportTests.OfSix(majorityLabel: 1, ceiling);
        ClassificationFile.Write(Path, report);
        var read = ClassificationFile.Read(Path);
        Assert.Equal(report.Labels, read.Labels);
        Assert.Equal(report.LabelScores, read.LabelScores);
        Assert.Equal(report.ConfidentMistakes, read.ConfidentMistakes);
        Assert.Equal(report.Confusion.TopConfusions(9), read.Confusion.TopConfusions(9));
        Assert.Equal(
            (report.Accuracy, report.LogLoss, report.Top3Accuracy, report.MajorityLabel, ceiling),
            (read.Accuracy, read.LogLoss, read.Top3Accuracy, read.MajorityLabel, read.AccuracyCeiling)
        );
    }

    [Fact]
    public void File_HasLabelsByNameAndRowsOfCounts()
    {
        ClassificationFile.Write(Path, ClassificationReportTests.OfSix());
        var root = JsonNode.Parse(File.ReadAllText(Path))!;
        Assert.Equal(
            ["Arabic", "Basque", "Czech", "Danish"],
            root["labels"]!.AsArray().Select(label => (string)label!)
        );
        Assert.Equal("[2,1,0,0]", root["confusion"]![0]!.ToJsonString());
        Assert.Equal(
            """{"label":"Czech","count":0,"precision":null,"recall":null,"f1":null}""",
            root["per_label"]![2]!.ToJsonString()
        );
        Assert.Equal(
            """{"true_label":"Danish","given_label":"Arabic","count":1,"share":1}""",
            root["confused"]![0]!.ToJsonString()
        );
        Assert.Equal(
            ("r1", "Arabic", "Basque"),
            (
                (string)root["mistakes"]![0]!["text"]!,
                (string)root["mistakes"]![0]!["true_label"]!,
                (string)root["mistakes"]![0]!["given_label"]!
            )
        );
        Assert.Equal(
            (6, 0.5, "Arabic"),
            ((int)root["records"]!, (double)root["accuracy"]!, (string)root["majority_label"]!)
        );
    }

    [Fact]
    public void ReportOfManyLabels_HasOnlyTheCountsThatAreNotZero_AndIsReadAsItWasWritten()
    {
        const int labels = 20_000;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var report = OfMany(labels);
        ClassificationFile.Write(Path, report);
        var read = ClassificationFile.Read(Path);
        // As a table of all pairs of labels the matrix alone takes 1.6 GB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 300_000_000);
        Assert.InRange(new FileInfo(Path).Length, 1, 5_000_000);
        Assert.Equal(report.LabelScores, read.LabelScores);
        Assert.Equal(report.Confusion.Cells(), read.Confusion.Cells());
        Assert.Equal(report.MacroF1, read.MacroF1);
    }

    [Fact]
    public void MatrixOfManyLabelsThatWasWrittenWhole_IsRead()
    {
        const int labels = ClassificationFile.MaxDenseLabels + 1;
        var report = OfMany(labels);
        ClassificationFile.Write(Path, report);
        var root = JsonNode.Parse(File.ReadAllText(Path))!.AsObject();
        root.Remove("confusion_cells");
        root["confusion"] = new JsonArray([
            .. Enumerable
                .Range(0, labels)
                .Select(own => new JsonArray([
                    .. Enumerable.Range(0, labels).Select(given => (JsonNode)report.Confusion[own, given]),
                ])),
        ]);
        File.WriteAllText(Path, root.ToJsonString());
        Assert.Equal(report.Confusion.Cells(), ClassificationFile.Read(Path).Confusion.Cells());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"labels\": []}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion\": 3}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion\": [[0.5]]}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion_cells\": [[0, 1, 1]]}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion_cells\": [[0, 0, 0]]}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion_cells\": [[0, 0]]}")]
    [InlineData("[]")]
    [InlineData("{\"labels\": [\"a\"]}")]
    [InlineData("{\"labels\": [\"a\", \"b\"], \"confusion\": [[1, 2]]}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion\": [[-1]]}")]
    [InlineData("{\"labels\": [\"a\"], \"confusion\": [[0]]}")]
    [InlineData(
        "{\"labels\": [\"a\"], \"confusion\": [[1]], \"accuracy_ceiling\": null, \"log_loss\": 1, "
            + "\"top3_accuracy\": 1, \"majority_label\": \"z\", \"mistakes\": []}"
    )]
    [InlineData("{\"labels\": [null], \"confusion\": [[1]]}")]
    [InlineData(
        "{\"labels\": [\"a\"], \"confusion\": [[1]], \"accuracy_ceiling\": null, \"log_loss\": 1, "
            + "\"top3_accuracy\": 1, \"majority_label\": null, \"mistakes\": []}"
    )]
    public void AFileThatHoldsNoReport_IsRefusedInOneLine(string content)
    {
        File.WriteAllText(Path, content);
        var failure = Assert.Throws<ModelException>(() => ClassificationFile.Read(Path));
        Assert.StartsWith(Path, failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void AFileThatIsNotThere_IsRefused() =>
        Assert.Contains("does not exist", Assert.Throws<ModelException>(() => ClassificationFile.Read(Path)).Message);

    // Each label has a record that was given the label after it, but for the first, which was given its own.
    private static ClassificationReport OfMany(int labels)
    {
        string[] names = [.. Enumerable.Range(0, labels).Select(label => $"L{label}")];
        var answers = Enumerable.Range(0, labels).Select(label => (label, label == 0 ? 0 : (label + 1) % labels));
        return new ClassificationReport(new ConfusionMatrix(names, answers))
        {
            LogLoss = 1,
            Top3Accuracy = 0,
            MajorityLabel = 0,
            ConfidentMistakes = [],
        };
    }
}
