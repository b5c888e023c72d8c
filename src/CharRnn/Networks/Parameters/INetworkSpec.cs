using System.Text.Json.Serialization;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>Shape of a network as its recurrent layers see it, whatever its head.</summary>
internal interface INetworkSpec
{
    /// <summary>The cell.</summary>
    Cell CellKind { get; }

    /// <summary>V: distinct symbols.</summary>
    int VocabularySize { get; }

    /// <summary>Number of labels; 0 without.</summary>
    int LabelCount { get; }

    /// <summary>H: hidden units in each layer, of each direction.</summary>
    int HiddenSize { get; }

    /// <summary>Units, the first ones, that are fed back; all by default.</summary>
    int FeedbackSize => HiddenSize;

    /// <summary>E: numbers in a symbol's embedding; 0 feeds symbols one-hot.</summary>
    int EmbeddingSize { get; }

    /// <summary>Activation of embeddings before the first layer.</summary>
    Activation EmbeddingActivation { get; }

    /// <summary>Number of biases of a layer's gates.</summary>
    BiasMode Biases { get; }

    /// <summary>Numbers that the head takes in.</summary>
    int OutputSize { get; }

    /// <summary>Numbers that layer <paramref name="layer"/> takes in at each step.</summary>
    int InputSize(int layer);

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">
    /// Names the first setting that cannot be used, what it is and what it may be.
    /// </exception>
    void Validate();
}

/// <summary>Number of biases of a layer's gates.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BiasMode>))]
public enum BiasMode
{
    /// <summary>One, and a second only where the cell cannot do without it (gru's b_hn).</summary>
    [JsonStringEnumMemberName("single")]
    Single,

    /// <summary>
    /// Two that are added, one with the input and one with the recurrent product, both trained, as PyTorch and char-rnn
    /// have them:
    /// an optimizer that adapts its steps moves their sum twice as far.
    /// </summary>
    [JsonStringEnumMemberName("double")]
    Double,
}

/// <summary>Range checks of the numbers in a network's description.</summary>
internal static class SpecRange
{
    /// <summary>Refuses a number outside a range.</summary>
    public static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new SettingsException($"{name} is {value}; it must be from {least} to {most}.");
    }

    /// <summary>Refuses what is no dropout rate.</summary>
    public static void RequireShare(string name, double value)
    {
        if (!(value >= 0 && value < 1))
            throw new SettingsException($"{name} is {value}; it must be at least 0 and less than 1.");
    }
}
