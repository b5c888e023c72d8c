using CharRnn.Cells;
using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>
/// Where a network's parameters lie in an arena, and what they are called outside. The same plan serves weights, gradients and the optimiser's moments.
/// </summary>
/// <remarks>
/// H, V, E, P and each gate are padded to <see cref="Padding.Unit"/>. Weights are panels of (inputs, outputs); a first layer fed one-hot keeps one row
/// for each symbol instead, which is read directly.
/// </remarks>
public sealed class ParameterLayout
{
    private readonly Cell _cell;
    private readonly LayerSlices[] _layers;
    private readonly ArenaSlice[] _projections;
    private readonly ArenaSlice _head, _headBias;
    private readonly List<ParameterTensor> _tensors = [];

    /// <summary>Lays out the parameters of a network.</summary>
    public ParameterLayout(ModelSpec spec)
    {
        spec.Validate();
        Spec = spec;
        _cell = spec.CellKind;
        HiddenWidth = Padding.RoundUp(spec.HiddenSize);
        OutputWidth = Padding.RoundUp(spec.OutputSize);
        int gates = _cell.Gates, hidden = spec.HiddenSize;
        // The head comes first: of two workers who share out a small network, one then has the head and the other the recurrent weights.
        _head = Arena.Add("head weights", spec.OutputSize, spec.VocabularySize);
        _headBias = Arena.Add("head bias", 1, spec.VocabularySize);
        var embedding = AddEmbedding("embedding", spec.VocabularySize, spec.EmbeddingSize);
        var labelEmbedding = AddEmbedding("label_embedding", spec.LabelCount, spec.LabelEmbeddingSize);
        _layers = new LayerSlices[spec.NumLayers];
        for (int layer = 0; layer < spec.NumLayers; layer++)
        {
            int inputs = spec.InputSize(layer), ownInputs = layer == 0 ? spec.SymbolInputSize : inputs;
            var slices = _layers[layer] = new LayerSlices(
                Arena.Add($"layer {layer} input weights", ownInputs, gates * HiddenWidth),
                Arena.Add($"layer {layer} recurrent weights", hidden, gates * HiddenWidth),
                Arena.Add($"layer {layer} bias", 1, gates * HiddenWidth),
                RecurrentBiasGates > 0 ? Arena.Add($"layer {layer} recurrent bias", 1, RecurrentBiasGates * HiddenWidth) : null);
            var place = layer == 0 ? InputPlace(slices.Input, isOneHot: embedding is null) : PanelOrder(slices.Input);
            if (layer == 0 && spec.LabelCount > 0)
            {
                var labelWeights = Arena.Add("label weights", spec.LabelInputSize, gates * HiddenWidth);
                place = Beside(place, ownInputs, InputPlace(labelWeights, isOneHot: labelEmbedding is null));
                Labels = new InputPart(spec.LabelCount, spec.LabelEmbeddingSize, Activation.None, labelEmbedding, labelWeights);
            }
            AddTensor($"rnn.weight_ih_l{layer}", gates * hidden, inputs, Gated(place));
            AddTensor($"rnn.weight_hh_l{layer}", gates * hidden, hidden, Gated(PanelOrder(slices.Recurrent)));
            AddTensor($"rnn.bias_ih_l{layer}", gates * hidden, 1, Gated(PanelOrder(slices.Bias)), isVector: true);
            if (slices.RecurrentBias is { } recurrentBias)
                AddTensor(RecurrentBiasName(layer), RecurrentBiasGates * hidden, 1, Gated(PanelOrder(recurrentBias)), isVector: true);
        }
        Symbols = new InputPart(spec.VocabularySize, spec.EmbeddingSize, spec.EmbeddingActivation, embedding, _layers[0].Input);
        _projections = new ArenaSlice[spec.ProjectionSize > 0 ? spec.NumLayers : 0];
        for (int layer = 0; layer < _projections.Length; layer++)
        {
            _projections[layer] = Arena.Add($"layer {layer} projection", hidden, spec.ProjectionSize);
            AddTensor($"projection.weight_l{layer}", spec.ProjectionSize, hidden, PanelOrder(_projections[layer]));
        }
        AddTensor("head.weight", spec.VocabularySize, spec.OutputSize, PanelOrder(_head));
        AddTensor("head.bias", spec.VocabularySize, 1, PanelOrder(_headBias), isVector: true);
    }

