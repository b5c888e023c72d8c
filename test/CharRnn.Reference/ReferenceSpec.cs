namespace CharRnn.Reference;

/// <summary>
/// Architecture of a reference model: V = Vocabulary, H = Hidden, L = Layers, E = Embedding, P = Projection.
/// </summary>
/// <param name="Cell">A name in <see cref="ReferenceCells.All"/>.</param>
/// <param name="Vocabulary">V, distinct characters.</param>
/// <param name="Hidden">H, hidden units of every layer.</param>
/// <param name="Layers">L, recurrent layers.</param>
/// <param name="Embedding">
/// E, size of the learned character vectors; 0 feeds one-hot characters to the first layer.
/// </param>
/// <param name="Residual">Whether each layer from the second on adds its input to its output.</param>
public sealed record ReferenceSpec(
    string Cell,
    int Vocabulary,
    int Hidden,
    int Layers,
    int Embedding,
    bool Residual = false
)
{
    /// <summary>
    /// P, size of the projection of each layer's hidden states; 0: no projection.
    /// </summary>
    public int Projection { get; init; }

    /// <summary>Activation of an embedding before the first layer.</summary>
    public ReferenceActivation EmbeddingActivation { get; init; }

    /// <summary>Activation of the last layer's output before its dropout and the head.</summary>
    public ReferenceActivation HeadActivation { get; init; }

    /// <summary>K, number of labels; 0: texts have none.</summary>
    public int Labels { get; init; }

    /// <summary>Size of the learned vectors of labels; 0 makes labels one-hot.</summary>
    public int LabelEmbedding { get; init; }

    /// <summary>Size of a symbol's part of the first layer's input: E, or V.</summary>
    public int SymbolInput => Embedding > 0 ? Embedding : Vocabulary;

    /// <summary>Size of a label's part of the first layer's input.</summary>
    public int LabelInput => LabelEmbedding > 0 ? LabelEmbedding : Labels;

    /// <summary>Size of a layer's output: P, or H.</summary>
    public int Output => Projection > 0 ? Projection : Hidden;

    /// <summary>
    /// Whether every gate has two trained biases, b_ih and b_hh, which are added.
    /// </summary>
    public bool HasTwoBiases { get; init; }

    /// <summary>
    /// The reset id: before each one in the input, h and c are set to zero, and take no gradient; null: none.
    /// </summary>
    public int? ResetId { get; init; }

    /// <summary>
    /// Whether h and c are also zero after a reset id, and its step has no loss: the symbol after it is given.
    /// </summary>
    public bool ConditionOnFirstSymbol { get; init; }

    /// <summary>F, number of each layer's first units that are fed back; 0: all.</summary>
    public int Feedback { get; init; }
}
