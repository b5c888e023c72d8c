using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// A recurrent network that reads a whole short text and gives a distribution over labels: embedding (or one-hot),
/// recurrent layers in one or both directions, pooling over the characters, linear head; with the vocabulary that it
/// reads and the labels that it predicts.
/// </summary>
/// <example>
/// <code>
/// using var model = SequenceClassifier.Load("runs/names-001");
/// float[] probabilities = model.Predict("Satoshi");
/// Console.WriteLine(model.Labels[Array.IndexOf(probabilities, probabilities.Max())]);
/// </code>
/// </example>
public sealed class SequenceClassifier : RecurrentModel, ITextEmbedder
{
    internal static readonly ModelFormat<SequenceClassifier, ClassifierSpec, ClassifierLayout> Format = new(
        ModelMetadata.ClassifierFormat,
        "classifier",
        "'ClassifierTrainer'",
        ClassifierMetadataJson.ParseSpec,
        spec => new ClassifierLayout(spec),
        (description, weights) =>
            new(description.Layout, description.Vocabulary, description.Labels, weights)
            {
                Provenance = description.Provenance,
                Preparation = description.Preparation,
            }
    );

    /// <summary>An untrained model.</summary>
    /// <param name="spec">The network; its vocabulary size and number of labels are those of the next two.</param>
    /// <param name="vocabulary">The symbols.</param>
    /// <param name="labels">The labels, each once; the index is a label's number.</param>
    /// <param name="initialization">Initialization of the weights; PyTorch's by default.</param>
    /// <param name="seed">Seed of the first weights; 1 by default.</param>
    /// <exception cref="SettingsException">A size cannot be used, or a label is given twice.</exception>
    internal SequenceClassifier(
        ClassifierSpec spec,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        Initialization? initialization = null,
        ulong seed = 1
    )
        : this(
            new ClassifierLayout(RequireDifferentLabels(RequireSizes(spec, vocabulary, labels), labels)),
            vocabulary,
            labels
        )
    {
        InitializeWeights(initialization, seed);
    }

    // Of zeros, for a file's weights.
    private SequenceClassifier(
        ClassifierLayout layout,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        WeightFormat weights = WeightFormat.F32
    )
        : base(layout, vocabulary, labels, weights) => Layout = layout;

    /// <summary>The network.</summary>
    public ClassifierSpec Spec => Layout.Spec;

    internal override ClassifierLayout Layout { get; }

    internal override SortedDictionary<string, string> Metadata =>
        Format.Metadata(ClassifierMetadataJson.Format(Spec), this);

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <param name="path">The folder, or the file.</param>
    /// <param name="weights">
    /// Format of the weights in memory; as they were trained by default. A compact one makes them smaller, and costs a
    /// little of the predictions.
    /// </param>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static SequenceClassifier Load(string path, WeightFormat weights = WeightFormat.F32) =>
        Format.Read(path, weights);

    /// <summary>Whether a run folder, or one file in safetensors, holds a classifier.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not in safetensors.</exception>
    public static bool IsOne(string path) => Format.IsOne(path);

    /// <summary>Refuses what <see cref="Load"/> would refuse, without reading the weights.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    internal static void Check(string path) => Format.Check(path);

    /// <summary>The probability of each label for a text.</summary>
    /// <param name="text">The text; at least one character.</param>
    /// <returns>
    /// (labels), in the order of <see cref="RecurrentModel.Labels"/>; their sum is 1, unless a text may have several
    /// labels (<see cref="ClassifierSpec.MultiLabel"/>).
    /// </returns>
    /// <exception cref="SettingsException">The text is empty.</exception>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public float[] Predict(string text) => Predict([text])[0];

    /// <summary>
    /// The probability of each label for many texts, which are read in batches of like lengths. A text has the same
    /// bits whatever is beside it.
    /// </summary>
    /// <param name="texts">The texts; at least one character each.</param>
    /// <param name="threads">
    /// Number of threads that share the work; 1 by default. Any number gives the same bits.
    /// </param>
    /// <returns>For each text (labels), in the order of <see cref="RecurrentModel.Labels"/>.</returns>
    /// <exception cref="SettingsException">A text is empty.</exception>
    /// <exception cref="ModelException">A probability is not a number.</exception>
    public float[][] Predict(IReadOnlyList<string> texts, int threads = 1)
    {
        float[][] probabilities = new float[texts.Count][];
        Predict(texts, (text, row) => probabilities[text] = row.ToArray(), threads);
        foreach (var (text, row) in texts.Zip(probabilities))
            RequireNumbers(text, row);
        return probabilities;
    }

