using CharRnn.Checkpoints;

namespace CharRnn.Networks;

/// <summary>
/// A language model as one safetensors file: the weights as <see cref="ModelTensors"/> has them; the network, the
/// vocabulary and the provenance in the metadata.
/// </summary>
internal static class LanguageModelFile
{
    public static LanguageModel Read(string path)
    {
        string file = ModelFile.Resolve(path);
        return Read(SafetensorsFile.Read(file), file);
    }

    /// <summary>A model from a file that was read; further tensors (a checkpoint's) are left alone.</summary>
    public static LanguageModel Read(SafetensorsFile file, string path)
    {
        ModelMetadata.RequireFormat(file, path, ModelMetadata.LanguageModelFormat, "language model", "charrnn train");
        var spec = ModelMetadata.ReadNetwork(file, path, ModelMetadataJson.ParseSpec);
        var vocabulary = ModelMetadata.ReadVocabulary(file, path, spec.VocabularySize);
        var labels = ModelMetadata.ReadLabels(file, path, spec.LabelCount);
        // Before there is room for the weights: what the metadata says of their sizes may be nonsense.
        ModelTensors.Check(file, path, new ParameterLayout(spec));
        var model = LanguageModel.OfZeros(
            spec,
            vocabulary,
            ModelMetadata.ReadProvenance(file),
            ModelMetadata.ReadPreparation(file, path),
            labels
        );
        ModelTensors.Read(file, model.Layout, model.Weights);
        return model;
    }

    public static void Write(LanguageModel model, string path) =>
        SafetensorsFile.Write(path, Tensors(model), Metadata(model));

    /// <summary>The metadata of a model's file.</summary>
    public static SortedDictionary<string, string> Metadata(LanguageModel model) =>
        ModelMetadata.Of(
            ModelMetadata.LanguageModelFormat,
            ModelMetadataJson.Format(model.Spec),
            model.Vocabulary,
            model.Labels,
            model.Preparation,
            model.Provenance
        );

    /// <summary>The tensors of a model's file.</summary>
    public static IEnumerable<Tensor> Tensors(LanguageModel model) => ModelTensors.Of(model.Layout, model.Weights);
}
