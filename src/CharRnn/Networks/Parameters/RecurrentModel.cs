using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Recurrent network with its weights, vocabulary and labels: what a language model and a classifier have in common.
/// </summary>
public abstract class RecurrentModel : IDisposable
{
    // One of them: weights that are trained, or compact ones.
    private readonly Arena? _weights;
    private readonly CompactArena? _compact;

    private protected RecurrentModel(
        RecurrentLayout layout,
        Vocabulary vocabulary,
        IReadOnlyList<string> labels,
        WeightFormat weights
    )
    {
        (Vocabulary, Labels, WeightFormat) = (vocabulary, [.. labels], weights);
        if (weights == WeightFormat.F32)
            _weights = new Arena(layout.Arena);
        else
            _compact = new CompactArena(layout.Arena, weights);
    }

    /// <summary>The symbols of the model's texts.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>
    /// The labels, whose indices are their ids: those that a classifier predicts, or those that a language model is
    /// conditioned on (none in a model that was trained without).
    /// </summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Origin of the model: the training data, the command, the version; as text by key.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Preparation of the training texts; none by default. Other texts are prepared alike
    /// (<see cref="Encode(string)"/>).
    /// </summary>
    public TextPreparation Preparation { get; init; } = new();

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => Layout.ParameterCount;

    /// <summary>Names, shapes and places of the parameters.</summary>
    internal abstract RecurrentLayout Layout { get; }

    /// <summary>Format of the weights in memory.</summary>
    public WeightFormat WeightFormat { get; }

    /// <summary>Bytes that the weights take in memory, padding included.</summary>
    public long WeightBytes => _compact?.Bytes ?? Weights.Length * sizeof(float);

    /// <summary>The parameters, to be trained, changed or saved.</summary>
    /// <exception cref="SettingsException">The model has compact weights.</exception>
    internal Arena Weights =>
        _weights
        ?? throw new SettingsException(
            $"the model was loaded with weights in {WeightFormat}, which are for reading and writing texts alone; load "
                + $"it with 'WeightFormat.{nameof(WeightFormat.F32)}' to train, change, explain or save it."
        );

    /// <summary>The parameters, for forward passes alone.</summary>
    internal ForwardWeights ForwardWeights => _compact is null ? Weights : _compact;

    /// <summary>Compact parameters, to be filled; null where they are floats.</summary>
    internal CompactArena? CompactWeights => _compact;

    /// <summary>The tensors of the model's file.</summary>
    internal IEnumerable<Tensor> Tensors => ModelTensors.Of(Layout, Weights);

    /// <summary>The metadata of the model's file.</summary>
    internal abstract SortedDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Writes the model to one file in safetensors, with PyTorch's names, its labels, its vocabulary and its
    /// configuration.
    /// </summary>
    /// <exception cref="CharRnnException">
    /// The file cannot be written, or the model has compact weights.
    /// </exception>
    public void Save(string path) => SafetensorsFile.Write(path, Tensors, Metadata);

    /// <summary>
    /// The ids of a text for the model to read, normalized and folded as its training texts were. A character that the
    /// vocabulary lacks becomes its unknown symbol.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The vocabulary lacks a character of the text, and has no unknown symbol.
    /// </exception>
    public int[] Encode(string text) => Vocabulary.Encode(Preparation.Apply(text));

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        _weights?.Dispose();
        _compact?.Dispose();
        GC.SuppressFinalize(this);
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

    /// <summary>Gives the weights of an untrained model their first values.</summary>
    /// <param name="initialization">The scheme; PyTorch's by default.</param>
    /// <param name="seed">Seed of the draws.</param>
    private protected void InitializeWeights(Initialization? initialization, ulong seed) =>
        (initialization ?? Initialization.Parse("pytorch")).Fill(Layout, Weights, seed);

    /// <summary>Refuses a vocabulary or labels of other sizes than the network's.</summary>
    /// <returns>The network.</returns>
    private protected static TSpec RequireSizes<TSpec>(TSpec spec, Vocabulary vocabulary, IReadOnlyList<string> labels)
        where TSpec : INetworkSpec
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
        return spec;
    }
}

