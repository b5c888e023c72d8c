namespace CharRnn.Reference;

/// <summary>Pooling of a record's states into one vector.</summary>
public enum ReferencePooling
{
    Last,
    Mean,
    Attention,
}

/// <summary>
/// Architecture of a reference classifier: V = Vocabulary, K = Labels, H = Hidden, L = Layers, E = Embedding.
/// </summary>
/// <param name="Cell">A name in <see cref="ReferenceCells.All"/>.</param>
/// <param name="Vocabulary">V, distinct characters.</param>
/// <param name="Labels">K, labels.</param>
/// <param name="Hidden">H, hidden units of every layer and direction.</param>
/// <param name="Layers">L, recurrent layers.</param>
/// <param name="Embedding">
/// E, size of the learned character vectors; 0 feeds one-hot characters to the first layer.
/// </param>
/// <param name="Bidirectional">Whether every layer reads in both directions.</param>
/// <param name="Pooling">Pooling of a record's states into one vector.</param>
public sealed record ReferenceClassifierSpec(
    string Cell,
    int Vocabulary,
    int Labels,
    int Hidden,
    int Layers,
    int Embedding,
    bool Bidirectional,
    ReferencePooling Pooling
)
{
    /// <summary>Whether every gate has two trained biases, which are added.</summary>
    public bool HasTwoBiases { get; init; }

    /// <summary>Whether a record may have several labels: a sigmoid of each logit instead of a softmax of all.</summary>
    public bool HasSeveralLabels { get; init; }

    /// <summary>D, the number of directions: 1 or 2.</summary>
    public int Directions => Bidirectional ? 2 : 1;

    /// <summary>D·H: the size of a layer's output.</summary>
    public int OutputSize => Directions * Hidden;
}

/// <summary>A record, its label, and its weight in the loss.</summary>
public sealed record ReferenceRecord(int[] Ids, int Label, double Weight)
{
    /// <summary>The record's labels, ascending, where it may have several.</summary>
    public int[] Labels { get; init; } = [];
}

/// <summary>Loss, probabilities and gradients of a batch of records.</summary>
/// <param name="Loss">Σ weight · cross-entropy / Σ weight.</param>
/// <param name="Probabilities">(K) of each record.</param>
/// <param name="Gradients">dLoss by parameter name.</param>
public sealed record ReferenceClassifierResult(
    double Loss,
    double[][] Probabilities,
    SortedDictionary<string, double[]> Gradients
);
