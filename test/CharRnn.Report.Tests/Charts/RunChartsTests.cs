using CharRnn.Explaining;
using CharRnn.Report.Charts;

namespace CharRnn.Report.Tests;

/// <summary>Charts of trained runs.</summary>
public sealed class RunChartsTests : IDisposable
{
    private readonly ReportGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void HugeLosses_DoNotBreakTheScale()
    {
        _ground.Train("a");
        _ground.AddMetrics(
            "a",
            new
            {
                step = 61,
                split = "train",
                loss = 1e12,
                seconds = 100.0,
            }
        );
        _ground.AddMetrics(
            "a",
            new
            {
                step = 62,
                split = "train",
                loss = (double?)null,
                seconds = 100.0,
            }
        );
        var chart = LossCharts.Of(_ground.Read("a"))[0];
        var plot = new Plot(chart, PlotSize.Wide);
        Assert.InRange(plot.Y.Max, 2, 6);
        Assert.Equal(1e12, plot.OffTheScale);
        Assert.Equal(1, chart.LeftOut);
        // The line leaves the plot upwards, at numbers that any browser can draw.
        Assert.InRange(plot.PointsOf(chart.Lines.Single(line => line.Name == "training"))[^1].Y, plot.Y.Max + 1, 200);
        Assert.Contains("off the scale; the highest is 1e12", _ground.Page("a"));
    }

    [Fact]
    public void ASpikeOfTheGradient_DoesNotFlattenTheRest()
    {
        _ground.Train("a");
        _ground.AddMetrics(
            "a",
            new
            {
                step = 61,
                split = "train",
                loss = 2.0,
                grad_norm = 1e9,
            }
        );
        var plot = new Plot(
            HealthCharts.Of(_ground.Read("a")).Single(chart => chart.Id == "gradient-norm"),
            PlotSize.Wide
        );
        Assert.InRange(plot.Y.Max, 0.01, 100);
        Assert.Equal(1e9, plot.OffTheScale);
    }

    [Fact]
    public void Baselines_AreHorizontalLinesOnceForOneText()
    {
        foreach (string? name in new[] { "a", "b" })
        {
            _ground.Train(name);
            _ground.AddBaselines(name, new { unigram_bpc = 4.0, bigram_bpc = 3.0 });
        }
        Assert.Equal(["unigram", "bigram"], LossCharts.LevelsOf(_ground.Read("a", "b")).Select(level => level.Name));
        _ground.ChangeConfig(
            "b",
            config => (config["corpus"]!["sha256"], config["corpus"]!["name"]) = ("another", "other")
        );
        Assert.Equal(
            ["unigram, small", "bigram, small", "unigram, other", "bigram, other"],
            LossCharts.LevelsOf(_ground.Read("a", "b")).Select(level => level.Name)
        );
    }

    [Fact]
    public void NamesOfHorizontalLines_NeverCoverOneAnother()
    {
        var lines = new[] { new ChartLine(0, "a", LineKind.Thin, "training", [new(0, 5), new(100, 1)]) };
        var levels = Enumerable
            .Range(0, 12)
            .Select(i => new ChartLevel($"bigram of a book with quite a long name {i}", 2 + 0.01 * i))
            .ToList();
        var chart = new Chart
        {
            Id = "c",
            Title = "t",
            XTitle = "x",
            YTitle = "y",
            Lines = [.. lines],
            Levels = levels,
        };
        var places = LevelNames.PlacesOf(new Plot(chart, PlotSize.Wide), PlotSize.Wide);
        Assert.Equal(12, places.Count);
        // Lines so close are as good as one, whose name is the highest's.
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i == 11), places.Select(place => place is not null));
        Assert.All(LevelNames.PlacesOf(new Plot(chart, PlotSize.Narrow), PlotSize.Narrow), Assert.Null);

        var apart = chart with { Levels = [new("unigram", 4), new("bigram", 3), new("gzip", 2)] };
        Assert.All(LevelNames.PlacesOf(new Plot(apart, PlotSize.Wide), PlotSize.Wide), place => Assert.NotNull(place));
        // Right below another line a name would be struck out by it.
        var close = chart with
        {
            Levels = [new("bigram", 3), new("gzip", 2.98)],
        };
        Assert.Equal(
            [true, false],
            LevelNames.PlacesOf(new Plot(close, PlotSize.Wide), PlotSize.Wide).Select(place => place is null)
        );
    }

    [Fact]
    public void RunsWithOtherWindows_AreAlsoComparedByCharacters()
    {
        _ground.Train("a");
        _ground.Train("b");
        _ground.Train("c", ReportGround.Settings with { SeqLength = 4, MaxSteps = 30 });
        Assert.DoesNotContain("loss-characters", LossCharts.Of(_ground.Read("a", "b")).Select(chart => chart.Id));
        var chart = LossCharts.Of(_ground.Read("a", "c")).Single(chart => chart.Id == "loss-characters");
        Assert.Equal(
            [60 * 40, 30 * 20],
            chart.Lines.Where(line => line.Name == "validation").Select(line => line.Points[^1].X)
        );
    }

    [Fact]
    public void GradientHealth_IsDrawnWhereItWasMeasured()
    {
        _ground.Train("a");
        _ground.AddMetrics(
            "a",
            new
            {
                step = 61,
                split = "train",
                loss = 2.0,
                clipped_share = 0.25,
                saturated_share = 0.1,
            }
        );
        _ground.Train("b");
        var charts = HealthCharts.Of(_ground.Read("a", "b")).ToDictionary(chart => chart.Id);
        Assert.Contains(new ChartPoint(61, 0.25), charts["clipped"].Lines.SelectMany(line => line.Points));
        Assert.Contains(new ChartPoint(61, 0.1), charts["saturated"].Lines.SelectMany(line => line.Points));
        Assert.Equal(2, charts["gradient-norm"].Lines.Count);
        Assert.Equal(2, charts["learning-rate"].Lines.Count);
    }

    [Fact]
    public void TableAndWords_FollowALineToItsEndAndNoFarther()
    {
        _ground.Train("long");
        _ground.Train("short", ReportGround.Settings with { MaxSteps = 30 });
        var chart = LossCharts.Of(_ground.Read("long", "short"))[0];
        var rows = ChartWords.Table(chart).ToList();
        int shortOnes = chart.Lines.ToList().FindIndex(line => line is { RunName: "short", Name: "validation" });
        Assert.NotNull(rows.Single(row => row.X == 30).Values[shortOnes]);
        Assert.Null(rows.Single(row => row.X == 60).Values[shortOnes]);
        Assert.Contains("short, validation: from ", ChartWords.Describe(chart));
    }
}
