using System.Text.Json;
using CharRnn.Checkpoints;

namespace CharRnn.Networks;

/// <summary>
/// Metadata of a model's file: its format, the network, the symbols, the labels, how texts are prepared, and where it
/// came from.
/// </summary>
internal static class ModelMetadata
{
    private const string FormatKey = "format",
        NetworkKey = "model",
        VocabularyKey = "vocabulary",
        EncodingKey = "encoding",
        PreparationKey = "preparation",
        LabelsKey = "labels";

    /// <summary>Format name in the metadata of a language model's file.</summary>
    public const string LanguageModelFormat = "charrnn.language-model.1";

    /// <summary>Format name in the metadata of a classifier's file.</summary>
    public const string ClassifierFormat = "charrnn.sequence-classifier.1";

    private const string ProvenancePrefix = "provenance.";

    /// <summary>The metadata of a model's file.</summary>
    public static SortedDictionary<string, string> Of(
        string format,
        string network,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        TextPreparation preparation,
        IReadOnlyDictionary<string, string> provenance
    )
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = format,
            [NetworkKey] = network,
            [VocabularyKey] = ModelMetadataJson.Format(vocabulary.Symbols),
            [EncodingKey] = EncodingName(vocabulary.Encoding),
        };
        if (preparation.ToString() is { Length: > 0 } flags)
            metadata[PreparationKey] = flags;
        if (labels.Count > 0)
            metadata[LabelsKey] = ModelMetadataJson.Format(labels);
        foreach (var (key, value) in provenance)
            metadata[ProvenancePrefix + key] = value;
        return metadata;
    }

    /// <summary>The name in files of a text encoding.</summary>
    public static string EncodingName(TextEncoding encoding) => encoding == TextEncoding.Bytes ? "bytes" : "utf-8";

    /// <summary>Refuses a file of another format.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path.</param>
    /// <param name="format">Format that it must have.</param>
    /// <param name="kind">Name of the kind of model, for messages.</param>
    /// <param name="trainer">The trainer that writes them.</param>
    /// <exception cref="ModelException">It says something else, or nothing.</exception>
    public static void RequireFormat(SafetensorsFile file, string path, string format, string kind, string trainer)
    {
        string? found = file.Metadata.GetValueOrDefault(FormatKey);
        if (found == format)
            return;
        if (found == OtherKind(format))
            throw new ModelException(
                $"{path} is {WhatItIs(found)}, and a {kind} is needed; name one, written by {trainer}, or use "
                    + $"{WhatReads(found)}."
            );
        string says =
            found is not null ? $"its metadata says format '{found}'"
            : file.Metadata.Count > 0 ? "its metadata says no format"
            : "it has no metadata";
        throw new ModelException(
            $"{path}: {says}; a CharRnn {kind} ('{format}') is needed. Name a run folder or a model.safetensors "
                + $"written by {trainer}."
        );
    }

    /// <summary>Whether a file says that it is of a format.</summary>
    public static bool HasFormat(SafetensorsFile file, string format) =>
        file.Metadata.GetValueOrDefault(FormatKey) == format;

    private static string OtherKind(string format) =>
        format == ClassifierFormat ? LanguageModelFormat : ClassifierFormat;

    private static string WhatItIs(string format) => format == ClassifierFormat ? "a classifier" : "a language model";

    private static string WhatReads(string format) =>
        format == ClassifierFormat ? "'SequenceClassifier.Load'" : "'LanguageModel.Load'";

    /// <summary>The network.</summary>
    /// <exception cref="ModelException">There is none, or none that can be used.</exception>
    public static TSpec ReadNetwork<TSpec>(SafetensorsFile file, string path, Func<string, TSpec> parse)
        where TSpec : INetworkSpec
    {
        try
        {
            var spec = parse(file.RequireMetadata(NetworkKey));
            spec.Validate();
            return spec;
        }
        catch (Exception failure) when (failure is JsonException or SettingsException)
        {
            throw new ModelException(
                $"{path}: the network described in its metadata cannot be used: {failure.Message}",
                failure
            );
        }
    }

    /// <summary>The symbols, as many as the network has.</summary>
    /// <exception cref="ModelException">There are none, or none that can be used.</exception>
    public static Vocabulary ReadVocabulary(SafetensorsFile file, string path, int symbols)
    {
        var vocabulary = ReadVocabulary(file, path);
        if (symbols != vocabulary.Count)
            throw new ModelException(
                $"{path}: the network described in its metadata has {symbols} symbols and the vocabulary "
                    + $"{vocabulary.Count}; they must be the same."
            );
        return vocabulary;
    }

    /// <summary>The labels, as many as the network has; none where the file names none.</summary>
    /// <exception cref="ModelException">They cannot be used, or are not as many.</exception>
    public static IReadOnlyList<string> ReadLabels(SafetensorsFile file, string path, int count)
    {
        var labels = ReadLabels(file, path);
        if (count != labels.Count)
            throw new ModelException(
                $"{path}: the network described in its metadata has {count} labels, and {labels.Count} are named; "
                    + "they must be the same."
            );
        return labels;
    }

    /// <summary>Preparation of texts; none in files from before texts were prepared.</summary>
    /// <exception cref="ModelException">It says so in a way that cannot be used.</exception>
    public static TextPreparation ReadPreparation(SafetensorsFile file, string path)
    {
        string flags = file.Metadata.GetValueOrDefault(PreparationKey) ?? "";
        try
        {
            return TextPreparation.Parse(flags);
        }
        catch (FormatException failure)
        {
            throw new ModelException(
                $"{path}: how its text was prepared is in its metadata as {OneLine.Quote(flags)}, which cannot be "
                    + $"used: {OneLine.Quote(failure.Message)}.",
                failure
            );
        }
    }

    /// <summary>Origin of the model.</summary>
    public static Dictionary<string, string> ReadProvenance(SafetensorsFile file) =>
        file
            .Metadata.Where(pair => pair.Key.StartsWith(ProvenancePrefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[ProvenancePrefix.Length..], pair => pair.Value);

    private static Vocabulary ReadVocabulary(SafetensorsFile file, string path)
    {
        try
        {
            return Vocabulary.InOrder(
                ModelMetadataJson.ParseSymbols(file.RequireMetadata(VocabularyKey)),
                ReadEncoding(file.RequireMetadata(EncodingKey))
            );
        }
        catch (Exception failure) when (failure is JsonException or SettingsException)
        {
            throw new ModelException(
                $"{path}: the vocabulary in its metadata cannot be used: {failure.Message}",
                failure
            );
        }
    }

    /// <summary>Whether a model's file names labels.</summary>
    public static bool HasLabels(SafetensorsFile file) => file.Metadata.ContainsKey(LabelsKey);

    private static IReadOnlyList<string> ReadLabels(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(LabelsKey, out string? labels))
            return [];
        try
        {
            return ModelMetadataJson.ParseLabels(labels);
        }
        catch (JsonException failure)
        {
            throw new ModelException($"{path}: the labels in its metadata cannot be used: {failure.Message}", failure);
        }
    }

    private static TextEncoding ReadEncoding(string name)
    {
        foreach (var encoding in Enum.GetValues<TextEncoding>())
        {
            if (EncodingName(encoding) == name)
                return encoding;
        }
        throw new SettingsException(
            $"its encoding is '{name}'; it must be one of "
                + $"{string.Join(", ", Enum.GetValues<TextEncoding>().Select(EncodingName))}."
        );
    }
}
