using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// Layout of a network's parameters in an arena, with their names in files: the part that all networks share, embedding
/// and recurrent layers. A head adds its own. The same layout serves weights, gradients and the optimizer's moments.
/// </summary>
/// <remarks>
/// H, V, E and each gate are padded to <see cref="Padding.Unit"/>. Weights are panels of (inputs, outputs); a first
/// layer fed one-hot keeps one row for each symbol instead, which is read directly. A layer that reads in two
/// directions is two of the numbered layers here, the forward one first.
/// </remarks>
internal abstract class RecurrentLayout
{
    internal const string ReverseSuffix = "_reverse";

    private readonly Cell _cell;
    private readonly List<LayerSlices> _layers = [];
    private readonly List<ParameterTensor> _tensors = [];
    private readonly List<InputFeature> _symbols = [];

    private protected RecurrentLayout(INetworkSpec network, int directions)
    {
        network.Validate();
        (Network, Directions, _cell) = (network, directions, network.CellKind);
        (HiddenWidth, FeedbackWidth) = (Padding.RoundUp(network.HiddenSize), Padding.RoundUp(network.FeedbackSize));
    }

    /// <summary>The network.</summary>
    internal INetworkSpec Network { get; }

    /// <summary>Numbered layers that read the same input: 2 with both directions.</summary>
    internal int Directions { get; }

    /// <summary>H, padded.</summary>
    public int HiddenWidth { get; }

    /// <summary>Columns of a layer that are fed back, padded: all but those of units that only go up.</summary>
    internal int FeedbackWidth { get; }

    /// <summary>The arena's plan.</summary>
    internal ArenaLayout Arena { get; } = new();

    /// <summary>
    /// The trained tensors. Those of split gates' own biases (gru's b_hn) are called <c>rnn.bias_hn_l{k}</c> here,
    /// where they are all that is trained of <c>rnn.bias_hh_l{k}</c>; files hold them as its last part.
    /// </summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>Number of trained parameters.</summary>
    public long ParameterCount => _tensors.Sum(tensor => (long)tensor.Count);

    /// <summary>Number of numbered layers.</summary>
    internal int LayerCount => _layers.Count;

    /// <summary>Whether a numbered layer reads symbols, and not what layers below hand on.</summary>
    internal bool IsFirst(int layer) => layer < Directions;

    /// <summary>
    /// PyTorch's suffix of the names of a numbered layer's tensors: <c>l0</c>, <c>l0_reverse</c>, <c>l1</c> …
    /// </summary>
    internal string SuffixOf(int layer) => $"l{layer / Directions}{(layer % Directions == 1 ? ReverseSuffix : "")}";

    /// <summary>The symbols as input feature of a layer that reads them.</summary>
    internal InputFeature Symbols(int layer) => _symbols[layer];

    /// <summary>(inputs, G·H); of a layer that reads symbols, those of the symbols.</summary>
    internal Panels InputWeights(Arena arena, int layer) => arena.Panels(_layers[layer].Input);

    /// <inheritdoc cref="InputWeights(Arena, int)"/>
    internal WeightPanels InputWeights(ForwardWeights weights, int layer) => weights.Panels(_layers[layer].Input);

    /// <summary>(H, or as many as are fed back; G·H).</summary>
    internal Panels RecurrentWeights(Arena arena, int layer) => arena.Panels(_layers[layer].Recurrent);

    /// <inheritdoc cref="RecurrentWeights(Arena, int)"/>
    internal WeightPanels RecurrentWeights(ForwardWeights weights, int layer) =>
        weights.Panels(_layers[layer].Recurrent);

    /// <summary>(1, G·H).</summary>
    internal Matrix Bias(ForwardWeights weights, int layer) => weights.Row(_layers[layer].Bias);

    /// <summary>
    /// (1, split gates · H): the bias of the recurrent products that stand apart; empty where the cell has none.
    /// </summary>
    internal Matrix RecurrentBias(ForwardWeights weights, int layer)
    {
        if (_cell.SplitGates == 0)
            return default;
        int width = _cell.SplitGates * HiddenWidth;
        var all = weights.Row(_layers[layer].RecurrentBias!);
        return all.ColumnRange(all.Columns - width, width);
    }

