using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>
/// One of the things that a first layer is fed at each step, symbols or labels: how many there are, how they are embedded, and where their weights lie.
/// PyTorch has them joined, [symbol ‖ label], and their weights beside each other in <c>rnn.weight_ih_l0</c>; here each has weights of its own, since the products are taken apart.
/// </summary>
/// <param name="Count">V symbols, or how many labels.</param>
/// <param name="EmbeddingSize">E, or the same of labels; 0: they are fed one-hot.</param>
/// <param name="Activation">What an embedding goes through.</param>
/// <param name="EmbeddingSlice">(count, E); null where they are fed one-hot.</param>
/// <param name="WeightSlice">(E, or count; G·H).</param>
internal sealed record InputPart(int Count, int EmbeddingSize, Activation Activation, ArenaSlice? EmbeddingSlice, ArenaSlice WeightSlice)
{
    /// <summary>Whether they are fed one-hot.</summary>
    public bool IsOneHot => EmbeddingSlice is null;

    /// <summary>How many numbers of the layer's input they are.</summary>
    public int InputSize => IsOneHot ? Count : EmbeddingSize;

    /// <summary>(count, E), or empty when they are fed one-hot.</summary>
    public Matrix Embedding(Arena arena) => EmbeddingSlice is null ? default : arena.Matrix(EmbeddingSlice);

    /// <summary>(E, G·H).</summary>
    public Panels Weights(Arena arena) => arena.Panels(WeightSlice);

    /// <summary>(count, G·H), when they are fed one-hot: a row for each.</summary>
    public Matrix Rows(Arena arena) => arena.Matrix(WeightSlice);
}
