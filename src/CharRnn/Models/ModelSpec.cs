using CharRnn.Cells;

namespace CharRnn.Models;

/// <summary>What a network looks like: everything that decides its parameters' shapes and how they are used, and nothing about training.</summary>
public sealed record ModelSpec
{
    /// <summary>The most that any size may be; beyond it an index could overflow.</summary>
    public const int LargestSize = 1 << 16;

    /// <summary>The most layers.</summary>
    public const int MostLayers = 64;

    /// <summary>The cell's name, one of <see cref="CellCatalogue.All"/>.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>V: distinct symbols.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>H: hidden units in each layer.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>L: recurrent layers.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>E: numbers in a symbol's embedding; 0 feeds symbols one-hot.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Whether each layer from the second on adds its output to its input (y = x + dropout(cell(x))).</summary>
    public bool Residual { get; init; }

    /// <summary>The share of a layer's outputs silenced in training: between layers, and on every added branch of a residual stack.</summary>
    public double Dropout { get; init; }

    /// <summary>The share of the last layer's outputs silenced in training, before the head.</summary>
    public double OutputDropout { get; init; }

    /// <summary>The cell itself.</summary>
    internal Cell CellKind => CellCatalogue.Get(Cell);

    /// <summary>How many numbers layer <paramref name="layer"/> takes in at each step: V, E or H.</summary>
    public int InputSize(int layer) => layer > 0 ? HiddenSize : EmbeddingSize > 0 ? EmbeddingSize : VocabularySize;

    /// <summary>Whether a layer adds its output to its input.</summary>
    public bool IsResidual(int layer) => Residual && layer > 0;

    /// <summary>The dropout rate on a layer's own output, before it is added to anything.</summary>
    public double DropoutAfter(int layer) => layer < NumLayers - 1 || IsResidual(layer) ? Dropout : 0;

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">Names the first setting that cannot be used, what it is and what it may be.</exception>
    public void Validate()
    {
        _ = CellKind;
        RequireRange("the vocabulary", VocabularySize, 1, int.MaxValue);
        RequireRange("--hidden-size", HiddenSize, 1, LargestSize);
        RequireRange("--num-layers", NumLayers, 1, MostLayers);
        RequireRange("--embedding-size", EmbeddingSize, 0, LargestSize);
        RequireShare("--dropout", Dropout);
        RequireShare("--output-dropout", OutputDropout);
    }

    private static void RequireShare(string name, double value)
    {
        if (!(value >= 0 && value < 1)) throw new SettingsException($"{name} is {value}; it must be at least 0 and less than 1.");
    }

    private static void RequireRange(string name, int value, int least, int most)
    {
        if (value < least || value > most) throw new SettingsException($"{name} is {value}; it must be from {least} to {most}.");
    }
}
