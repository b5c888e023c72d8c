namespace CharRnn.Reference;

/// <summary>What a reference model is: V = Vocabulary, H = Hidden, L = Layers, E = Embedding, P = Projection.</summary>
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
    /// P, what each layer's hidden states are projected to before they go on; 0 leaves them as they are.
    /// </summary>
    public int Projection { get; init; }

    /// <summary>What an embedding goes through before the first layer.</summary>
    public ReferenceActivation EmbeddingActivation { get; init; }

    /// <summary>What the last layer's output goes through before its dropout and the head.</summary>
    public ReferenceActivation HeadActivation { get; init; }

    /// <summary>K, how many labels there are; 0: texts have none.</summary>
    public int Labels { get; init; }

    /// <summary>Size of the learned vectors of labels; 0 feeds them one-hot.</summary>
    public int LabelEmbedding { get; init; }

    /// <summary>How many numbers of the first layer's input are a symbol's: E, or V.</summary>
    public int SymbolInput => Embedding > 0 ? Embedding : Vocabulary;

    /// <summary>How many are its label's.</summary>
    public int LabelInput => LabelEmbedding > 0 ? LabelEmbedding : Labels;

    /// <summary>How many numbers a layer hands on: P, or H.</summary>
    public int Output => Projection > 0 ? Projection : Hidden;

    /// <summary>
    /// Whether every gate has two trained biases, b_ih and b_hh, that are added wherever one is read.
    /// </summary>
    public bool HasTwoBiases { get; init; }

    /// <summary>
    /// The id before which h and c are zero, and take no gradient, wherever it comes in the input; null: none.
    /// </summary>
    public int? ResetId { get; init; }

    /// <summary>
    /// Whether h and c after that id are zero too, and what comes after it counts nothing: what follows it in the input
    /// is given.
    /// </summary>
    public bool ConditionOnFirstSymbol { get; init; }

    /// <summary>F, how many of each layer's units, the first ones, are fed back; 0: all.</summary>
    public int Feedback { get; init; }
}
