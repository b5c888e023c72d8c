using CharRnn.Cells;
using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>
/// Where a network's parameters lie in an arena, and what they are called outside: what all networks have of it, embedding and recurrent layers. A head adds its own.
/// The same plan serves weights, gradients and the optimiser's moments.
/// </summary>
/// <remarks>
/// H, V, E and each gate are padded to <see cref="Padding.Unit"/>. Weights are panels of (inputs, outputs); a first layer fed one-hot keeps one row
/// for each symbol instead, which is read directly. A layer that reads in two directions is two of the numbered layers here, the forward one first.
/// </remarks>
public abstract class RecurrentLayout
{
    internal const string ReverseSuffix = "_reverse";

    private readonly Cell _cell;
    private readonly List<LayerSlices> _layers = [];
    private readonly List<ParameterTensor> _tensors = [];
    private ArenaSlice? _embedding;

    private protected RecurrentLayout(INetworkSpec network, int directions)
    {
        network.Validate();
        (Network, Directions, _cell) = (network, directions, network.CellKind);
        HiddenWidth = Padding.RoundUp(network.HiddenSize);
    }

    /// <summary>The network.</summary>
    internal INetworkSpec Network { get; }

    /// <summary>How many of the numbered layers read the same input: 2 with both directions.</summary>
    internal int Directions { get; }

    /// <summary>H, padded.</summary>
    public int HiddenWidth { get; }

    /// <summary>The arena's plan.</summary>
    public ArenaLayout Arena { get; } = new();

    /// <summary>
    /// The trained tensors. Those of split gates' own biases (gru's b_hn) are called <c>rnn.bias_hn_l{k}</c> here, where they are all that is trained of <c>rnn.bias_hh_l{k}</c>; files hold them as its last part.
    /// </summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>How many numbers are trained.</summary>
    public long ParameterCount => _tensors.Sum(tensor => (long)tensor.Count);

    /// <summary>How many numbered layers there are.</summary>
    internal int LayerCount => _layers.Count;

    /// <summary>Whether a numbered layer reads symbols, and not what layers below hand on.</summary>
    internal bool IsFirst(int layer) => layer < Directions;

    /// <summary>What PyTorch appends to the names of a numbered layer's tensors: <c>l0</c>, <c>l0_reverse</c>, <c>l1</c> …</summary>
    internal string SuffixOf(int layer) => $"l{layer / Directions}{(layer % Directions == 1 ? ReverseSuffix : "")}";

    /// <summary>(V, E), or empty when symbols are fed one-hot.</summary>
    internal Matrix Embedding(Arena arena) => _embedding is null ? default : arena.Matrix(_embedding);

    /// <summary>What a numbered first layer is fed of symbols.</summary>
    internal InputPart Symbols(int layer) =>
        new(Network.VocabularySize, Network.EmbeddingSize, Network.EmbeddingActivation, _embedding, _layers[layer].Input);

    /// <summary>(inputs, G·H); of a first layer, those of the symbols.</summary>
    internal Panels InputWeights(Arena arena, int layer) => arena.Panels(_layers[layer].Input);

    /// <summary>(H, G·H).</summary>
    internal Panels RecurrentWeights(Arena arena, int layer) => arena.Panels(_layers[layer].Recurrent);

    /// <summary>(1, G·H).</summary>
    internal Matrix Bias(Arena arena, int layer) => arena.Matrix(_layers[layer].Bias);

    /// <summary>(1, split gates · H): the bias of the recurrent products that stand apart; empty where the cell has none.</summary>
    internal Matrix RecurrentBias(Arena arena, int layer)
    {
        if (_cell.SplitGates == 0) return default;
        int width = _cell.SplitGates * HiddenWidth;
        var all = arena.Matrix(_layers[layer].RecurrentBias!);
        return all.ColumnRange(all.Columns - width, width);
    }

    /// <summary>(1, shared gates · H): the second bias of the gates that see the sum of both products; empty where there is only one.</summary>
    internal Matrix SecondBias(Arena arena, int layer) => Network.Biases == BiasMode.Double
        ? arena.Matrix(_layers[layer].RecurrentBias!).ColumnRange(0, _cell.SharedGates * HiddenWidth)
        : default;

    /// <summary>Lays out the embedding, if there is one.</summary>
    private protected void AddEmbedding() => _embedding = AddEmbedding("embedding", Network.VocabularySize, Network.EmbeddingSize);

    /// <summary>Lays out what the first layer is fed besides symbols.</summary>
    /// <param name="name">What its things are called, in the singular.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="embeddingSize">Numbers in an embedding; 0: one-hot.</param>
    private protected InputPart AddInputPart(string name, int count, int embeddingSize)
    {
        var embedding = AddEmbedding($"{name}_embedding", count, embeddingSize);
        var weights = Arena.Add($"{name} weights", embedding is null ? count : embeddingSize, _cell.Gates * HiddenWidth);
        return new InputPart(count, embeddingSize, Activation.None, embedding, weights);
    }

