using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CharRnn.Training;

/// <summary>
/// JSON of settings and configurations, as <c>config.json</c> has it: snake-case keys; cadences, durations and
/// enumerations as text.
/// </summary>
/// <remarks>
/// By reflection: generated code would give a property that can only be set at the beginning no value where the file
/// lacks its key, instead of its default, and files of earlier versions lack some; nor would it name the property of a
/// value that cannot be used.
/// </remarks>
internal static class SettingsJson
{
    // As they have always stood in the file, whatever type declares them.
    private static readonly string[] TrainingKeys =
    [
        "preset",
        "cell",
        "hidden_size",
        "symbol_units",
        "num_layers",
        "embedding_size",
        "residual",
        "dropout",
        "output_dropout",
        "logit_dropout",
        "embedding_activation",
        "head_activation",
        "projection_size",
        "label_embedding_size",
        "ignore_labels",
        "label_weights",
        "keep_repeats",
        "given_starts",
        "whole_records",
        "biases",
        "loss_reduction",
        "init",
        "forget_bias",
        "seq_length",
        "batch_size",
        "usual_seq_length",
        "usual_batch_size",
        "sampling",
        "epoch_start",
        "carry_state",
        "max_epochs",
        "max_steps",
        "max_time",
        "until_stopped",
        "replay",
        "optimizer",
        "learning_rate",
        "schedule",
        "warmup_steps",
        "lr_decay",
        "lr_decay_start",
        "lr_decay_every",
        "grad_clip",
        "grad_clip_norm",
        "val_frac",
        "val_split",
        "train_fraction",
        "test_frac",
        "seed",
        "threads",
        "eval_every",
        "eval_chars",
        "save_every",
        "sample_every",
        "sample_from",
        "sample_length",
        "prompt",
        "patience",
    ];

    private static readonly string[] ClassifierKeys =
    [
        "preset",
        "cell",
        "hidden_size",
        "num_layers",
        "embedding_size",
        "bidirectional",
        "pooling",
        "biases",
        "init",
        "embedding_dropout",
        "dropout",
        "output_dropout",
        "char_dropout",
        "label_smoothing",
        "class_weights",
        "min_records",
        "multi_label",
        "label_separator",
        "batch_size",
        "max_epochs",
        "max_steps",
        "max_time",
        "patience",
        "optimizer",
        "learning_rate",
        "schedule",
        "warmup_steps",
        "lr_decay",
        "lr_decay_start",
        "lr_decay_every",
        "grad_clip",
        "grad_clip_norm",
        "test_frac",
        "val_frac",
        "seed",
        "threads",
    ];

    /// <summary>Options for configurations and settings.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Order } },
        Converters =
        {
            new CadenceConverter(),
            new DurationConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
        },
    };

    /// <summary>Settings by their keys, as <c>config.json</c> has them.</summary>
    public static JsonObject Of(RunSettings settings) =>
        JsonSerializer.SerializeToNode(settings, settings.GetType(), Options)!.AsObject();

    private static void Order(JsonTypeInfo type)
    {
        string[] keys =
            type.Type == typeof(TrainingSettings) ? TrainingKeys
            : type.Type == typeof(ClassifierSettings) ? ClassifierKeys
            : [];
        if (keys.Length == 0)
            return;
        foreach (var property in type.Properties)
            property.Order = Array.IndexOf(keys, property.Name);
    }

    private sealed class CadenceConverter : JsonConverter<Cadence>
    {
        public override Cadence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Cadence.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Cadence value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Duration.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Duration.Format(value));
    }
}