    /// <summary>
    /// (1, shared gates · H): the second bias of the gates that see the sum of both products; empty where there is only
    /// one.
    /// </summary>
    internal Matrix SecondBias(ForwardWeights weights, int layer) =>
        Network.Biases == BiasMode.Double
            ? weights.Row(_layers[layer].RecurrentBias!).ColumnRange(0, _cell.SharedGates * HiddenWidth)
            : default;

    /// <summary>
    /// Lays out the embedding of symbols or labels; null where they are fed one-hot, or there are none.
    /// </summary>
    private protected ArenaSlice? AddEmbedding(string name, int count, int size)
    {
        if (count == 0 || size == 0)
            return null;
        var slice = Arena.Add(name, SliceForm.Rows, count, size);
        AddTensor($"{name}.weight", count, size, RowMajor(slice));
        return slice;
    }

    /// <summary>Lays out the next numbered layer, which reads symbols.</summary>
    /// <param name="embedding">(V, E); null where they are fed one-hot.</param>
    /// <returns>Places of its input weights, and their order.</returns>
    private protected Func<int, int, long> AddFirstLayer(ArenaSlice? embedding)
    {
        var weights = AddSlices(
            embedding is null ? Network.VocabularySize : Network.EmbeddingSize,
            InputForm(embedding)
        );
        _symbols.Add(
            new InputFeature(
                Network.VocabularySize,
                Network.EmbeddingSize,
                Network.EmbeddingActivation,
                embedding,
                weights
            )
        );
        return InputPlace(weights, isOneHot: embedding is null);
    }

    /// <summary>Lays out the next numbered layer, which takes in what is below.</summary>
    /// <param name="inputRows">Number of inputs, with the padding between them.</param>
    /// <param name="inputPlace">Place of each input among those; its own number by default.</param>
    /// <returns>Places of its input weights, and their order.</returns>
    private protected Func<int, int, long> AddLayer(int inputRows, Func<int, int>? inputPlace = null) =>
        PanelOrder(AddSlices(inputRows, SliceForm.Panels), inputPlace);

    /// <summary>Names the tensors of the layer that was laid out last.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="inputPlace">Place of its input weights.</param>
    private protected void NameLayer(int inputs, Func<int, int, long> inputPlace)
    {
        int layer = _layers.Count - 1,
            gates = _cell.Gates,
            hidden = Network.HiddenSize;
        var slices = _layers[layer];
        string suffix = SuffixOf(layer);
        AddTensor($"rnn.weight_ih_{suffix}", gates * hidden, inputs, Gated(inputPlace));
        AddTensor($"rnn.weight_hh_{suffix}", gates * hidden, Network.FeedbackSize, Gated(PanelOrder(slices.Recurrent)));
        AddTensor($"rnn.bias_ih_{suffix}", gates * hidden, 1, Gated(PanelOrder(slices.Bias)), isVector: true);
        if (slices.RecurrentBias is { } recurrentBias)
            AddTensor(
                RecurrentBiasName(layer),
                RecurrentBiasGates * hidden,
                1,
                Gated(PanelOrder(recurrentBias)),
                isVector: true
            );
    }

    /// <summary>Names a tensor and says where its elements are.</summary>
    private protected void AddTensor(
        string name,
        int rows,
        int columns,
        Func<int, int, long> place,
        bool isVector = false
    ) => _tensors.Add(new ParameterTensor(name, rows, columns, isVector, place));

    /// <summary>Weights for what is embedded are panels; for what is fed one-hot they are rows, one for each.</summary>
    private protected static SliceForm InputForm(ArenaSlice? embedding) =>
        embedding is null ? SliceForm.Rows : SliceForm.Panels;

    /// <summary>Places of such weights.</summary>
    private protected static Func<int, int, long> InputPlace(ArenaSlice slice, bool isOneHot) =>
        isOneHot ? RowMajorTransposed(slice) : PanelOrder(slice);

    private protected static Func<int, int, long> RowMajor(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)row * slice.Columns + column;

    /// <summary>Panels, whose inputs may have padding between them.</summary>
    private protected static Func<int, int, long> PanelOrder(ArenaSlice slice, Func<int, int>? inputPlace = null) =>
        (output, input) =>
            slice.Start
            + ((long)(output / Padding.Unit) * slice.Rows + (inputPlace?.Invoke(input) ?? input)) * Padding.Unit
            + output % Padding.Unit;

