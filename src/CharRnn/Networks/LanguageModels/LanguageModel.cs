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
public sealed class LanguageModel : RecurrentModel
{
    internal static readonly ModelFormat<LanguageModel, ModelSpec, ParameterLayout> Format = new(
        ModelMetadata.LanguageModelFormat,
        "language model",
        "'Trainer'",
        ModelMetadataJson.ParseSpec,
        spec => new ParameterLayout(spec),
        (description, weights) => OfZeros(description, weights)
    );

    /// <summary>An untrained model.</summary>
    /// <param name="spec">The network; its vocabulary size is that of <paramref name="vocabulary"/>.</param>
    /// <param name="vocabulary">The symbols.</param>
    /// <param name="initialization">Initialization of the weights; PyTorch's by default.</param>
    /// <param name="seed">Seed of the first weights; 1 by default.</param>
    /// <param name="labels">
    /// The labels of the texts that it will learn, as many as the network has; none by default.
    /// </param>
    /// <exception cref="SettingsException">A size cannot be used.</exception>
    internal LanguageModel(
        ModelSpec spec,
        Vocabulary vocabulary,
        Initialization? initialization = null,
        ulong seed = 1,
        IReadOnlyList<string>? labels = null
    )
        : this(new ParameterLayout(RequireSizes(spec, vocabulary, labels ?? [])), vocabulary, labels ?? [])
    {
        InitializeWeights(initialization, seed);
    }

    // Not reachable by leaving arguments out of the public one: weights of zero would never learn.
    private LanguageModel(
        ParameterLayout layout,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        WeightFormat weights = WeightFormat.F32
    )
        : base(layout, vocabulary, labels, weights) => Layout = layout;

    /// <summary>The network.</summary>
    public ModelSpec Spec => Layout.Spec;

    internal override ParameterLayout Layout { get; }

    internal override SortedDictionary<string, string> Metadata =>
        Format.Metadata(ModelMetadataJson.Format(Spec), this);

    /// <summary>Reads a model: a run folder, or one file in safetensors.</summary>
    /// <param name="path">The folder, or the file.</param>
    /// <param name="weights">
    /// Format of the weights in memory; as they were trained by default. A compact one makes them smaller and one
    /// stream faster, and costs a little of the predictions.
    /// </param>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public static LanguageModel Load(string path, WeightFormat weights = WeightFormat.F32) =>
        Format.Read(path, weights);

    /// <summary>Refuses what <see cref="Load"/> would refuse, without reading the weights.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    internal static void Check(string path) => Format.Check(path);

    /// <summary>A model whose weights are all zero, for a reader to fill.</summary>
    internal static LanguageModel OfZeros(
        ModelDescription<ParameterLayout> description,
        WeightFormat weights = WeightFormat.F32
    ) =>
        new(description.Layout, description.Vocabulary, description.Labels, weights)
        {
            Provenance = description.Provenance,
            Preparation = description.Preparation,
        };

    /// <inheritdoc cref="RecurrentModel.Encode(string)"/>
    /// <param name="text">The text.</param>
    /// <param name="skipUnknown">Leave out characters that the vocabulary lacks.</param>
    /// <param name="skipped">Number of characters left out.</param>
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
    internal float[] Forward(
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
        using var window = new Window(Layout, ForwardWeights, steps, streams, team);
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
            ProcessorTopology.Current.UsefulThreads,
            ScanPlan.MaxWorkers(Spec, new StreamTiles(steps: 1, streams))
        );

    /// <summary>A session that reads symbols one at a time, or a few streams side by side.</summary>
    /// <param name="streams">B; 1 by default.</param>
    /// <param name="threads">
    /// Number of threads that share the streams; 1 by default. Any number gives the same bits.
    /// </param>
    /// <param name="label">
    /// Label of what is read and written, for a model with labels; the same for all streams.
    /// </param>
    /// <exception cref="SettingsException">The model has labels and none is given, or the other way round.</exception>
    public StepSession NewSession(int streams = 1, int threads = 1, LabelBlend? label = null) =>
        new(this, streams, threads, label);

    /// <summary>Refuses a label where there are none, and none where there are some.</summary>
    internal void RequireLabel(LabelBlend? label)
    {
        if (label is not null)
            RequireLabel(label, Labels);
        else if (Labels.Count > 0)
            throw new SettingsException($"the model writes what a label says; give one of {LabelNames.List(Labels)}.");
    }

    /// <summary>Refuses a label that is none of these.</summary>
    internal static void RequireLabel(LabelBlend label, IReadOnlyList<string> labels)
    {
        if (labels.Count == 0)
            throw new SettingsException(
                $"the label '{LabelNames.Cut(label.Name)}' is asked for, and the model was trained without labels; leave it out."
            );
        if (label.Parts.FirstOrDefault(part => part.Label >= labels.Count) is { Weight: > 0 } unknown)
            throw new SettingsException(
                $"the label '{LabelNames.Cut(label.Name)}' has the id {unknown.Label}; the model has {labels.Count} labels, from 0."
            );
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
