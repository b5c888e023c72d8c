using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn.Training;

/// <summary>
/// <c>config.json</c> of a run: enough to run it again. What runs of language models and of classifiers have in common.
/// </summary>
internal abstract record SavedConfiguration
{
    private const int First = -2,
        Second = -1,
        Last = 1;

    /// <summary>CharRnn's version.</summary>
    [JsonPropertyOrder(First)]
    public required string Version { get; init; }

    /// <summary>The command line; null when trained from a program.</summary>
    [JsonPropertyOrder(Second)]
    public string? Command { get; init; }

    /// <summary>
    /// Planned numbers of steps, each from a step on: what a timed run is replayed with. Written when the run ends
    /// or is interrupted.
    /// </summary>
    [JsonPropertyOrder(Last)]
    public IReadOnlyList<PlanChange> Plan { get; init; } = [];

    /// <summary>This library's version.</summary>
    public static string ThisVersion { get; } =
        typeof(SavedConfiguration)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), SettingsJson.Options) + "\n";

    /// <summary>The provenance that models of this run have in their metadata.</summary>
    public abstract Dictionary<string, string> Provenance();

    /// <summary>Refuses settings and sizes that no run can have.</summary>
    /// <exception cref="SettingsException">A setting cannot be used.</exception>
    /// <exception cref="JsonException">A size cannot be.</exception>
    private protected abstract void Validate();

    /// <summary>Reads a configuration of one kind.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="path">The file, for the message.</param>
    /// <param name="run">Kind of run, for the message.</param>
    /// <exception cref="ModelException">It is not one.</exception>
    private protected static TConfiguration Parse<TConfiguration>(string json, string path, string run)
        where TConfiguration : SavedConfiguration
    {
        try
        {
            var configuration =
                JsonSerializer.Deserialize<TConfiguration>(json, SettingsJson.Options)
                ?? throw new JsonException("it is empty");
            configuration.Validate();
            return configuration;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or SettingsException)
        {
            throw new ModelException(
                $"{path}: it is not the configuration of {run}: {OneLine.Reason(failure)}",
                failure
            );
        }
    }
}

/// <summary><c>config.json</c> of a language model's run.</summary>
internal sealed record RunConfiguration : SavedConfiguration
{
    /// <summary>Key of the training text's SHA-256 in a model's provenance.</summary>
    public const string CorpusHashKey = "corpus_sha256";

    /// <summary>The text.</summary>
    public required CorpusRecord Corpus { get; init; }

    /// <summary>The text that validation is scored on, where that is one of its own.</summary>
    public CorpusRecord? Validation { get; init; }

    /// <summary>The model that the run began from; null where its weights were drawn.</summary>
    public StartingModelRecord? InitFrom { get; init; }

    /// <summary>Scores of simple baselines on the text; null where they were not measured.</summary>
    public Baselines? Baselines { get; init; }

    /// <summary>The settings as they were asked for.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>T, as fitted to the text.</summary>
    public required int SeqLength { get; init; }

    /// <summary>B, as fitted to the text.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ModelException">It is not one.</exception>
    public static RunConfiguration Parse(string json, string path) =>
        ClassifierConfiguration.IsOne(json)
            ? throw new ModelException(
                $"{path}: it is the configuration of a classifier's run, which goes on with "
                    + "'ClassifierTrainer.Resume'."
            )
            : Parse<RunConfiguration>(json, path, "a run");

    /// <inheritdoc/>
    public override Dictionary<string, string> Provenance()
    {
        var provenance = new Dictionary<string, string>
        {
            ["charrnn_version"] = Version,
            ["corpus"] = Corpus.Name,
            [CorpusHashKey] = Corpus.Sha256,
            ["corpus_characters"] = Corpus.Characters.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (InitFrom is { } from)
            (provenance["init_from"], provenance["init_from_sha256"]) = (from.Path, from.Sha256);
        return provenance;
    }

    private protected override void Validate()
    {
        Settings.Validate();
        if (SeqLength < 1 || BatchSize < 1)
            throw new JsonException("its windows have no size");
    }
}

/// <summary><c>config.json</c> of a classifier's run.</summary>
internal sealed record ClassifierConfiguration : SavedConfiguration
{
    /// <summary>Value of <see cref="Kind"/> in a classifier's run; a language model's run has no such key.</summary>
    public const string ClassifierKind = "classifier";

    private const int BeforeAll = -3;

    /// <summary>Kind of run.</summary>
    [JsonPropertyOrder(BeforeAll)]
    public string Kind { get; init; } = ClassifierKind;

    /// <summary>The records.</summary>
    public required LabeledDataRecord Data { get; init; }

    /// <summary>The records that validation is scored on, where those are of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LabeledDataRecord? Validation { get; init; }

    /// <summary>The records that are scored at the end, where those are of their own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LabeledDataRecord? Test { get; init; }

    /// <summary>The model that the run began from; null where its weights were drawn.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StartingModelRecord? InitFrom { get; init; }

    /// <summary>The settings, with the limit that was chosen where none was asked for.</summary>
    public required ClassifierSettings Settings { get; init; }

    /// <summary>
    /// Whether the text of a <c>config.json</c> says that it is of a classifier's run. What is no JSON is of none.
    /// </summary>
    public static bool IsOne(string json)
    {
        try
        {
            using var configuration = JsonDocument.Parse(json);
            return configuration.RootElement.ValueKind == JsonValueKind.Object
                && configuration.RootElement.TryGetProperty("kind", out var kind)
                && kind.ValueKind == JsonValueKind.String
                && kind.GetString() == ClassifierKind;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ModelException">It is not one of a classifier's run.</exception>
    public static ClassifierConfiguration Parse(string json, string path) =>
        IsOne(json)
            ? Parse<ClassifierConfiguration>(json, path, "a classifier's run")
            : throw new ModelException(
                $"{path}: it is not the configuration of a classifier's run; one of a language model goes on with "
                    + "'Trainer.Resume'."
            );

    /// <inheritdoc/>
    public override Dictionary<string, string> Provenance()
    {
        var provenance = new Dictionary<string, string>
        {
            ["charrnn_version"] = Version,
            ["data"] = Data.Name,
            ["data_sha256"] = Data.Sha256,
            ["data_records"] = Data.Records.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (InitFrom is { } from)
            (provenance["init_from"], provenance["init_from_sha256"]) = (from.Path, from.Sha256);
        return provenance;
    }

    private protected override void Validate() => Settings.Validate();
}
