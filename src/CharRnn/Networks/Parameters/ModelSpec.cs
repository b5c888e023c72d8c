using System.Text.Json.Serialization;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Shape of a language model: everything that decides its parameters' shapes and how they are used, and nothing about
/// training.
/// </summary>
public sealed record ModelSpec : INetworkSpec
{
    /// <summary>Max of any size; beyond it an index could overflow.</summary>
    public const int MaxSize = 1 << 16;

    /// <summary>Max number of layers.</summary>
    public const int MaxLayers = 64;

    /// <summary>The cell's name, one of <see cref="CellCatalog.All"/>.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>V: distinct symbols.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>H: hidden units in each layer.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>
    /// Units of each layer, the first ones, that are fed back into the layer's next step; the others only go up. 0:
    /// all.
    /// </summary>
    public int FeedbackSize { get; init; }

    /// <summary>L: recurrent layers.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>E: numbers in a symbol's embedding; 0 feeds symbols one-hot.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>
    /// Whether each layer from the second on adds its output to its input (y = x + dropout(cell(x)), or y = x +
    /// dropout(P·cell(x)) with a projection).
    /// </summary>
    public bool Residual { get; init; }

    /// <summary>
    /// The share of a layer's outputs silenced in training: between layers, and on every added branch of a residual
    /// stack.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>The share of the last layer's outputs silenced in training, before the head.</summary>
    public double OutputDropout { get; init; }

    /// <summary>The share of the logits that are set to 0 in training, and the others scaled up.</summary>
    public double LogitDropout { get; init; }

    /// <summary>Activation of embeddings before the first layer; none where symbols are fed one-hot.</summary>
    public Activation EmbeddingActivation { get; init; }

    /// <summary>Activation of the last layer's output, before the output dropout and the head.</summary>
    public Activation HeadActivation { get; init; }

    /// <summary>
    /// P: each layer's output is projected to this many numbers before it goes on to the next layer or the head; 0
    /// leaves it as it is.
    /// </summary>
    public int ProjectionSize { get; init; }

    /// <summary>Number of biases of a layer's gates.</summary>
    public BiasMode Biases { get; init; }

    /// <summary>
    /// Number of labels of texts; 0 for a network without. A text's label is fed to the first layer
    /// beside every symbol of it.
    /// </summary>
    public int LabelCount { get; init; }

    /// <summary>Numbers in a label's embedding, which is joined to the symbol's; 0 feeds labels one-hot.</summary>
    public int LabelEmbeddingSize { get; init; }

    /// <summary>The symbol before which the state is reset, wherever it comes in the input; null for none.</summary>
    public int? ResetId { get; init; }

    /// <summary>
    /// Whether a record's first symbol is given, and not learnt: where the input is <see cref="ResetId"/> nothing is
    /// predicted, and the state after it is zero, so that a record's first symbol is the first thing that is read.
    /// </summary>
    [JsonPropertyName("given_starts")]
    public bool ConditionOnFirstSymbol { get; init; }

    /// <summary>The cell itself.</summary>
    internal Cell CellKind => CellCatalog.Get(Cell);

    /// <summary>Numbers that each layer hands on, and the head takes in: P, or H without a projection.</summary>
    internal int OutputSize => ProjectionSize > 0 ? ProjectionSize : HiddenSize;

    Cell INetworkSpec.CellKind => CellKind;

    int INetworkSpec.OutputSize => OutputSize;

    int INetworkSpec.FeedbackSize => FeedbackSize > 0 ? FeedbackSize : HiddenSize;

    /// <summary>
    /// Numbers that layer <paramref name="layer"/> takes in at each step: those of a symbol and of its label, or
    /// what the layer below hands on.
    /// </summary>
    public int InputSize(int layer) => layer > 0 ? OutputSize : SymbolInputSize + LabelInputSize;

    /// <summary>Numbers of the first layer's input that are a symbol's: E, or V.</summary>
    internal int SymbolInputSize => EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;

    /// <summary>Numbers of the first layer's input that are a label's.</summary>
    internal int LabelInputSize => LabelCount > 0 && LabelEmbeddingSize > 0 ? LabelEmbeddingSize : LabelCount;

    /// <summary>Whether a layer adds its output to its input.</summary>
    public bool IsResidual(int layer) => Residual && layer > 0;

    /// <summary>The dropout rate on a layer's own output, before it is added to anything.</summary>
    public double DropoutAfter(int layer) => layer < NumLayers - 1 || IsResidual(layer) ? Dropout : 0;

    /// <summary>Whether what follows an input counts in the loss.</summary>
    internal bool Counts(int input) => !ConditionOnFirstSymbol || input != ResetId;

    /// <summary>
    /// At how many positions of a window the loss counts, and at least 1: all, but for boundaries where starts are
    /// given.
    /// </summary>
    /// <param name="inputs">(T, B).</param>
    internal int CountedPositions(ReadOnlySpan<int> inputs) =>
        ConditionOnFirstSymbol && ResetId is { } boundary
            ? Math.Max(1, inputs.Length - inputs.Count(boundary))
            : inputs.Length;

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">
    /// Names the first setting that cannot be used, what it is and what it may be.
    /// </exception>
    public void Validate()
    {
        _ = CellKind;
        SpecRange.Require("the vocabulary", VocabularySize, 1, int.MaxValue);
        SpecRange.Require("'HiddenSize'", HiddenSize, 1, MaxSize);
        SpecRange.Require("the number of units that are fed back", FeedbackSize, 0, HiddenSize);
        SpecRange.Require("'NumLayers'", NumLayers, 1, MaxLayers);
        SpecRange.Require("'EmbeddingSize'", EmbeddingSize, 0, MaxSize);
        SpecRange.Require("the number of labels", LabelCount, 0, MaxSize);
        SpecRange.Require("'LabelEmbeddingSize'", LabelEmbeddingSize, 0, MaxSize);
        SpecRange.Require("'ProjectionSize'", ProjectionSize, 0, MaxSize);
        if (EmbeddingActivation != Activation.None && EmbeddingSize == 0)
            throw new SettingsException(
                "'EmbeddingActivation' needs an embedding, and 'EmbeddingSize' is 0; give it a size, or leave "
                    + "the activation out."
            );
        if (ResetId is { } reset)
            SpecRange.Require("the symbol that resets the state", reset, 0, VocabularySize - 1);
        SpecRange.RequireShare("'Dropout'", Dropout);
        SpecRange.RequireShare("'OutputDropout'", OutputDropout);
        SpecRange.RequireShare("'LogitDropout'", LogitDropout);
        if (ConditionOnFirstSymbol && ResetId is null)
            throw new SettingsException(
                "'ConditionOnFirstSymbol' is for records, which begin at a boundary, and the text has none; leave it "
                    + "out."
            );
    }
}
