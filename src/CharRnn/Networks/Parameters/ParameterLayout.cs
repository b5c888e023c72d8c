using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The parameters of a language model: embedding, recurrent layers, projections, and a head over all symbols.
/// </summary>
internal sealed class ParameterLayout : RecurrentLayout
{
    private readonly ArenaSlice[] _projections;
    private readonly ArenaSlice _head,
        _headBias;

    /// <summary>Lays out the parameters of a network.</summary>
    public ParameterLayout(ModelSpec spec)
        : base(spec, directions: 1)
    {
        Spec = spec;
        OutputWidth = Padding.RoundUp(spec.OutputSize);
        // The head comes first: of two workers that share a small network, one then has the head and the other the
        // recurrent weights.
        _head = Arena.Add("head weights", SliceForm.Panels, spec.OutputSize, spec.VocabularySize);
        _headBias = Arena.Add("head bias", SliceForm.Row, 1, spec.VocabularySize);
        var embedding = AddEmbedding("embedding", spec.VocabularySize, spec.EmbeddingSize);
        var labelEmbedding = AddEmbedding("label_embedding", spec.LabelCount, spec.LabelEmbeddingSize);
        var place = AddFirstLayer(embedding);
        if (spec.LabelCount > 0)
        {
            var labelWeights = Arena.Add(
                "label weights",
                InputForm(labelEmbedding),
                spec.LabelInputSize,
                spec.CellKind.Gates * HiddenWidth
            );
            place = Beside(place, spec.SymbolInputSize, InputPlace(labelWeights, isOneHot: labelEmbedding is null));
            Labels = new InputFeature(
                spec.LabelCount,
                spec.LabelEmbeddingSize,
                Activation.None,
                labelEmbedding,
                labelWeights
            );
        }
        NameLayer(spec.InputSize(0), place);
        for (int layer = 1; layer < spec.NumLayers; layer++)
            NameLayer(spec.InputSize(layer), AddLayer(spec.InputSize(layer)));
        _projections = new ArenaSlice[spec.ProjectionSize > 0 ? spec.NumLayers : 0];
        for (int layer = 0; layer < _projections.Length; layer++)
        {
            _projections[layer] = Arena.Add(
                $"layer {layer} projection",
                SliceForm.Panels,
                spec.HiddenSize,
                spec.ProjectionSize
            );
            AddTensor(
                $"projection.weight_l{layer}",
                spec.ProjectionSize,
                spec.HiddenSize,
                PanelOrder(_projections[layer])
            );
        }
        AddTensor("head.weight", spec.VocabularySize, spec.OutputSize, PanelOrder(_head));
        AddTensor("head.bias", spec.VocabularySize, 1, PanelOrder(_headBias), isVector: true);
    }

    /// <summary>The network.</summary>
    public ModelSpec Spec { get; }

    /// <summary>P, or H without a projection, padded.</summary>
    public int OutputWidth { get; }

    /// <summary>The labels as input feature of the first layer; null without labels.</summary>
    internal InputFeature? Labels { get; }

    /// <summary>(H, P), where there are projections.</summary>
    internal Panels Projection(Arena arena, int layer) => arena.Panels(_projections[layer]);

    /// <inheritdoc cref="Projection(Arena, int)"/>
    internal WeightPanels Projection(ForwardWeights weights, int layer) => weights.Panels(_projections[layer]);

    /// <summary>(P, or H without a projection; V).</summary>
    internal Panels Head(Arena arena) => arena.Panels(_head);

    /// <inheritdoc cref="Head(Arena)"/>
    internal WeightPanels Head(ForwardWeights weights) => weights.Panels(_head);

    /// <summary>(1, V).</summary>
    internal Matrix HeadBias(ForwardWeights weights) => weights.Row(_headBias);

    /// <summary>Two tensors' columns beside each other.</summary>
    private static Func<int, int, long> Beside(
        Func<int, int, long> left,
        int leftColumns,
        Func<int, int, long> right
    ) => (row, column) => column < leftColumns ? left(row, column) : right(row, column - leftColumns);
}
