using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// A recurrent network that reads a whole short text and gives a distribution over labels: embedding (or one-hot),
/// recurrent layers in one or both directions, pooling over the characters, linear head; with the vocabulary that it
/// reads and the labels that it tells.
/// </summary>
/// <example>
/// <code>
/// using var model = SequenceClassifier.Load("runs/names-001");
/// float[] probabilities = model.Predict("Satoshi");
/// Console.WriteLine(model.Labels[Array.IndexOf(probabilities, probabilities.Max())]);
/// </code>
/// </example>
public sealed class SequenceClassifier : IDisposable
{
    /// <summary>An untrained model.</summary>
    /// <param name="spec">The network; its vocabulary size and number of labels are those of the next two.</param>
    /// <param name="vocabulary">The symbols.</param>
    /// <param name="labels">The labels, each once; the index is a label's number.</param>
    /// <param name="initialization">How the weights begin; PyTorch's way by default.</param>
    /// <param name="seed">What the first weights are drawn from; 1 by default.</param>
    /// <exception cref="SettingsException">A size cannot be used, or a label is given twice.</exception>
    public SequenceClassifier(
        ClassifierSpec spec,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        Initialization? initialization = null,
        ulong seed = 1
    )
        : this(spec, vocabulary, labels)
    {
        (initialization ?? Initialization.Parse("pytorch")).Fill(Layout, Weights, seed);
    }

    // Not reachable by leaving arguments out of the public one: weights of zero would never learn.
    private SequenceClassifier(ClassifierSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels)
    {
        if (spec.VocabularySize != vocabulary.Count)
            throw new SettingsException(
                $"the network has {spec.VocabularySize} symbols and the vocabulary {vocabulary.Count}; they must "
                    + "be the same."
            );
        if (spec.LabelCount != labels.Count)
            throw new SettingsException(
                $"the network has {spec.LabelCount} labels, and {labels.Count} are given; they must be the same."
            );
        if (
            labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is
            { } twice
        )
            throw new SettingsException(
                $"the label {OneLine.Quote(twice.Key)} is given twice; each may be given once."
            );
        (Spec, Vocabulary, Labels) = (spec, vocabulary, [.. labels]);
        Layout = new ClassifierLayout(spec);
        Weights = new Arena(Layout.Arena);
    }

    /// <summary>The network.</summary>
    public ClassifierSpec Spec { get; }

    /// <summary>The symbols it reads.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The labels it tells; the index is a label's number.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Origin of the model: the records, the command, the version; as text by key.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Preparation of the texts it learnt; none by default. Texts to classify are prepared alike.
    /// </summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => Layout.ParameterCount;

    /// <summary>Names, shapes and places of the parameters.</summary>
    internal ClassifierLayout Layout { get; }

    /// <summary>The parameters.</summary>
    internal Arena Weights { get; }

    /// <summary>A model whose weights are all zero, for a reader to fill.</summary>
    internal static SequenceClassifier OfZeros(
        ClassifierSpec spec,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        IReadOnlyDictionary<string, string> provenance,
        TextPreparation preparation
    ) => new(spec, vocabulary, labels) { Provenance = provenance, Preparation = preparation };

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static SequenceClassifier Load(string path) => SequenceClassifierFile.Read(path);

    /// <summary>Whether a run folder, or one file in safetensors, holds a classifier.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not in safetensors.</exception>
    public static bool IsOne(string path) => SequenceClassifierFile.IsOne(path);

    /// <summary>
    /// Writes the model to one file in safetensors, with PyTorch's names, its labels, its vocabulary and its
    /// configuration.
    /// </summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public void Save(string path) => SequenceClassifierFile.Write(this, path);

    /// <summary>
    /// The ids of a text for the model to read, normalized and folded as the texts it learnt were. A character that the
    /// vocabulary lacks becomes its unknown symbol.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The vocabulary lacks a character of the text, and has no unknown symbol.
    /// </exception>
    public int[] Encode(string text) => Vocabulary.Encode(Preparation.Apply(text));

    /// <summary>The probability of each label for a text.</summary>
    /// <param name="text">The text; at least one character.</param>
    /// <returns>(labels), in the order of <see cref="Labels"/>; their sum is 1.</returns>
    /// <exception cref="SettingsException">The text is empty.</exception>
    public float[] Predict(string text) => Predict([text])[0];

    /// <summary>
    /// The probability of each label for many texts, which are read in batches of like lengths. A text has the same
    /// bits whatever is beside it.
    /// </summary>
    /// <param name="texts">The texts; at least one character each.</param>
    /// <param name="threads">How many threads share the work; 1 by default. Any number gives the same bits.</param>
    /// <returns>For each text (labels), in the order of <see cref="Labels"/>.</returns>
    /// <exception cref="SettingsException">A text is empty.</exception>
    public float[][] Predict(IReadOnlyList<string> texts, int threads = 1)
    {
        using var team = new WorkerTeam(threads);
        using var predictor = new BatchPredictor(this, team);
        return predictor.Predict([.. texts.Select(Encode)]);
    }

    /// <summary>
    /// Number of this machine's cores that can share the work on some texts side by side, so that it gets faster.
    /// </summary>
    /// <param name="streams">How many texts.</param>
    public int UsefulThreads(int streams) =>
        Math.Min(
            Environment.ProcessorCount,
            Spec.Directions * new StreamTiles(steps: 1, streams, Spec.HiddenSize).Count
        );

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}

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
        // Before memory is taken for the weights: what the metadata says of their sizes may be nonsense.
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
