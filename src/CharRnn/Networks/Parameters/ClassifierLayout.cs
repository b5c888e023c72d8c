using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The parameters of a classifier: embedding, recurrent layers, attention where pooling has it, and a head over the
/// labels. What both directions of a layer hand on stands side by side, each padded: [forward ‖ backward] is columns 0
/// … H − 1 and W … W + H − 1, W being H padded; PyTorch's column H + j is W + j here.
/// </summary>
internal sealed class ClassifierLayout : RecurrentLayout
{
    private readonly ArenaSlice _head,
        _headBias;
    private readonly ArenaSlice? _embedding,
        _attention;

    /// <summary>Lays out the parameters of a network.</summary>
    public ClassifierLayout(ClassifierSpec spec)
        : base(spec, spec.Directions)
    {
        Spec = spec;
        JoinedWidth = Directions * HiddenWidth;
        // Padding after the last unit of the last direction needs no weights.
        int joinedRows = JoinedWidth - HiddenWidth + spec.HiddenSize;
        _head = Arena.Add("head weights", SliceForm.Panels, joinedRows, spec.LabelCount);
        _headBias = Arena.Add("head bias", SliceForm.Row, 1, spec.LabelCount);
        _embedding = AddEmbedding("embedding", spec.VocabularySize, spec.EmbeddingSize);
        for (int layer = 0; layer < spec.NumLayers; layer++)
        {
            for (int direction = 0; direction < Directions; direction++)
                NameLayer(
                    spec.InputSize(layer),
                    layer == 0 ? AddFirstLayer(_embedding) : AddLayer(joinedRows, JoinedPlace)
                );
        }
        if (spec.Pooling == Pooling.Attention)
        {
            _attention = Arena.Add("attention", SliceForm.Row, 1, JoinedWidth);
            AddTensor("attention.weight", 1, spec.OutputSize, (_, column) => _attention.Start + JoinedPlace(column));
        }
        AddTensor("head.weight", spec.LabelCount, spec.OutputSize, PanelOrder(_head, JoinedPlace));
        AddTensor("head.bias", spec.LabelCount, 1, PanelOrder(_headBias), isVector: true);
    }

    /// <summary>The network.</summary>
    public ClassifierSpec Spec { get; }

    /// <summary>Columns of what a layer hands on: H padded, of each direction.</summary>
    public int JoinedWidth { get; }

    /// <summary>(V, E), or empty when symbols are fed one-hot.</summary>
    internal Matrix Embedding(Arena arena) => _embedding is null ? default : arena.Matrix(_embedding);

    /// <summary>(joined, labels).</summary>
    internal Panels Head(Arena arena) => arena.Panels(_head);

    /// <inheritdoc cref="Head(Arena)"/>
    internal WeightPanels Head(ForwardWeights weights) => weights.Panels(_head);

    /// <summary>(1, labels).</summary>
    internal Matrix HeadBias(ForwardWeights weights) => weights.Row(_headBias);

    /// <summary>(1, joined): attention's query, which multiplies each state; empty with other pooling.</summary>
    internal Matrix Attention(ForwardWeights weights) => _attention is null ? default : weights.Row(_attention);

    private int JoinedPlace(int column) => column / Spec.HiddenSize * HiddenWidth + column % Spec.HiddenSize;
}