    /// <summary>
    /// Hands out the probabilities of each label for many texts, one text after another and in no certain order, so
    /// that those of all texts need not be kept.
    /// </summary>
    /// <param name="texts">The texts; at least one character each.</param>
    /// <param name="receive">Receives a text's number and its probabilities (labels), which it must copy.</param>
    /// <param name="threads">Number of threads that share the work.</param>
    /// <exception cref="SettingsException">A text is empty.</exception>
    internal void Predict(IReadOnlyList<string> texts, Action<int, ReadOnlySpan<float>> receive, int threads)
    {
        using var team = new WorkerTeam(threads);
        using var predictor = new BatchPredictor(this, team);
        predictor.Predict([.. texts.Select(Encode)], receive);
    }

    /// <summary>
    /// Size of a text's vector: H, or 2·H of a network that reads in both directions, the forward state first.
    /// </summary>
    public int EmbeddingSize => Spec.Directions * Spec.HiddenSize;

    /// <summary>
    /// The vectors of texts: for each the state that its labels are predicted from, pooled as the network was trained
    /// to (<see cref="ClassifierSpec.Pooling"/>).
    /// </summary>
    /// <inheritdoc/>
    /// <example>
    /// The names that are most like another:
    /// <code>
    /// using var model = SequenceClassifier.Load("runs/names-001");
    /// string[] names = ["Kowalski", "Nowak", "Satoshi"];
    /// float[][] vectors = model.Embed(names);
    /// float[] asked = model.Embed(["Wozniak"])[0];
    /// foreach (var (name, vector) in names.Zip(vectors))
    ///     Console.WriteLine($"{name} {asked.Zip(vector, (a, b) => a * b).Sum():F2}");
    /// </code>
    /// </example>
    public float[][] Embed(
        IReadOnlyList<string> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Embed([.. texts.Select(Encode)], threads, normalize, cancellationToken);
    }

    /// <inheritdoc/>
    public float[][] Embed(
        IReadOnlyList<int[]> texts,
        int threads = 1,
        bool normalize = true,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (int[] ids in texts)
            RequireKnown(ids, Spec.VocabularySize);
        float[][] vectors = new float[texts.Count][];
        using var team = new WorkerTeam(threads);
        using var predictor = new BatchPredictor(this, team);
        predictor.Pool(texts, Receive, cancellationToken);
        return vectors;

        void Receive(int text, ReadOnlySpan<float> joined)
        {
            // Each direction's part is padded.
            double[] pooled = new double[EmbeddingSize];
            for (int i = 0; i < pooled.Length; i++)
            {
                var (direction, unit) = Math.DivRem(i, Spec.HiddenSize);
                pooled[i] = joined[direction * Layout.HiddenWidth + unit];
            }
            vectors[text] = TextEmbedding.ToVector(pooled, normalize, text);
        }
    }

    /// <summary>The id of the likeliest label; of equally likely ones, the lowest.</summary>
    internal static int Likeliest(ReadOnlySpan<float> probabilities) =>
        Softmax.ArgMax(probabilities, probabilities.Length);

    /// <summary>Refuses probabilities that are none: finite weights may still be so large that a sum overflows.</summary>
    /// <exception cref="ModelException">One is not a number.</exception>
    internal static void RequireNumbers(string text, ReadOnlySpan<float> probabilities)
    {
        foreach (float probability in probabilities)
        {
            if (float.IsNaN(probability))
                throw new ModelException(
                    $"the model's probabilities for {OneLine.Quote(text)} are not numbers: its weights are "
                        + "damaged, or training had diverged; use an earlier checkpoint."
                );
        }
    }

    /// <summary>
    /// Number of this machine's cores that can share the work on some texts side by side, so that it gets faster.
    /// </summary>
    /// <param name="streams">Number of texts.</param>
    public int UsefulThreads(int streams) =>
        Math.Min(ProcessorTopology.Current.UsefulThreads, Spec.Directions * new StreamTiles(steps: 1, streams).Count);

    private static ClassifierSpec RequireDifferentLabels(ClassifierSpec spec, IReadOnlyList<string> labels) =>
        labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new SettingsException(
                $"the label {OneLine.Quote(twice.Key)} is given twice; each may be given once."
            )
            : spec;
}
