using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn.Architecture.Tests;

/// <summary>Examples of the documentation compile and run, each in a folder of its own with what it reads.</summary>
public sealed class ExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("charrnn-example-").FullName;

    /// <summary>Source files with an example.</summary>
    public static TheoryData<string> FilesWithExamples =>
        new(RepositoryFiles.Below("src", "*.cs").Where(file => Example.Of(file).Any()));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(FilesWithExamples))]
    public void Examples_CompileAndRun(string file)
    {
        Prepare(Path.GetFileName(file));
        foreach (var example in Example.Of(file))
            Assert.NotEmpty(example.RunIn(_folder));
    }

    private void Prepare(string file)
    {
        switch (file)
        {
            case "LanguageModel.cs"
            or "TextEmbedder.cs"
            or "BatchGenerator.cs"
            or "SamplingOptions.cs"
            or "CopyLimit.cs":
                File.WriteAllText(In("my.txt"), Text());
                using (var corpus = Corpus.FromText("dragons", Text()))
                    Train(corpus, "runs/dragons-001");
                break;
            case "TextGenerator.cs":
                using (var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), Settings))
                    Train(corpus, "runs/names-001");
                break;
            case "LabeledEvaluation.cs" or "RecordGenerator.cs":
                WriteNames("surnames");
                using (var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), Settings))
                    Train(corpus, "runs/new-names");
                break;
            case "SequenceClassifier.cs":
                var settings = new ClassifierSettings
                {
                    HiddenSize = 8,
                    EmbeddingSize = 4,
                    MaxEpochs = 1,
                    Threads = 1,
                };
                Directory.CreateDirectory(In("runs"));
                using (
                    var trainer = ClassifierTrainer.Start(
                        LabeledRecords.Embedded(),
                        settings,
                        RunFolder.Create(In("runs/names-001"))
                    )
                )
                    trainer.Run(null, TestContext.Current.CancellationToken);
                break;
            case "ClassifierTrainer.cs":
                WriteNames("names");
                break;
            case "Trainer.cs":
                File.WriteAllText(In("my.txt"), Text());
                break;
        }
    }

    private static TrainingSettings Settings { get; } =
        new()
        {
            HiddenSize = 8,
            NumLayers = 1,
            EmbeddingSize = 4,
            SeqLength = 8,
            BatchSize = 4,
            MaxSteps = 5,
            Threads = 1,
        };

    private static string Text() => EmbeddedDatasets.Dragons.ReadText()[..20_000];

    private string In(string name) => Path.Combine(_folder, name);

    private void Train(Corpus corpus, string run)
    {
        Directory.CreateDirectory(In("runs"));
        using var trainer = Trainer.Start(corpus, Settings, RunFolder.Create(In(run)));
        trainer.Run(null, TestContext.Current.CancellationToken);
    }

    private void WriteNames(string folder)
    {
        Directory.CreateDirectory(In(folder));
        var names = LabeledRecords.Embedded();
        foreach (int label in Enumerable.Range(0, 2))
            File.WriteAllLines(
                In($"{folder}/{names.Labels[label]}.txt"),
                names.Records.Where(record => record.Label == label).Take(40).Select(record => record.Text)
            );
    }
}
