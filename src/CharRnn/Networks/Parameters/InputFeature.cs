using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// One of the things that the first layer is fed at each step, symbols or labels: how many there are, how they are
/// embedded, and where their weights lie. PyTorch has them joined, [symbol ‖ label], and their weights beside each
/// other in <c>rnn.weight_ih_l0</c>; here each has weights of its own, since the products are taken apart.
/// </summary>
/// <param name="count">V symbols, or how many labels.</param>
/// <param name="embeddingSize">E, or the same of labels; 0: they are fed one-hot.</param>
/// <param name="activation">What an embedding goes through.</param>
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
    /// <summary>How many there are.</summary>
    public int Count { get; } = count;

    /// <summary>Numbers in an embedding; 0: one-hot.</summary>
    public int EmbeddingSize { get; } = embeddingSize;

    /// <summary>What an embedding goes through.</summary>
    public Activation Activation { get; } = activation;

    /// <summary>Whether they are fed one-hot.</summary>
    public bool IsOneHot => embedding is null;

    /// <summary>(count, E), or empty when they are fed one-hot.</summary>
    public Matrix Embedding(Arena arena) => embedding is null ? default : arena.Matrix(embedding);

    /// <summary>(E, G·H).</summary>
    public Panels Weights(Arena arena) => arena.Panels(weights);

    /// <summary>(count, G·H), when they are fed one-hot: a row for each.</summary>
    public Matrix Rows(Arena arena) => arena.Matrix(weights);
}