    /// <summary>Lays out the next numbered layer.</summary>
    /// <param name="inputs">How many numbers it takes in.</param>
    /// <param name="inputRows">The same, with the padding between them.</param>
    /// <param name="inputPlace">Where among those each of them stands; its own number by default.</param>
    /// <param name="beside">What else it takes in, joined to those; null for nothing.</param>
    private protected void AddLayer(int inputs, int inputRows, Func<int, int>? inputPlace = null, InputPart? beside = null)
    {
        int layer = _layers.Count, gates = _cell.Gates, hidden = Network.HiddenSize;
        string name = layer.ToString(System.Globalization.CultureInfo.InvariantCulture), suffix = SuffixOf(layer);
        var slices = new LayerSlices(
            Arena.Add($"layer {name} input weights", inputRows, gates * HiddenWidth),
            Arena.Add($"layer {name} recurrent weights", hidden, gates * HiddenWidth),
            Arena.Add($"layer {name} bias", 1, gates * HiddenWidth),
            RecurrentBiasGates > 0 ? Arena.Add($"layer {name} recurrent bias", 1, RecurrentBiasGates * HiddenWidth) : null);
        _layers.Add(slices);
        bool readsRows = IsFirst(layer) && _embedding is null;
        var inputOrder = readsRows ? RowMajorTransposed(slices.Input) : PanelOrder(slices.Input, inputPlace);
        if (beside is not null) inputOrder = Joined(inputOrder, inputs, beside.IsOneHot ? RowMajorTransposed(beside.WeightSlice) : PanelOrder(beside.WeightSlice));
        AddTensor($"rnn.weight_ih_{suffix}", gates * hidden, inputs + (beside?.InputSize ?? 0), Gated(inputOrder));
        AddTensor($"rnn.weight_hh_{suffix}", gates * hidden, hidden, Gated(PanelOrder(slices.Recurrent)));
        AddTensor($"rnn.bias_ih_{suffix}", gates * hidden, 1, Gated(PanelOrder(slices.Bias)), isVector: true);
        if (slices.RecurrentBias is { } recurrentBias)
        {
            // PyTorch's name, unless only a part of what PyTorch calls so is trained.
            string biasName = Network.Biases == BiasMode.Double ? $"rnn.bias_hh_{suffix}" : SplitBiasName(layer);
            AddTensor(biasName, RecurrentBiasGates * hidden, 1, Gated(PanelOrder(recurrentBias)), isVector: true);
        }
    }

    /// <summary>Names a tensor and says where its elements are.</summary>
    private protected void AddTensor(string name, int rows, int columns, Func<int, int, long> place, bool isVector = false) =>
        _tensors.Add(new ParameterTensor(name, rows, columns, isVector, place));

    private protected static Func<int, int, long> RowMajor(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)row * slice.Columns + column;

    /// <summary>Panels, whose inputs may have padding between them.</summary>
    private protected static Func<int, int, long> PanelOrder(ArenaSlice slice, Func<int, int>? inputPlace = null) =>
        (output, input) => slice.Start + ((long)(output / Padding.Unit) * slice.Rows + (inputPlace?.Invoke(input) ?? input)) * Padding.Unit + output % Padding.Unit;

    /// <summary>The name of the biases that split gates have of their own.</summary>
    internal string SplitBiasName(int layer) => $"rnn.bias_hn_{SuffixOf(layer)}";

    /// <summary>How many gates, the last ones, have a bias on the recurrent side.</summary>
    private int RecurrentBiasGates => Network.Biases == BiasMode.Double ? _cell.Gates : _cell.SplitGates;

    /// <summary>PyTorch's row g·H + j is output g·(padded H) + j here.</summary>
    private Func<int, int, long> Gated(Func<int, int, long> place)
    {
        int hidden = Network.HiddenSize, width = HiddenWidth;
        return (row, column) => place(row / hidden * width + row % hidden, column);
    }

    /// <summary>The embedding of symbols or other things; null where they are fed one-hot.</summary>
    private ArenaSlice? AddEmbedding(string name, int count, int size)
    {
        if (size == 0) return null;
        var slice = Arena.Add(name, count, size);
        AddTensor($"{name}.weight", count, size, RowMajor(slice));
        return slice;
    }

    /// <summary>The columns of two tensors beside each other.</summary>
    private static Func<int, int, long> Joined(Func<int, int, long> left, int leftColumns, Func<int, int, long> right) =>
        (row, column) => column < leftColumns ? left(row, column) : right(row, column - leftColumns);

    private static Func<int, int, long> RowMajorTransposed(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)column * slice.Columns + row;

    private sealed record LayerSlices(ArenaSlice Input, ArenaSlice Recurrent, ArenaSlice Bias, ArenaSlice? RecurrentBias);
}
