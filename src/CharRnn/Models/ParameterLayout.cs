using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>The parameters of a language model: embedding, recurrent layers, projections, and a head over all symbols.</summary>
public sealed class ParameterLayout : RecurrentLayout
{
    private readonly ArenaSlice[] _projections;
    private readonly ArenaSlice _head, _headBias;

    /// <summary>Lays out the parameters of a network.</summary>
    public ParameterLayout(ModelSpec spec) : base(spec, directions: 1)
    {
        Spec = spec;
        OutputWidth = Padding.RoundUp(spec.OutputSize);
        // The head comes first: of two workers who share out a small network, one then has the head and the other the recurrent weights.
        _head = Arena.Add("head weights", spec.OutputSize, spec.VocabularySize);
        _headBias = Arena.Add("head bias", 1, spec.VocabularySize);
        AddEmbedding();
        if (spec.LabelCount > 0) Labels = AddInputPart("label", spec.LabelCount, spec.LabelEmbeddingSize);
        AddLayer(spec.SymbolInputSize, inputRows: spec.SymbolInputSize, beside: Labels);
        for (int layer = 1; layer < spec.NumLayers; layer++) AddLayer(spec.InputSize(layer), inputRows: spec.InputSize(layer));
        _projections = new ArenaSlice[spec.ProjectionSize > 0 ? spec.NumLayers : 0];
        for (int layer = 0; layer < _projections.Length; layer++)
        {
            _projections[layer] = Arena.Add($"layer {layer} projection", spec.HiddenSize, spec.ProjectionSize);
            AddTensor($"projection.weight_l{layer}", spec.ProjectionSize, spec.HiddenSize, PanelOrder(_projections[layer]));
        }
        AddTensor("head.weight", spec.VocabularySize, spec.OutputSize, PanelOrder(_head));
        AddTensor("head.bias", spec.VocabularySize, 1, PanelOrder(_headBias), isVector: true);
    }

    /// <summary>The network.</summary>
    public ModelSpec Spec { get; }

    /// <summary>P, or H without a projection, padded.</summary>
    public int OutputWidth { get; }

    /// <summary>What the first layer is fed of labels; null where there are none.</summary>
    internal InputPart? Labels { get; }

    /// <summary>(H, P), where there are projections.</summary>
    internal Panels Projection(Arena arena, int layer) => arena.Panels(_projections[layer]);

    /// <summary>(P, or H without a projection; V).</summary>
    internal Panels Head(Arena arena) => arena.Panels(_head);

    /// <summary>(1, V).</summary>
    internal Matrix HeadBias(Arena arena) => arena.Matrix(_headBias);
}
