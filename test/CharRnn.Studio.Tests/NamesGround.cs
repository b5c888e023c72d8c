using CharRnn.Checkpoints;
using CharRnn.Studio.Models;
using CharRnn.Studio.Runs;
using CharRnn.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Tests;

/// <summary>
/// A folder of runs on made-up words under labels, some of which are scripts: classifiers of one label and of several,
/// and a language model that writes them. It is gone after the test.
/// </summary>
internal sealed class NamesGround : IDisposable
{
    public const string Quoted = "it's, it",
        Script = "<script>document.title='taken'</script>",
        Classifier = "labels",
        Several = "several",
        Writer = "writer";

    private const int WordsOfALabel = 60,
        Scripts = 10,
        Letters = 5;

    private static readonly string[] Labels = [Quoted, "Łeft", "up"];

    private readonly TemporaryFolder _folder = new();

    public NamesGround()
    {
        Directory.CreateDirectory(Runs);
        var options = Options.Create(new StudioOptions { Folder = Runs });
        var catalog = new RunCatalog(options);
        Shelf = new ModelShelf(options, catalog, NullLogger<ModelShelf>.Instance);
    }

    /// <summary>The folder of runs.</summary>
    public string Runs => _folder.File("runs");

    /// <summary>The folder of words, a file a label.</summary>
    public string Words => _folder.File("words");

    public ModelShelf Shelf { get; }

    public void Dispose()
    {
        Shelf.Dispose();
        _folder.Dispose();
    }

    /// <summary>A classifier of a label each.</summary>
    public NamesGround TrainClassifier(string name = Classifier, int epochs = 6) =>
        Train(name, LabeledRecords.ReadFolder(Write(Words)), Settings with { MaxEpochs = epochs });

    /// <summary>A classifier of words with one label or two.</summary>
    public NamesGround TrainSeveral()
    {
        string folder = _folder.File("pairs");
        _ = Write(folder);
        var random = new Random(5);
        File.WriteAllLines(
            Path.Combine(folder, "up+Łeft.txt"),
            Enumerable.Range(0, WordsOfALabel).Select(_ => Word(random, 1) + Word(random, 2))
        );
        return Train(
            Several,
            LabeledRecords.ReadFolder(folder),
            Settings with
            {
                MultiLabel = true,
                LabelSeparator = "+",
                MaxEpochs = 6,
            }
        );
    }

    /// <summary>A language model of the words, by their labels.</summary>
    public NamesGround TrainWriter()
    {
        var settings = new TrainingSettings
        {
            Cell = "gru",
            HiddenSize = 16,
            NumLayers = 1,
            SeqLength = 8,
            BatchSize = 5,
            MaxSteps = 150,
            LearningRate = 1e-2,
            ValFrac = 0.1,
            Threads = 1,
        };
        using var corpus = LabeledCorpus.Of(LabeledRecords.ReadFolder(Write(Words)), settings);
        using var trainer = Trainer.Start(
            corpus,
            settings,
            RunFolder.Create(Path.Combine(Runs, Writer)),
            command: null
        );
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return this;
    }

    private static ClassifierSettings Settings { get; } =
        new()
        {
            HiddenSize = 8,
            EmbeddingSize = 4,
            BatchSize = 16,
            TestFrac = 0.3,
            ValFrac = 0.15,
            Threads = 1,
        };

    private NamesGround Train(string name, LabeledRecords records, ClassifierSettings settings)
    {
        using var trainer = ClassifierTrainer.Start(
            records,
            settings,
            RunFolder.Create(Path.Combine(Runs, name)),
            command: null
        );
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        return this;
    }

    private static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(11);
        foreach (var (place, label) in Labels.Index())
        {
            var words = Enumerable.Range(0, WordsOfALabel).Select(_ => Word(random, place));
            // Texts that a page must show as such.
            if (label == Quoted)
                words = words.Concat(Enumerable.Range(0, Scripts).Select(each => Script + each));
            File.WriteAllLines(Path.Combine(folder, $"{label}.txt"), words);
        }
        return folder;
    }

    // Letters of the labels overlap, so that some words are taken for those of another.
    private static string Word(Random random, int label) =>
        new([.. Enumerable.Range(0, random.Next(3, 7)).Select(_ => (char)('a' + 3 * label + random.Next(Letters)))]);
}
