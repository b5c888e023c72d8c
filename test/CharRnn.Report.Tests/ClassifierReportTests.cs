using System.Text.RegularExpressions;
using CharRnn.Evaluation;
using CharRnn.Networks;
using CharRnn.Report.Runs;
using CharRnn.Tests;

namespace CharRnn.Report.Tests;

public sealed partial class ClassifierReportTests : IDisposable
{
    private readonly ReportGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Page_HasTheFiguresCurvesMatrixLabelsAndMistakes()
    {
        _ground.Classify("first");
        var run = (ClassifierRun)ReportedRuns.ReadAll([_ground["first"]])[0];
        string page = _ground.ClassifierPage("first");
        Assert.Contains("<title>first</title>", page);
        Assert.Contains($"{Quantity.Percent(run.Test!.Accuracy)}</strong> of {run.Test.Records} test records", page);
        foreach (
            string? title in new[]
            {
                "Loss by epochs",
                "Loss by time",
                "Accuracy on validation",
                "Macro accuracy on validation",
                "Gradient norm",
                "Learning rate",
            }
        )
            Assert.Contains($">{title}</h3>", page);
        Assert.Contains($">{Quantity.Count(run.Parameters!.Value)}<", page);
        Assert.Equal(RunFolder.Open(_ground["first"]).BestStep, run.Best!.Step);
        Assert.Contains($", at step {Quantity.Count(run.Best.Step)}<", page);
        Assert.Contains("charrnn classify train --output first", page);
        Assert.Contains(run.Configuration.Data.Sha256, page);
        Assert.All(run.Test.ConfidentMistakes.Take(5), mistake => Assert.Contains($"<bdi>{mistake.Text}</bdi>", page));
    }

    [Fact]
    public void Matrix_HasPercentOfItsRows_AndCountsUnderThePointer()
    {
        _ground.Classify("a");
        var confusion = ClassificationFile.Read(Path.Combine(_ground["a"], ClassificationFile.Name)).Confusion;
        var cells = Cell()
            .Matches(_ground.ClassifierPage("a"))
            .Select(match => (match.Groups["words"].Value, match.Groups["percent"].Value))
            .ToList();
        string[] shown = ["&lt;b&gt;right&lt;/b&gt;", "up", "Łeft"];
        var expected =
            from row in Enumerable.Range(0, 3)
            from column in Enumerable.Range(0, 3)
            where confusion[row, column] > 0
            select (
                $"{shown[row]} → {shown[column]}: {confusion[row, column]} of {confusion.RecordsOf(row)}",
                FormattableString.Invariant($"{100 * confusion.ShareOf(row, column):0}")
            );
        Assert.Equal(expected, cells);
    }

    [Fact]
    public void Labels_AreTextWhateverIsInThem()
    {
        _ground.Classify("a");
        Assert.DoesNotContain("<b>", _ground.ClassifierPage("a"));
    }

    [Fact]
    public void SeveralRuns_StandSideBySide_WithTheBestFiguresMarked()
    {
        _ground.Classify("a");
        _ground.Classify("b", ReportGround.ClassifierSettings with { Cell = "gru", MaxEpochs = 1 });
        string page = _ground.ClassifierPage("a", "b");
        Assert.Contains("lstm 1×8 in both directions", page);
        Assert.Contains("gru 1×8 in both directions", page);
        Assert.Equal(4, Regex.Count(page, "class=\"tag\">highest<"));
        Assert.Single(Regex.Matches(page, "class=\"tag\">lowest<"));
        Assert.Equal(2, Regex.Count(page, "class=\"confusion\""));
        Assert.Equal(2, Regex.Count(page, "colspan=\"4\""));
        string differences = page[
            page.IndexOf("What differs", StringComparison.Ordinal)..page.IndexOf(
                "Where they come from",
                StringComparison.Ordinal
            )
        ];
        Assert.Equal(
            ["cell", "max_epochs"],
            Regex.Matches(differences, "scope=\"row\">([^<]+)<").Select(match => match.Groups[1].Value)
        );
        Assert.Equal(page, _ground.ClassifierPage("a", "b"));
    }

    [Fact]
    public void ARunThatWasNotScored_HasAPage()
    {
        _ground.Classify("a");
        File.Delete(Path.Combine(_ground["a"], ClassificationFile.Name));
        string page = _ground.ClassifierPage("a");
        Assert.Contains("has not been scored on test records", page);
        Assert.Contains("No test part has been scored yet.", page);
        Assert.Contains("Loss by epochs", page);
        _ground.Classify("b");
        Assert.Contains("class=\"confusion\"", _ground.ClassifierPage("a", "b"));
    }

    [Fact]
    public void AClassifierBesideALanguageModel_IsRefused()
    {
        _ground.Classify("a");
        _ground.Train("b");
        var failure = Assert.Throws<SettingsException>(() => ReportedRuns.ReadAll([_ground["b"], _ground["a"]]));
        Assert.Contains("make a report of each", failure.Message);
        Assert.IsType<ReportedRun>(ReportedRuns.ReadAll([_ground["b"]])[0]);
    }

    [GeneratedRegex("title=\"(?<words>[^\"]*)\">(?<percent>\\d+)</td>")]
    private static partial Regex Cell();
}
