using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Shape of a classifier of records: everything that decides its parameters' shapes and how they are used, and nothing
/// about training.
/// </summary>
public sealed record ClassifierSpec : INetworkSpec
{
    /// <summary>The cell's name, one of <see cref="CellCatalog.All"/>.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>V: distinct symbols.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Number of labels; at least 2.</summary>
    public required int LabelCount { get; init; }

    /// <summary>H: hidden units in each layer, of each direction.</summary>
    public int HiddenSize { get; init; } = 128;

    /// <summary>L: recurrent layers.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>E: numbers in a symbol's embedding; 0 feeds symbols one-hot.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// Whether each layer reads a record in both directions, each with weights of its own, and hands both states of a
    /// character on.
    /// </summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>Pooling of the last layer's states to one vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.Last;

    /// <summary>
    /// The share of a record's distinct symbols that training reads as nothing, wherever they stand in the record: an
    /// embedding of zeros, or no symbol at all where they are fed one-hot. The others are not scaled up (word dropout:
    /// Iyyer et al. 2015).
    /// </summary>
    public double EmbeddingDropout { get; init; }

    /// <summary>The share of each layer's outputs, but the last one's, that training silences.</summary>
    public double Dropout { get; init; }

    /// <summary>The share of the pooled vector that training silences, before the head.</summary>
    public double OutputDropout { get; init; }

    /// <summary>Number of biases of a layer's gates.</summary>
    public BiasMode Biases { get; init; }

    /// <summary>
    /// Whether a text may have several labels, each with a probability of its own (a sigmoid); otherwise it has one, and
    /// the probabilities of all labels add up to 1 (a softmax).
    /// </summary>
    public bool MultiLabel { get; init; }

    /// <summary>Directions in which a layer reads a record: 1 or 2.</summary>
    public int Directions => Bidirectional ? 2 : 1;

    /// <summary>
    /// Numbers that each layer hands on, pooling keeps and the head takes in: H, or 2·H with both directions.
    /// </summary>
    public int OutputSize => Directions * HiddenSize;

    /// <summary>The cell itself.</summary>
    internal Cell CellKind => CellCatalog.Get(Cell);

    Cell INetworkSpec.CellKind => CellKind;

    Activation INetworkSpec.EmbeddingActivation => Activation.None;

    /// <summary>
    /// Numbers that layer <paramref name="layer"/> takes in at each step: V, E, or what both directions of the
    /// layer below hand on.
    /// </summary>
    public int InputSize(int layer) =>
        layer > 0 ? OutputSize
        : EmbeddingSize > 0 ? EmbeddingSize
        : VocabularySize;

    /// <summary>The dropout rate on what a layer hands on.</summary>
    public double DropoutAfter(int layer) => layer < NumLayers - 1 ? Dropout : 0;

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">
    /// Names the first setting that cannot be used, what it is and what it may be.
    /// </exception>
    public void Validate()
    {
        _ = CellKind;
        SpecRange.Require("the vocabulary", VocabularySize, 1, int.MaxValue);
        SpecRange.Require("the number of labels", LabelCount, 2, ModelSpec.MaxSize);
        SpecRange.Require("'HiddenSize'", HiddenSize, 1, ModelSpec.MaxSize / 2);
        SpecRange.Require("'NumLayers'", NumLayers, 1, ModelSpec.MaxLayers);
        SpecRange.Require("'EmbeddingSize'", EmbeddingSize, 0, ModelSpec.MaxSize);
        if (!Enum.IsDefined(Pooling))
            throw new SettingsException($"pooling {(int)Pooling} is unknown; it must be last, mean or attention.");
        SpecRange.RequireShare("'EmbeddingDropout'", EmbeddingDropout);
        SpecRange.RequireShare("'Dropout'", Dropout);
        SpecRange.RequireShare("'OutputDropout'", OutputDropout);
    }
}

/// <summary>Pooling of the states of a record's characters to one vector.</summary>
public enum Pooling
{
    /// <summary>
    /// The forward state at the last character, joined with the backward state at the first: each direction's state
    /// when it has read all.
    /// </summary>
    Last,

    /// <summary>The mean over the characters.</summary>
    Mean,

    /// <summary>
    /// A mean whose weights the network learns: a softmax over the characters' products with a trained vector.
    /// </summary>
    Attention,
}
