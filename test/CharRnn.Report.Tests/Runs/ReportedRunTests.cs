using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Report.Runs;

namespace CharRnn.Report.Tests;

public sealed class ReportedRunTests : IDisposable
{
    private readonly ReportGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Run_SaysWhatTheTrainerReached()
    {
        _ground.Train("a", ReportGround.Settings with { TestFrac = 0.1 });
        var run = _ground.Read("a")[0];
        var lines = run.History.Metrics;
        Assert.Equal(60, run.Steps);
        Assert.Equal(60 * 8 * 5, run.Characters);
        Assert.Equal(lines.Where(line => line.Split == "val").Min(line => line.Loss), run.Best!.Loss);
        Assert.Equal(lines.Last(line => line.Split == "train").Loss, run.TrainLoss);
        Assert.Equal(lines.Single(line => line.Split == "test").Loss, run.TestLoss);
        Assert.False(run.IsTraining);
        using var model = LanguageModel.Load(RunFolder.Open(run.Path).ModelPath);
        Assert.Equal(model.ParameterCount, run.Parameters);
    }

    [Fact]
    public void Settings_AreThoseOfTheFileWhateverTheirNames()
    {
        _ground.Train("a");
        _ground.ChangeConfig("a", config => config["settings"]!["later_invention"] = 3);
        var settings = _ground.Read("a")[0].Settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        Assert.Equal("gru", settings["cell"]);
        Assert.Equal("3", settings["later_invention"]);
        Assert.Equal("adam", settings["optimizer.name"]);
        Assert.Equal("", settings["max_time"]);
    }

    [Fact]
    public void Baselines_AreReadWhereTheyAre()
    {
        _ground.Train("a");
        Assert.Empty(_ground.Read("a")[0].Baselines);
        _ground.AddBaselines(
            "a",
            new
            {
                unigram_bpc = 4.0,
                bigram_bpc = 3.0,
                gzip_bpc = (double?)null,
            }
        );
        Assert.Equal(
            [("unigram", 4.0), ("bigram", 3.0)],
            _ground.Read("a")[0].Baselines.Select(baseline => (baseline.Name, Math.Round(baseline.BitsPerChar, 12)))
        );
    }

    [Fact]
    public void RunInTraining_IsReadAndSaidToBe()
    {
        var folder = RunFolder.Open(_ground.Train("a"));
        using (RunLock.Acquire(folder))
        {
            File.AppendAllText(folder.MetricsPath, """{"step":70,"split":"tra""");
            var run = _ground.Read("a")[0];
            Assert.True(run.IsTraining);
            Assert.Equal(60, run.Steps);
        }
        Assert.False(_ground.Read("a")[0].IsTraining);
    }

    [Fact]
    public void RunWithoutAnythingWrittenDown_IsARun()
    {
        _ground.Train("a", ReportGround.Settings with { MaxSteps = 0, ValFrac = 0 });
        var run = _ground.Read("a")[0];
        Assert.Equal((0, 0, null, null), (run.Steps, run.History.Metrics.Count, run.Best, run.Seconds));
    }

    [Fact]
    public void WhatIsNoRun_IsRefusedByItsName()
    {
        Directory.CreateDirectory(_ground["empty"]);
        Assert.Contains(_ground["empty"], Assert.Throws<ModelException>(() => _ground.Read("empty")).Message);
        Assert.Contains("none", Assert.Throws<ModelException>(() => _ground.Read("none")).Message);
        Assert.Throws<SettingsException>(() => ReportedRun.ReadAll([]));
    }

    [Fact]
    public void DamagedFiles_AreRefusedWithTheirPlace()
    {
        var folder = RunFolder.Open(_ground.Train("a"));
        string[] lines = File.ReadAllLines(folder.MetricsPath);
        File.WriteAllLines(folder.MetricsPath, [lines[0], "rubbish", .. lines[1..]]);
        Assert.Contains("metrics.jsonl line 2 ", Assert.Throws<ModelException>(() => _ground.Read("a")).Message);
        File.WriteAllLines(folder.MetricsPath, lines);
        File.WriteAllText(folder.ConfigPath, "{}");
        Assert.Contains("config.json", Assert.Throws<ModelException>(() => _ground.Read("a")).Message);
    }

    [Fact]
    public void RunNamedTwice_IsRefused()
    {
        string path = _ground.Train("a");
        Assert.Contains(
            "twice",
            Assert.Throws<SettingsException>(() => ReportedRun.ReadAll([path, path + "/"])).Message
        );
    }

    [Theory]
    [InlineData("a b", "runs/a", "runs/b")]
    [InlineData("one/a two/a c", "one/a", "two/a", "two/c")]
    [InlineData("x/runs/a y/runs/a", "x/runs/a", "y/runs/a")]
    public void Labels_TellRunsApart(string labels, params string[] paths) =>
        Assert.Equal(labels.Split(' '), RunLabels.For(paths));
}
