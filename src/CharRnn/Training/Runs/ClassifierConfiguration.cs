using System.Globalization;
using System.Text.Json;
using CharRnn.Datasets;

namespace CharRnn.Training;

/// <summary>What <c>config.json</c> says of labelled records.</summary>
/// <param name="Name">Their short name.</param>
/// <param name="Sha256">The SHA-256 of labels and records.</param>
/// <param name="Rows">How many texts were read.</param>
/// <param name="Records">How many records were left when repeats were removed.</param>
/// <param name="AccuracyCeiling">
/// The accuracy that nothing can exceed on them, since some texts stand under several labels.
/// </param>
/// <param name="Labels">Records of each label.</param>
public sealed record LabeledDataRecord(
    string Name,
    string Sha256,
    int Rows,
    int Records,
    double AccuracyCeiling,
    IReadOnlyDictionary<string, int> Labels
)
{
    /// <summary>What was done to the texts.</summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>What they were read from; null when a program made them.</summary>
    public RecordSource? Source { get; init; }

    internal static LabeledDataRecord Of(LabeledRecords records) =>
        new(
            records.Name,
            records.Sha256,
            records.RowCount,
            records.Records.Count,
            records.AccuracyCeiling,
            new OrderedDictionary<string, int>(records.Labels.Zip(records.CountByLabel, KeyValuePair.Create))
        )
        {
            Preparation = records.Preparation,
            Source = records.Source,
        };

    /// <summary>Refuses other records than these.</summary>
    /// <exception cref="CorpusException">They are others.</exception>
    internal void RequireSame(LabeledRecords records, RunFolder run)
    {
        if (Sha256 == records.Sha256)
            return;
        throw new CorpusException(
            $"{records.Name} does not hold the records that {run.Path} was trained on (SHA-256 "
                + $"{records.Sha256[..12]}… instead of {Sha256[..12]}…); resume with the same data, read the same "
                + "way, or start a new run."
        );
    }
}

/// <summary>What <c>config.json</c> of a classifier's run says: enough to run it again.</summary>
public sealed record ClassifierConfiguration
{
    /// <summary>What <see cref="Kind"/> is of a classifier's run; a language model's run has no such key.</summary>
    public const string ClassifierKind = "classifier";

    /// <summary>What sort of run it is.</summary>
    public string Kind { get; init; } = ClassifierKind;

    /// <summary>CharRnn's version.</summary>
    public required string Version { get; init; }

    /// <summary>The command line; null when trained from a program.</summary>
    public string? Command { get; init; }

    /// <summary>The records.</summary>
    public required LabeledDataRecord Data { get; init; }

    /// <summary>The settings, with the limit that was chosen where none was asked for.</summary>
    public required ClassifierSettings Settings { get; init; }

    /// <summary>
    /// How many steps were planned, and when that changed. Written when the run ends or is interrupted.
    /// </summary>
    public IReadOnlyList<PlanChange> Plan { get; init; } = [];

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
    public static ClassifierConfiguration Parse(string json, string path)
    {
        if (!IsOne(json))
            throw new ModelException(
                $"{path}: it is not the configuration of a classifier's run; one of a language model goes on with "
                    + "'charrnn train --resume'."
            );
        try
        {
            var configuration =
                JsonSerializer.Deserialize<ClassifierConfiguration>(json, SettingsJson.Options)
                ?? throw new JsonException("it is empty");
            configuration.Settings.Validate();
            return configuration;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or SettingsException)
        {
            throw new ModelException(
                $"{path}: it is not the configuration of a classifier's run: {failure.Message}",
                failure
            );
        }
    }

    /// <summary>The text of <c>config.json</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SettingsJson.Options) + "\n";

    /// <summary>What a model of this run says of where it comes from.</summary>
    internal Dictionary<string, string> Provenance() =>
        new()
        {
            ["charrnn_version"] = Version,
            ["data"] = Data.Name,
            ["data_sha256"] = Data.Sha256,
            ["data_records"] = Data.Records.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Settings.Seed.ToString(CultureInfo.InvariantCulture),
        };
}