    /// <summary>The network.</summary>
    public ModelSpec Spec { get; }

    /// <summary>H, padded.</summary>
    public int HiddenWidth { get; }

    /// <summary>P, or H without a projection, padded.</summary>
    public int OutputWidth { get; }

    /// <summary>The arena's plan.</summary>
    public ArenaLayout Arena { get; } = new();

    /// <summary>
    /// The trained tensors. Those of split gates' own biases (gru's b_hn) are called <c>rnn.bias_hn_l{k}</c> here, where they are all that is trained of <c>rnn.bias_hh_l{k}</c>; files hold them as its last part.
    /// </summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>How many numbers are trained.</summary>
    public long ParameterCount => _tensors.Sum(tensor => (long)tensor.Count);

    /// <summary>The name of the biases that split gates have of their own.</summary>
    public static string SplitBiasName(int layer) => $"rnn.bias_hn_l{layer}";

    /// <summary>What the first layer is fed of symbols.</summary>
    internal InputPart Symbols { get; }

    /// <summary>What it is fed of labels; null where there are none.</summary>
    internal InputPart? Labels { get; }

    /// <summary>(inputs, G·H); of the first layer, those of the symbols.</summary>
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
    internal Matrix SecondBias(Arena arena, int layer) => Spec.Biases == BiasMode.Double
        ? arena.Matrix(_layers[layer].RecurrentBias!).ColumnRange(0, _cell.SharedGates * HiddenWidth)
        : default;

    /// <summary>(H, P), where there are projections.</summary>
    internal Panels Projection(Arena arena, int layer) => arena.Panels(_projections[layer]);

    /// <summary>(P, or H without a projection; V).</summary>
    internal Panels Head(Arena arena) => arena.Panels(_head);

    /// <summary>(1, V).</summary>
    internal Matrix HeadBias(Arena arena) => arena.Matrix(_headBias);

    /// <summary>How many gates, the last ones, have a bias on the recurrent side.</summary>
    private int RecurrentBiasGates => Spec.Biases == BiasMode.Double ? _cell.Gates : _cell.SplitGates;

    /// <summary>PyTorch's name, unless only a part of what PyTorch calls so is trained.</summary>
    private string RecurrentBiasName(int layer) => Spec.Biases == BiasMode.Double ? $"rnn.bias_hh_l{layer}" : SplitBiasName(layer);

    /// <summary>The embedding of symbols or labels; null where they are fed one-hot, or there are none.</summary>
    private ArenaSlice? AddEmbedding(string name, int count, int size)
    {
        if (count == 0 || size == 0) return null;
        var slice = Arena.Add(name, count, size);
        AddTensor($"{name}.weight", count, size, RowMajor(slice));
        return slice;
    }

    private void AddTensor(string name, int rows, int columns, Func<int, int, long> place, bool isVector = false) =>
        _tensors.Add(new ParameterTensor(name, rows, columns, isVector, place));

    /// <summary>PyTorch's row g·H + j is output g·(padded H) + j here.</summary>
    private Func<int, int, long> Gated(Func<int, int, long> place)
    {
        int hidden = Spec.HiddenSize, width = HiddenWidth;
        return (row, column) => place(row / hidden * width + row % hidden, column);
    }

    /// <summary>A first layer's weights for what is embedded are panels; for what is fed one-hot they are rows, one for each.</summary>
    private static Func<int, int, long> InputPlace(ArenaSlice slice, bool isOneHot) => isOneHot ? RowMajorTransposed(slice) : PanelOrder(slice);

    /// <summary>Two tensors' columns beside each other.</summary>
    private static Func<int, int, long> Beside(Func<int, int, long> left, int leftColumns, Func<int, int, long> right) =>
        (row, column) => column < leftColumns ? left(row, column) : right(row, column - leftColumns);

    private static Func<int, int, long> RowMajor(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)row * slice.Columns + column;

    private static Func<int, int, long> RowMajorTransposed(ArenaSlice slice) =>
        (row, column) => slice.Start + (long)column * slice.Columns + row;

    private static Func<int, int, long> PanelOrder(ArenaSlice slice) =>
        (output, input) => slice.Start + ((long)(output / Padding.Unit) * slice.Rows + input) * Padding.Unit + output % Padding.Unit;

    private sealed record LayerSlices(ArenaSlice Input, ArenaSlice Recurrent, ArenaSlice Bias, ArenaSlice? RecurrentBias);
}
