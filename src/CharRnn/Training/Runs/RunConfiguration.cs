using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CharRnn.Datasets;

namespace CharRnn.Training;

/// <summary>What <c>config.json</c> of a run says: enough to run it again.</summary>
public sealed record RunConfiguration
{
    /// <summary>Under which key a model's provenance has the SHA-256 of what it was trained on.</summary>
    public const string CorpusHashKey = "corpus_sha256";

    /// <summary>CharRnn's version.</summary>
    public required string Version { get; init; }

    /// <summary>The command line; null when trained from a program.</summary>
    public string? Command { get; init; }

    /// <summary>The text.</summary>
    public required CorpusRecord Corpus { get; init; }

    /// <summary>The text that validation is scored on, where that is one of its own.</summary>
    public CorpusRecord? Validation { get; init; }

    /// <summary>The model that the run began from; null where its weights were drawn.</summary>
    public StartingModelRecord? InitFrom { get; init; }

    /// <summary>What simple means make of the text; null where nobody looked.</summary>
    public Baselines? Baselines { get; init; }

    /// <summary>The settings as they were asked for.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>T, as fitted to the text.</summary>
    public required int SeqLength { get; init; }

    /// <summary>B, as fitted to the text.</summary>
    public required int BatchSize { get; init; }

    /// <summary>
    /// How many steps were planned, and when that changed: what a timed run is replayed with. Written when the run ends
    /// or is interrupted.
    /// </summary>
    public IReadOnlyList<PlanChange> Plan { get; init; } = [];

    /// <summary>This library's version.</summary>
    public static string ThisVersion { get; } =
        typeof(RunConfiguration)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ModelException">It is not one.</exception>
    public static RunConfiguration Parse(string json, string path)
    {
        if (ClassifierConfiguration.IsOne(json))
            throw new ModelException(
                $"{path}: it is the configuration of a classifier's run, which goes on with 'charrnn classify "
                    + "train --resume'."
            );
        try
        {
            var configuration =
                JsonSerializer.Deserialize<RunConfiguration>(json, SettingsJson.Options)
                ?? throw new JsonException("it is empty");
            configuration.Settings.Validate();
            return configuration is { SeqLength: >= 1, BatchSize: >= 1 }
                ? configuration
                : throw new JsonException("its windows have no size");
        }
        catch (Exception failure) when (failure is JsonException or FormatException or SettingsException)
        {
            throw new ModelException($"{path}: it is not the configuration of a run: {failure.Message}", failure);
        }
    }

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SettingsJson.Options) + "\n";

    /// <summary>What a model of this run says of where it comes from.</summary>
    internal Dictionary<string, string> Provenance()
    {
        var provenance = new Dictionary<string, string>
        {
            ["charrnn_version"] = ThisVersion,
            ["corpus"] = Corpus.Name,
            [CorpusHashKey] = Corpus.Sha256,
            ["corpus_characters"] = Corpus.Characters.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (InitFrom is { } from)
            (provenance["init_from"], provenance["init_from_sha256"]) = (from.Path, from.Sha256);
        return provenance;
    }
}