    /// <summary>The name of the biases that split gates have of their own.</summary>
    internal string SplitBiasName(int layer) => $"rnn.bias_hn_{SuffixOf(layer)}";

    /// <summary>PyTorch's name, unless only a part of what PyTorch calls so is trained.</summary>
    private string RecurrentBiasName(int layer) =>
        Network.Biases == BiasMode.Double ? $"rnn.bias_hh_{SuffixOf(layer)}" : SplitBiasName(layer);

    /// <summary>Gates, the last ones, with a bias on the recurrent side.</summary>
    private int RecurrentBiasGates => Network.Biases == BiasMode.Double ? _cell.Gates : _cell.SplitGates;

    /// <summary>PyTorch's row g·H + j is output g·(padded H) + j here.</summary>
    private Func<int, int, long> Gated(Func<int, int, long> place)
    {
        int hidden = Network.HiddenSize,
            width = HiddenWidth;
        return (row, column) => place(row / hidden * width + row % hidden, column);
    }

    private ArenaSlice AddSlices(int inputRows, SliceForm inputForm)
    {
        int layer = _layers.Count,
            gates = _cell.Gates;
        _layers.Add(
            new LayerSlices(
                Arena.Add($"layer {layer} input weights", inputForm, inputRows, gates * HiddenWidth),
                Arena.Add(
                    $"layer {layer} recurrent weights",
                    SliceForm.Panels,
                    Network.FeedbackSize,
                    gates * HiddenWidth
                ),
                Arena.Add($"layer {layer} bias", SliceForm.Row, 1, gates * HiddenWidth),
                RecurrentBiasGates > 0
                    ? Arena.Add($"layer {layer} recurrent bias", SliceForm.Row, 1, RecurrentBiasGates * HiddenWidth)
                    : null
            )
        );
        return _layers[layer].Input;
    }

    private static Func<int, int, long> RowMajorTransposed(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)column * slice.Columns + row;

    private sealed record LayerSlices(
        ArenaSlice Input,
        ArenaSlice Recurrent,
        ArenaSlice Bias,
        ArenaSlice? RecurrentBias
    );
}

/// <summary>
/// Input feature of the first layer, symbols or labels: how many there are, how they are embedded, and where their
/// weights lie. PyTorch has them joined, [symbol ‖ label], and their weights beside each
/// other in <c>rnn.weight_ih_l0</c>; here each has weights of its own, since the products are taken apart.
/// </summary>
/// <param name="count">V symbols, or how many labels.</param>
/// <param name="embeddingSize">E, or the same of labels; 0: they are fed one-hot.</param>
/// <param name="activation">Activation of embeddings.</param>
/// <param name="embedding">(count, E); null where they are fed one-hot.</param>
/// <param name="weights">(E, or count; G·H).</param>
internal sealed class InputFeature(
    int count,
    int embeddingSize,
    Activation activation,
    ArenaSlice? embedding,
    ArenaSlice weights
)
{
    /// <summary>Number of symbols or labels.</summary>
    public int Count { get; } = count;

    /// <summary>Numbers in an embedding; 0: one-hot.</summary>
    public int EmbeddingSize { get; } = embeddingSize;

    /// <summary>Activation of an embedding.</summary>
    public Activation Activation { get; } = activation;

    /// <summary>Whether they are fed one-hot.</summary>
    public bool IsOneHot => embedding is null;

    /// <summary>(count, E), or empty when they are fed one-hot.</summary>
    public Matrix Embedding(Arena arena) => embedding is null ? default : arena.Matrix(embedding);

    /// <summary>(count, E), unless they are fed one-hot.</summary>
    public WeightRows Embedding(ForwardWeights values) => values.Rows(embedding!);

    /// <summary>(E, G·H).</summary>
    public Panels Weights(Arena arena) => arena.Panels(weights);

    /// <inheritdoc cref="Weights(Arena)"/>
    public WeightPanels Weights(ForwardWeights values) => values.Panels(weights);

    /// <summary>(count, G·H), when they are fed one-hot: a row for each.</summary>
    public Matrix Rows(Arena arena) => arena.Matrix(weights);

    /// <inheritdoc cref="Rows(Arena)"/>
    public WeightRows Rows(ForwardWeights values) => values.Rows(weights);
}
