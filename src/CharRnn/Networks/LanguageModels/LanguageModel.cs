using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// A recurrent network that gives, for every position of a text, a distribution over the symbol that comes next:
/// embedding (or one-hot), recurrent layers, linear head; with the vocabulary that it reads and writes.
/// </summary>
/// <example>
/// <code>
/// using var model = LanguageModel.Load("runs/dragons-001");
/// Console.WriteLine(new TextGenerator(model).Generate("Once ", 200, new SamplingOptions()));
/// </code>
/// </example>
public sealed class LanguageModel : IDisposable
{
    /// <summary>An untrained model.</summary>
    /// <param name="spec">The network; its vocabulary size is that of <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">The symbols.</param>
    /// <param name="initialization">How the weights begin; PyTorch's way by default.</param>
    /// <param name="seed">What the first weights are drawn from; 1 by default.</param>
    /// <param name="labels">
    /// The labels of the texts that it will learn, as many as the network has; none by default.
    /// </param>
    /// <exception cref="SettingsException">A size cannot be used.</exception>
    public LanguageModel(
        ModelSpec spec,
        Vocabulary vocabulary,
        Initialization? initialization = null,
        ulong seed = 1,
        IReadOnlyList<string>? labels = null
    )
        : this(spec, vocabulary, labels ?? [])
    {
        (initialization ?? Initialization.Parse("pytorch")).Fill(Layout, Weights, seed);
    }

    // Not reachable by leaving arguments out of the public one: weights of zero would never learn.
    private LanguageModel(ModelSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels)
    {
        if (spec.VocabularySize != vocabulary.Count)
            throw new SettingsException(
                $"the network has {spec.VocabularySize} symbols and the vocabulary {vocabulary.Count}; they must "
                    + "be the same."
            );
        if (spec.LabelCount != labels.Count)
            throw new SettingsException(
                $"the network has {spec.LabelCount} labels, and {labels.Count} are named; they must be the same."
            );
        (Spec, Vocabulary, Labels) = (spec, vocabulary, [.. labels]);
        Layout = new ParameterLayout(spec);
        Weights = new Arena(Layout.Arena);
    }

    /// <summary>The network.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The symbols it reads and writes.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>
    /// The labels that a text may have, whose places here are their ids: of languages, say, for a model of names. None
    /// in a model that was trained without.
    /// </summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Origin of the model: the corpus, the command, the version; as text by key.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Preparation of the text it learnt; none by default. Prompts and other texts are prepared alike
    /// (<see cref="Encode(string)"/>).
    /// </summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => Layout.ParameterCount;

    /// <summary>Names, shapes and places of the parameters.</summary>
    internal ParameterLayout Layout { get; }

    /// <summary>The parameters.</summary>
    internal Arena Weights { get; }

    /// <summary>A model whose weights are all zero, for a reader to fill.</summary>
    internal static LanguageModel OfZeros(
        ModelSpec spec,
        Vocabulary vocabulary,
        IReadOnlyDictionary<string, string> provenance,
        TextPreparation preparation,
        IReadOnlyList<string>? labels = null
    ) => new(spec, vocabulary, labels ?? []) { Provenance = provenance, Preparation = preparation };

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static LanguageModel Load(string path) => LanguageModelFile.Read(path);

    /// <summary>
    /// Writes the model to one file in safetensors, with PyTorch's names, its vocabulary and its configuration.
    /// </summary>
    /// <exception cref="CharRnnException">The file cannot be written.</exception>
    public void Save(string path) => LanguageModelFile.Write(this, path);

    /// <summary>The ids of a text for the model to read, normalized and folded as its own text was.</summary>
    /// <exception cref="SettingsException">
    /// The vocabulary lacks a character of the text, and has no unknown symbol.
    /// </exception>
    public int[] Encode(string text) => Encode(text, skipUnknown: false, out _);

    /// <inheritdoc cref="Encode(string)"/>
    /// <param name="text">The text.</param>
    /// <param name="skipUnknown">Leave out characters that the vocabulary lacks.</param>
    /// <param name="skipped">How many were left out.</param>
    public int[] Encode(string text, bool skipUnknown, out int skipped) =>
        Vocabulary.Encode(Preparation.Apply(text), skipUnknown, out skipped);

