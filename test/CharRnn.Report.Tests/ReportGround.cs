using System.Text.Json;
using System.Text.Json.Nodes;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Report.Runs;
using CharRnn.Tests;

namespace CharRnn.Report.Tests;

/// <summary>
/// A folder with runs of a tiny network, really trained, whose files a test may add to. It is gone after the test.
/// </summary>
internal sealed class ReportGround : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Everything that a default might change is said.</summary>
    public static TrainingSettings Settings { get; } =
        new()
        {
            Cell = "gru",
            HiddenSize = 16,
            NumLayers = 1,
            EmbeddingSize = 8,
            Dropout = 0,
            OutputDropout = 0,
            SeqLength = 8,
            BatchSize = 5,
            MaxSteps = 60,
            LearningRate = 5e-3,
            Schedule = LearningRateShape.Constant,
            WarmupSteps = 3,
            ValFrac = 0.1,
            EvalEvery = Cadence.EverySteps(10),
            SampleEvery = Cadence.EverySteps(20),
            SampleLength = 40,
            Threads = 1,
        };

    public string this[string name] => _folder.File(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>Trains a run to its end and gives its folder.</summary>
    public string Train(string name, TrainingSettings? settings = null)
    {
        using var corpus = Corpus.FromText("small", SmallText.Of(2000));
        using var trainer = Trainer.Start(
            corpus,
            settings ?? Settings,
            RunFolder.Create(this[name]),
            $"charrnn train --output {name}"
        );
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return this[name];
    }

    /// <summary>Trains a classifier on a few made-up words to its end and gives its folder.</summary>
    public string Classify(string name, ClassifierSettings? settings = null)
    {
        string[] labels = ["Łeft", "<b>right</b>", "up"];
        var random = new Random(11);
        var rows = Enumerable.Range(0, 240).Select(i => new LabeledRow(Word(i % 3), labels[i % 3], $"row {i}"));
        using var trainer = ClassifierTrainer.Start(
            LabeledRecords.FromRows("words", rows),
            settings ?? ClassifierSettings,
            RunFolder.Create(this[name]),
            $"charrnn classify train --output {name}"
        );
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return this[name];

        // Letters of the labels overlap, so that some words are taken for those of another.
        string Word(int label) =>
            new([.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => (char)('a' + 3 * label + random.Next(5)))]);
    }

    /// <summary>Everything that a default might change is said.</summary>
    public static ClassifierSettings ClassifierSettings { get; } =
        new()
        {
            HiddenSize = 8,
            EmbeddingSize = 4,
            BatchSize = 16,
            MaxEpochs = 4,
            TestFrac = 0.3,
            ValFrac = 0.15,
            Threads = 1,
        };

    /// <summary>The page on these classifiers' runs.</summary>
    public string ClassifierPage(params string[] names) =>
        HtmlReport.Render(ReportedRuns.ReadAll([.. names.Select(name => this[name])]), title: null, Noon);

    /// <summary>The runs of this folder with these names.</summary>
    public IReadOnlyList<ReportedRun> Read(params string[] names) =>
        ReportedRun.ReadAll([.. names.Select(name => this[name])]);

    /// <summary>The page on these runs.</summary>
    public string Page(params string[] names) => HtmlReport.Render(Read(names), title: null, Noon);

    public void AddMetrics(string name, object line) =>
        RunFolder.Open(this[name]).AppendMetrics(JsonSerializer.Serialize(line));

    public void AddSample(string name, long step, string text, string prompt = "") =>
        RunFolder
            .Open(this[name])
            .AppendSample(
                JsonSerializer.Serialize(
                    new
                    {
                        step,
                        prompt,
                        temperature = 0.8,
                        text,
                    }
                )
            );

    /// <summary>Gives a run the figures that simpler models reach.</summary>
    public void AddBaselines(string name, object baselines) =>
        ChangeConfig(name, config => config["baselines"] = JsonSerializer.SerializeToNode(baselines));

    public void ChangeConfig(string name, Action<JsonObject> change)
    {
        string path = RunFolder.Open(this[name]).ConfigPath;
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(config);
        File.WriteAllText(path, config.ToJsonString());
    }
}
