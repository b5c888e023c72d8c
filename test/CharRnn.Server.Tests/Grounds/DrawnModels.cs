using CharRnn.Networks;
using CharRnn.Tests;

[assembly: AssemblyFixture(typeof(CharRnn.Server.Tests.DrawnModels))]

namespace CharRnn.Server.Tests;

/// <summary>
/// Untrained models, which cost nothing to make, and a server of them whose texts may be endless: for tests that ask how
/// it stands what is done to it, and not what its texts are worth.
/// </summary>
public sealed class DrawnModels : IAsyncLifetime
{
    /// <summary>So many characters that no test waits for them.</summary>
    public const int Endless = 1_000_000_000;

    private readonly TemporaryFolder _folder = new();

    public DrawnModels()
    {
        PlainFile = _folder.File("plain.safetensors");
        LabeledFile = _folder.File("labeled.safetensors");
        ClassifierFile = _folder.File("kinds.safetensors");
        Plain = Draw(hidden: 24, seed: 1);
        Plain.Save(PlainFile);
        Labeled = Draw(hidden: 16, seed: 2, "one", "two");
        Labeled.Save(LabeledFile);
        using var classifier = new SequenceClassifier(
            new ClassifierSpec
            {
                VocabularySize = Letters.Count,
                HiddenSize = 8,
                LabelCount = 2,
            },
            Letters,
            ["this", "that"]
        );
        classifier.Save(ClassifierFile);
    }

    /// <summary>The model <c>plain</c>.</summary>
    public LanguageModel Plain { get; }

    /// <summary>Its file.</summary>
    public string PlainFile { get; }

    /// <summary>The model <c>labeled</c>, with the labels <c>one</c> and <c>two</c>.</summary>
    public LanguageModel Labeled { get; }

    /// <summary>Its file.</summary>
    public string LabeledFile { get; }

    /// <summary>The file of <c>kinds</c>, a classifier.</summary>
    public string ClassifierFile { get; }

    /// <summary>A server of all three.</summary>
    internal RunningServer Server { get; private set; } = null!;

    private static Vocabulary Letters { get; } = new([.. "abcdefghijklmnopqrstuvwxyz .\n"], TextEncoding.Utf8);

    /// <summary>A model with weights large enough for its texts to differ.</summary>
    public static LanguageModel Draw(int hidden, ulong seed, params string[] labels) =>
        new(
            new ModelSpec
            {
                VocabularySize = Letters.Count,
                HiddenSize = hidden,
                EmbeddingSize = 8,
                LabelCount = labels.Length,
            },
            Letters,
            Initialization.Parse(FormattableString.Invariant($"uniform:{1.4 / Math.Sqrt(hidden)}")),
            seed,
            labels
        );

    /// <summary>Settings of a server of all three, whose texts may be endless.</summary>
    public string[] Settings(params string[] others) =>
        [
            $"--CharRnn:Models:0={PlainFile}",
            $"--CharRnn:Models:1={LabeledFile}",
            $"--CharRnn:Models:2={ClassifierFile}",
            $"--CharRnn:MaxTokens={Endless}",
            .. others,
        ];

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(Settings());

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Plain.Dispose();
        Labeled.Dispose();
        _folder.Dispose();
    }
}