    /// <summary>The logits of a whole window at once.</summary>
    /// <param name="ids">(T, B), index t·B + b.</param>
    /// <param name="steps">T.</param>
    /// <param name="streams">B.</param>
    /// <param name="state">
    /// The state before, (L layers of (B, H)); replaced by the state after. Null starts from zero.
    /// </param>
    /// <param name="labels">(B) the label of each stream, for a model with labels.</param>
    /// <returns>(T·B, V), row t·B + b.</returns>
    public float[] Forward(
        ReadOnlySpan<int> ids,
        int steps,
        int streams,
        ref NetworkState? state,
        ReadOnlySpan<int> labels = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        if (ids.Length != (long)steps * streams)
            throw new ArgumentException(
                $"ids has {ids.Length} numbers; (T={steps}, B={streams}) needs {(long)steps * streams}.",
                nameof(ids)
            );
        RequireKnown(ids, Spec.VocabularySize);
        int[] labelsByStep = OverSteps(labels, steps, streams);
        using var team = new WorkerTeam(1);
        using var window = new Window(Layout, Weights, steps, streams, team);
        if (state is not null)
            window.SetState(state);
        window.SetInputs(ids, labelsByStep);
        window.Forward(worker: 0, carryState: state is not null);
        state = window.CopyState();
        float[] logits = new float[checked(steps * streams * Spec.VocabularySize)];
        for (int group = 0; group < window.Head.GroupCount; group++)
        {
            for (int index = 0; index < window.Head.BlockCount(group); index++)
                CopyLogits(window, window.Head.Block(group, index), logits);
        }
        return logits;
    }

    /// <summary>
    /// Number of this machine's cores that can share the work of reading or writing some streams side by side, so that
    /// it gets faster.
    /// </summary>
    /// <param name="streams">B.</param>
    public int UsefulThreads(int streams) =>
        Math.Min(
            Environment.ProcessorCount,
            ScanPlan.MaxWorkers(Spec, new StreamTiles(steps: 1, streams, Spec.HiddenSize))
        );

    /// <summary>A session that reads symbols one at a time, or a few streams side by side.</summary>
    /// <param name="streams">B; 1 by default.</param>
    /// <param name="threads">How many threads share the streams; 1 by default. Any number gives the same bits.</param>
    /// <param name="label">What is read and written, for a model with labels; the same for all streams.</param>
    /// <exception cref="SettingsException">The model has labels and none is given, or the other way round.</exception>
    public StepSession NewSession(int streams = 1, int threads = 1, LabelBlend? label = null) =>
        new(this, streams, threads, label);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    /// <summary>Refuses a label where there are none, and none where there are some.</summary>
    internal void RequireLabel(LabelBlend? label)
    {
        if (label is not null)
            RequireLabel(label, Labels);
        else if (Labels.Count > 0)
            throw new SettingsException(
                $"the model writes what a label says; give one of {string.Join(", ", Labels)}."
            );
    }

    /// <summary>Refuses a label that is none of these.</summary>
    internal static void RequireLabel(LabelBlend label, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0)
            throw new SettingsException(
                $"the label '{label}' is asked for, and the model was trained without labels; leave it out."
            );
        if (label.Parts.FirstOrDefault(part => part.Label >= labels.Count) is { Weight: > 0 } unknown)
            throw new SettingsException(
                $"the label '{label}' has the id {unknown.Label}; the model has {labels.Count} labels, from 0."
            );
    }

    /// <summary>Refuses ids outside the vocabulary.</summary>
    internal static void RequireKnown(ReadOnlySpan<int> ids, int symbols)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)symbols)
                throw new ArgumentOutOfRangeException(
                    nameof(ids),
                    $"ids[{i}] is {ids[i]}; a vocabulary of {symbols} has the ids 0 to {symbols - 1}."
                );
        }
    }

    private void CopyLogits(Window window, HeadBlock block, float[] logits)
    {
        var rows = window.Head.Logits(block);
        int streamsInTile = window.Tiles.StreamCount(block.Tile);
        for (int i = 0; i < block.Count; i++)
        {
            var (step, stream) = Math.DivRem(block.Start + i, streamsInTile);
            int row = step * window.Tiles.Streams + window.Tiles.StreamStart(block.Tile) + stream;
            rows.Row(i)[..Spec.VocabularySize].CopyTo(logits.AsSpan(row * Spec.VocabularySize));
        }
    }

    /// <summary>The label of each position, (T, B), of streams that keep theirs.</summary>
    private int[] OverSteps(ReadOnlySpan<int> labels, int steps, int streams)
    {
        if (Labels.Count == 0 && labels.IsEmpty)
            return [];
        if (Labels.Count == 0 || labels.Length != streams)
            throw new ArgumentException(
                $"labels has {labels.Length} numbers; a model with {Labels.Count} labels needs "
                    + $"{(Labels.Count == 0 ? 0 : streams)}.",
                nameof(labels)
            );
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)Labels.Count)
                throw new ArgumentOutOfRangeException(
                    nameof(labels),
                    $"labels[{i}] is {labels[i]}; the model has {Labels.Count}."
                );
        }
        int[] byStep = new int[steps * streams];
        for (int step = 0; step < steps; step++)
            labels.CopyTo(byStep.AsSpan(step * streams));
        return byStep;
    }
}

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
        // Before memory is taken for the weights: what the metadata says of their sizes may be nonsense.
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
