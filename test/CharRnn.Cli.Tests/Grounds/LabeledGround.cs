using CharRnn.Networks;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>
/// A command within the test's process, and beside it invented words under three labels, a file each, each spelt with
/// letters of its own, and a model that has learnt them.
/// </summary>
internal sealed class LabeledGround : IDisposable
{
    private const double ValFrac = 0.1;
    private const ulong Seed = 1;

    private static readonly (string Label, string Letters)[] Kinds =
    [
        ("hard", "bdgk"),
        ("soft", "lmnr"),
        ("windy", "fhsz"),
    ];

    public LabeledGround()
    {
        Directory.CreateDirectory(Data);
        var random = new Random(3);
        foreach (var (label, letters) in Kinds)
        {
            var words = Enumerable
                .Range(0, 60)
                .Select(_ =>
                    string.Concat(
                        Enumerable
                            .Range(0, random.Next(2, 4))
                            .Select(_ => $"{letters[random.Next(4)]}{"aiu"[random.Next(3)]}")
                    )
                );
            File.WriteAllLines(Path.Combine(Data, $"{label}.txt"), words);
        }
    }

    public TestShell Shell { get; } = new();

    /// <summary>The folder of the words.</summary>
    public string Data => Shell.Folder.File("words");

    /// <summary>A run that has learnt the words.</summary>
    public string Run => Shell.Folder.File("run");

    /// <summary>Whether a word is spelt as a label's words are.</summary>
    public static bool IsOf(string label, string word) =>
        word.Length > 0
        && word.All(letter =>
            "aiu".Contains(letter) || Kinds.Single(kind => kind.Label == label).Letters.Contains(letter)
        );

    /// <summary>The validation loss that training ended with.</summary>
    public double ValLoss { get; private set; }

    /// <summary>Trains the model.</summary>
    /// <param name="ignoreLabels">Whether it learns the words without their labels.</param>
    public LabeledGround Train(bool ignoreLabels = false)
    {
        var settings = new TrainingSettings
        {
            IgnoreLabels = ignoreLabels,
            ValFrac = ValFrac,
            Seed = Seed,
            Cell = "gru",
            HiddenSize = 24,
            NumLayers = 1,
            EmbeddingSize = 8,
            MaxSteps = 250,
            SeqLength = 12,
            BatchSize = 8,
            LearningRate = 0.01,
            SampleEvery = Cadence.Never,
            Threads = 1,
        };
        using var corpus = LabeledCorpus.Of(LabeledRecords.ReadFolder(Data), settings);
        using var trainer = Trainer.Start(corpus, settings, RunFolder.Create(Run));
        ValLoss = trainer.Run(cancellationToken: TestContext.Current.CancellationToken).ValLoss!.Value;
        return this;
    }

    /// <summary>Writes the words that training holds out to a table, with their labels under <c>language</c>.</summary>
    /// <param name="column">What their own column is called.</param>
    /// <returns>Its path.</returns>
    public string SaveHeldOut(string column = "name")
    {
        var heldOut = LabeledRecords.ReadFolder(Data).Split(ValFrac, Seed).Test;
        string path = Shell.Folder.File("held-out.tsv");
        File.WriteAllLines(
            path,
            [
                $"{column}\tlanguage",
                .. heldOut.Records.Select(record => $"{record.Text}\t{heldOut.Labels[record.Label]}"),
            ]
        );
        return path;
    }

    /// <summary>The words that the model learnt and those held out.</summary>
    public string[] Words() => [.. Directory.EnumerateFiles(Data).SelectMany(File.ReadLines)];

    public void Dispose() => Shell.Dispose();
}
