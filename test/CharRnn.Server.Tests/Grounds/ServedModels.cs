using CharRnn.Tests;

namespace CharRnn.Server.Tests;

/// <summary>Models to serve, trained for a moment, once for all tests.</summary>
public sealed class ServedModels : IDisposable
{
    private const int TextLength = 20_000,
        Steps = 60;

    private readonly TemporaryFolder _folder = new();

    public ServedModels()
    {
        Prose = SaveLanguageModel("prose", TextEncoding.Utf8);
        Bytes = SaveLanguageModel("bytes", TextEncoding.Bytes);
        Classifier = SaveClassifier("languages");
        Names = SaveLabeledModel("names");
    }

    /// <summary>The text that <see cref="Prose"/> and <see cref="Bytes"/> were trained on.</summary>
    public static string Text { get; } = SmallText.Of(TextLength);

    /// <summary>A language model of prose: <c>prose</c>.</summary>
    public string Prose { get; }

    /// <summary>The same on bytes; the text has letters of two: <c>bytes</c>.</summary>
    public string Bytes { get; }

    /// <summary>A classifier of the embedded names: <c>languages</c>.</summary>
    public string Classifier { get; }

    /// <summary>A language model of the embedded names under their labels, which are records: <c>names</c>.</summary>
    public string Names { get; }

    public void Dispose() => _folder.Dispose();

    private string SaveLanguageModel(string name, TextEncoding encoding)
    {
        using var corpus = Corpus.FromText(name, Text, new CorpusOptions { Encoding = encoding });
        using var trainer = Trainer.Start(corpus, Small(new TrainingSettings()));
        trainer.Run();
        return Save(trainer.Model, name);
    }

    private string SaveLabeledModel(string name)
    {
        var settings = Small(new TrainingSettings());
        using var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), settings);
        using var trainer = Trainer.Start(corpus, settings);
        trainer.Run();
        return Save(trainer.Model, name);
    }

    private string SaveClassifier(string name)
    {
        using var trainer = ClassifierTrainer.Start(
            LabeledRecords.Embedded(),
            new ClassifierSettings { HiddenSize = 16, MaxSteps = Steps }
        );
        trainer.Run();
        return Save(trainer.Model, name);
    }

    private string Save(RecurrentModel model, string name)
    {
        string path = _folder.File($"{name}.safetensors");
        model.Save(path);
        return path;
    }

    private static TrainingSettings Small(TrainingSettings settings) =>
        settings with
        {
            HiddenSize = 32,
            NumLayers = 1,
            SeqLength = 32,
            BatchSize = 8,
            MaxSteps = Steps,
            SampleEvery = Cadence.Never,
        };
}
