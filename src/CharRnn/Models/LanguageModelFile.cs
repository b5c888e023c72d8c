using System.Text.Json;
using CharRnn.Checkpoints;
using CharRnn.Text;

namespace CharRnn.Models;

/// <summary>
/// A language model as one safetensors file: PyTorch's names, shapes and gate order; the network, the vocabulary and the provenance in the metadata.
/// Each layer has both of PyTorch's biases. Where one is trained it is in <c>bias_ih</c>, and in <c>bias_hh</c> are zeros, but for the gates that have one of their own.
/// </summary>
internal static class LanguageModelFile
{
    private const string FormatKey = "format", ModelKey = "model", VocabularyKey = "vocabulary", EncodingKey = "encoding", PreparationKey = "preparation", LabelsKey = "labels";
    private const string Format = "charrnn.language-model.1";
    private const string ProvenancePrefix = "provenance.";

    public static LanguageModel Read(string path)
    {
        string file = ModelFile.Resolve(path);
        return Read(SafetensorsFile.Read(file), file);
    }

    /// <summary>A model from a file that was read; further tensors (a checkpoint's) are left alone.</summary>
    public static LanguageModel Read(SafetensorsFile file, string path)
    {
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
        {
            throw new ModelException(
                $"{path}: its metadata says format '{file.Metadata.GetValueOrDefault(FormatKey)}'; a CharRnn language model ('{Format}') is needed. Name a run folder or a model.safetensors written by charrnn train.");
        }
        var spec = ReadSpec(file, path);
        var provenance = file.Metadata.Where(pair => pair.Key.StartsWith(ProvenancePrefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[ProvenancePrefix.Length..], pair => pair.Value);
        var vocabulary = ReadVocabulary(file, path);
        if (spec.VocabularySize != vocabulary.Count)
            throw new ModelException($"{path}: the network described in its metadata has {spec.VocabularySize} symbols and the vocabulary {vocabulary.Count}; they must be the same.");
        var labels = ReadLabels(file, path);
        if (spec.LabelCount != labels.Count)
            throw new ModelException($"{path}: the network described in its metadata has {spec.LabelCount} labels, and {labels.Count} are named; they must be the same.");
        // Before there is room for the weights: what the metadata says of their sizes may be nonsense.
        CheckShapes(file, path, spec);
        var model = LanguageModel.OfZeros(spec, vocabulary, provenance, ReadPreparation(file, path), labels);
        ReadWeights(file, model);
        return model;
    }

    public static void Write(LanguageModel model, string path) => SafetensorsFile.Write(path, Tensors(model), Metadata(model));

    /// <summary>The metadata of a model's file.</summary>
    public static SortedDictionary<string, string> Metadata(LanguageModel model)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [FormatKey] = Format,
            [ModelKey] = ModelMetadataJson.Format(model.Spec),
            [VocabularyKey] = ModelMetadataJson.Format(model.Vocabulary.Symbols),
            [EncodingKey] = EncodingName(model.Vocabulary.Encoding),
        };
        if (model.Preparation.ToString() is { Length: > 0 } preparation) metadata[PreparationKey] = preparation;
        if (model.Labels.Count > 0) metadata[LabelsKey] = ModelMetadataJson.Format(model.Labels);
        foreach (var (key, value) in model.Provenance) metadata[ProvenancePrefix + key] = value;
        return metadata;
    }

    /// <summary>The tensors of a model's file.</summary>
    public static IEnumerable<Tensor> Tensors(LanguageModel model)
    {
        var spec = model.Spec;
        foreach (var tensor in model.Layout.Tensors)
        {
            if (!IsSplitBias(tensor.Name)) yield return Tensor.FromSource(tensor.Name, values => tensor.CopyFrom(model.Weights, values), [.. tensor.Shape]);
        }
        for (int layer = 0; layer < spec.NumLayers && spec.Biases == BiasMode.Single; layer++)
        {
            var bias = new float[spec.CellKind.Gates * spec.HiddenSize];
            SplitBias(model, layer)?.CopyFrom(model.Weights).CopyTo(bias.AsSpan(spec.CellKind.SharedGates * spec.HiddenSize));
            yield return Tensor.FromSingles(RecurrentBiasName(layer), bias, bias.Length);
        }
    }

    /// <summary>The name in files of a text encoding.</summary>
    public static string EncodingName(TextEncoding encoding) => encoding == TextEncoding.Bytes ? "bytes" : "utf-8";

    private static ModelSpec ReadSpec(SafetensorsFile file, string path)
    {
        try
        {
            var spec = ModelMetadataJson.ParseSpec(file.RequireMetadata(ModelKey));
            spec.Validate();
            return spec;
        }
        catch (Exception failure) when (failure is JsonException or SettingsException)
        {
            throw new ModelException($"{path}: the network described in its metadata cannot be used: {failure.Message}", failure);
        }
    }

    private static Vocabulary ReadVocabulary(SafetensorsFile file, string path)
    {
        try
        {
            return new Vocabulary(ModelMetadataJson.ParseSymbols(file.RequireMetadata(VocabularyKey)), ReadEncoding(file.RequireMetadata(EncodingKey)));
        }
        catch (Exception failure) when (failure is JsonException or SettingsException)
        {
            throw new ModelException($"{path}: the vocabulary in its metadata cannot be used: {failure.Message}", failure);
        }
    }

    private static IReadOnlyList<string> ReadLabels(SafetensorsFile file, string path)
    {
        if (!file.Metadata.TryGetValue(LabelsKey, out string? labels)) return [];
        try
        {
            return ModelMetadataJson.ParseLabels(labels);
        }
        catch (JsonException failure)
        {
            throw new ModelException($"{path}: the labels in its metadata cannot be used: {failure.Message}", failure);
        }
    }

    // Files from before texts were prepared do not say.
    private static TextPreparation ReadPreparation(SafetensorsFile file, string path)
    {
        string flags = file.Metadata.GetValueOrDefault(PreparationKey) ?? "";
        try
        {
            return TextPreparation.Parse(flags);
        }
        catch (FormatException failure)
        {
            throw new ModelException($"{path}: how its text was prepared is in its metadata as {OneLine.Quote(flags)}, which cannot be used: {OneLine.Quote(failure.Message)}.", failure);
        }
    }

    private static TextEncoding ReadEncoding(string name)
    {
        foreach (var encoding in Enum.GetValues<TextEncoding>())
        {
            if (EncodingName(encoding) == name) return encoding;
        }
        throw new SettingsException($"its encoding is '{name}'; it must be one of {string.Join(", ", Enum.GetValues<TextEncoding>().Select(EncodingName))}.");
    }

    private static void CheckShapes(SafetensorsFile file, string path, ModelSpec spec)
    {
        foreach (var tensor in new ParameterLayout(spec).Tensors)
        {
            if (!IsSplitBias(tensor.Name)) CheckShape(file, path, tensor.Name, tensor.Shape);
        }
        for (int layer = 0; layer < spec.NumLayers; layer++) CheckShape(file, path, RecurrentBiasName(layer), [spec.CellKind.Gates * (long)spec.HiddenSize]);
    }

    private static void CheckShape(SafetensorsFile file, string path, string name, IReadOnlyList<long> shape)
    {
        var tensor = file.Require(name);
        if (tensor.Type != TensorType.F32)
            throw new ModelException($"{path}: {name} holds {tensor.Type}; {TensorType.F32} is needed: convert it first.");
        if (!tensor.Shape.SequenceEqual(shape))
            throw new ModelException($"{path}: {name} has the shape ({string.Join(", ", tensor.Shape)}); the network described in the metadata needs ({string.Join(", ", shape)}).");
    }

    private static void ReadWeights(SafetensorsFile file, LanguageModel model)
    {
        foreach (var tensor in model.Layout.Tensors)
        {
            if (!IsSplitBias(tensor.Name)) tensor.CopyTo(file.Require(tensor.Name).ToSingles(), model.Weights);
        }
        var spec = model.Spec;
        int sharedLength = spec.CellKind.SharedGates * spec.HiddenSize;
        for (int layer = 0; layer < spec.NumLayers && spec.Biases == BiasMode.Single; layer++)
        {
            float[] recurrent = file.Require(RecurrentBiasName(layer)).ToSingles();
            SplitBias(model, layer)?.CopyTo(recurrent.AsSpan(sharedLength), model.Weights);
            // Files from elsewhere may train both biases of the other gates; only their sum counts. Adding nothing must not even turn −0 into 0.
            var bias = model.Layout.Tensors.Single(tensor => tensor.Name == $"rnn.bias_ih_l{layer}");
            float[] values = bias.CopyFrom(model.Weights);
            for (int i = 0; i < sharedLength; i++)
            {
                if (recurrent[i] != 0) values[i] += recurrent[i];
            }
            bias.CopyTo(values, model.Weights);
        }
    }

    private static ParameterTensor? SplitBias(LanguageModel model, int layer) =>
        model.Layout.Tensors.SingleOrDefault(tensor => tensor.Name == model.Layout.SplitBiasName(layer));

    private static bool IsSplitBias(string name) => name.StartsWith("rnn.bias_hn_", StringComparison.Ordinal);

    private static string RecurrentBiasName(int layer) => $"rnn.bias_hh_l{layer}";
}