/// <summary>Model as its file describes it, without the weights.</summary>
/// <param name="Layout">Layout of the weights, with the network in it.</param>
/// <param name="Vocabulary">The symbols.</param>
/// <param name="Labels">The labels; none in a model without.</param>
/// <param name="Provenance">Origin of the model.</param>
/// <param name="Preparation">Preparation of the training texts.</param>
internal sealed record ModelDescription<TLayout>(
    TLayout Layout,
    Vocabulary Vocabulary,
    IReadOnlyList<string> Labels,
    IReadOnlyDictionary<string, string> Provenance,
    TextPreparation Preparation
)
    where TLayout : RecurrentLayout;

/// <summary>
/// File format of one kind of model, a safetensors file: the weights as <see cref="ModelTensors"/> has them; the
/// network, the labels, the vocabulary and the provenance in the metadata.
/// </summary>
/// <param name="name">The format's name in the metadata.</param>
/// <param name="kind">Name of the kind of model, for messages.</param>
/// <param name="trainer">The trainer that writes such files, for messages.</param>
/// <param name="parse">Reads the network from its JSON text.</param>
/// <param name="layoutOf">Lays out a network's parameters.</param>
/// <param name="create">Makes a model whose weights are zero.</param>
internal sealed class ModelFormat<TModel, TSpec, TLayout>(
    string name,
    string kind,
    string trainer,
    Func<string, TSpec> parse,
    Func<TSpec, TLayout> layoutOf,
    Func<ModelDescription<TLayout>, WeightFormat, TModel> create
)
    where TModel : RecurrentModel
    where TSpec : INetworkSpec
    where TLayout : RecurrentLayout
{
    /// <summary>Reads a model: a run folder, or one file.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public TModel Read(string path, WeightFormat weights = WeightFormat.F32)
    {
        string file = ModelFile.Resolve(path);
        using var opened = SafetensorsFile.Open(file);
        return Read(opened, file, weights);
    }

    /// <summary>A model from a file that was opened; what a checkpoint has besides the model is left alone.</summary>
    public TModel Read(SafetensorsFile file, string path, WeightFormat weights = WeightFormat.F32)
    {
        var model = create(Describe(file, path), weights);
        try
        {
            if (model.CompactWeights is { } compact)
                ModelTensors.Read(file, path, model.Layout, compact);
            else
                ModelTensors.Read(file, path, model.Layout, model.Weights);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Holds a model's file to the format, all but the weights' numbers.</summary>
    /// <exception cref="ModelException">There is no such model, or the file is not one.</exception>
    public void Check(string path)
    {
        string file = ModelFile.Resolve(path);
        using var opened = SafetensorsFile.Open(file);
        Describe(opened, file);
    }

    private ModelDescription<TLayout> Describe(SafetensorsFile file, string path)
    {
        ModelMetadata.RequireFormat(file, path, name, kind, trainer);
        var spec = ModelMetadata.ReadNetwork(file, path, parse);
        var vocabulary = ModelMetadata.ReadVocabulary(file, path, spec.VocabularySize);
        var labels = ModelMetadata.ReadLabels(file, path, spec.LabelCount);
        var layout = layoutOf(spec);
        // Before memory is taken for the weights: what the metadata says of their sizes may be nonsense.
        ModelTensors.Check(file, path, layout);
        var provenance = ModelMetadata.ReadProvenance(file);
        var preparation = ModelMetadata.ReadPreparation(file, path);
        return new(layout, vocabulary, labels, provenance, preparation);
    }

    /// <summary>Whether a model's file is of this format.</summary>
    public bool IsOne(string path)
    {
        using var file = SafetensorsFile.Open(ModelFile.Resolve(path));
        return ModelMetadata.HasFormat(file, name);
    }

    /// <summary>The metadata of a model's file.</summary>
    /// <param name="network">The network as JSON text.</param>
    /// <param name="model">The model.</param>
    public SortedDictionary<string, string> Metadata(string network, RecurrentModel model) =>
        ModelMetadata.Of(name, network, model.Vocabulary, model.Labels, model.Preparation, model.Provenance);
}
