using CharRnn.Checkpoints;

namespace CharRnn.Networks;

/// <summary>
/// A classifier as one safetensors file: the weights as <see cref="ModelTensors"/> has them; the network, the labels,
/// the vocabulary and the provenance in the metadata.
/// </summary>
internal static class SequenceClassifierFile
{
    public static SequenceClassifier Read(string path)
    {
        string file = ModelFile.Resolve(path);
        return Read(SafetensorsFile.Read(file), file);
    }

    /// <summary>A model from a file that was read; further tensors (a checkpoint's) are left alone.</summary>
    public static SequenceClassifier Read(SafetensorsFile file, string path)
    {
        ModelMetadata.RequireFormat(file, path, ModelMetadata.ClassifierFormat, "classifier", "charrnn classify train");
        var spec = ModelMetadata.ReadNetwork(file, path, ClassifierMetadataJson.ParseSpec);
        var vocabulary = ModelMetadata.ReadVocabulary(file, path, spec.VocabularySize);
        var labels = ModelMetadata.ReadLabels(file, path, spec.LabelCount);
        // Before there is room for the weights: what the metadata says of their sizes may be nonsense.
        ModelTensors.Check(file, path, new ClassifierLayout(spec));
        var model = SequenceClassifier.OfZeros(
            spec,
            vocabulary,
            labels,
            ModelMetadata.ReadProvenance(file),
            ModelMetadata.ReadPreparation(file, path)
        );
        ModelTensors.Read(file, model.Layout, model.Weights);
        return model;
    }

    /// <summary>Whether a model's file holds a classifier, rather than anything else.</summary>
    public static bool IsOne(string path) =>
        ModelMetadata.HasFormat(SafetensorsFile.Read(ModelFile.Resolve(path)), ModelMetadata.ClassifierFormat);

    public static void Write(SequenceClassifier model, string path) =>
        SafetensorsFile.Write(path, Tensors(model), Metadata(model));

    /// <summary>The metadata of a model's file.</summary>
    public static SortedDictionary<string, string> Metadata(SequenceClassifier model) =>
        ModelMetadata.Of(
            ModelMetadata.ClassifierFormat,
            ClassifierMetadataJson.Format(model.Spec),
            model.Vocabulary,
            model.Labels,
            model.Preparation,
            model.Provenance
        );

    /// <summary>The tensors of a model's file.</summary>
    public static IEnumerable<Tensor> Tensors(SequenceClassifier model) => ModelTensors.Of(model.Layout, model.Weights);
}
