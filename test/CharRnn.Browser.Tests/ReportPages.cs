using CharRnn.Networks;
using CharRnn.Report;
using CharRnn.Report.Runs;
using CharRnn.Report.Tests;

namespace CharRnn.Browser.Tests;

/// <summary>Pages on really trained runs, each made once for all tests.</summary>
public sealed class ReportPages : IDisposable
{
    private readonly ReportGround _ground = new();
    private string? _runs;
    private string? _classifiers;

    public void Dispose() => _ground.Dispose();

    /// <summary>The address of the page on two classifiers, or on two language models.</summary>
    public string Of(bool isClassifier) => isClassifier ? _classifiers ??= TwoClassifiers() : _runs ??= TwoRuns();

    /// <summary>A report on two classifiers.</summary>
    private string TwoClassifiers()
    {
        _ground.Classify("long-classifier");
        _ground.Classify("short-classifier", ReportGround.ClassifierSettings with { Cell = "gru", MaxEpochs = 1 });
        HtmlReport.Write(
            _ground["classifiers.html"],
            ReportedRuns.ReadAll([_ground["long-classifier"], _ground["short-classifier"]]),
            title: null,
            ReportGround.Noon
        );
        return new Uri(_ground["classifiers.html"]).AbsoluteUri;
    }

    /// <summary>A report on two runs of different lengths, with all there can be in it.</summary>
    private string TwoRuns()
    {
        _ground.Train("long");
        _ground.Train("short", ReportGround.Settings with { Cell = "lstm", MaxSteps = 30 });
        _ground.AddBaselines(
            "long",
            new
            {
                unigram_bpc = 4.0,
                bigram_bpc = 3.0,
                gzip_bpc = 2.5,
            }
        );
        _ground.AddMetrics(
            "long",
            new
            {
                step = 61,
                split = "train",
                loss = 2.0,
                clipped_share = 0.25,
                saturated_share = 0.1,
            }
        );
        _ground.AddMetrics(
            "long",
            new
            {
                step = 62,
                split = "train",
                loss = 2.0,
                clipped_share = 0.5,
                saturated_share = 0.2,
            }
        );
        _ground.AddSample("short", 31, "<script>alert(1)</script>", prompt: "the ");
        HtmlReport.Write(_ground["runs.html"], _ground.Read("long", "short"), title: null, ReportGround.Noon);
        return new Uri(_ground["runs.html"]).AbsoluteUri;
    }
}
