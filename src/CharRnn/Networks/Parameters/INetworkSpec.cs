namespace CharRnn.Networks;

/// <summary>What the recurrent part of any network needs to know of it, whatever stands on top.</summary>
internal interface INetworkSpec
{
    /// <summary>The cell.</summary>
    Cell CellKind { get; }

    /// <summary>V: distinct symbols.</summary>
    int VocabularySize { get; }

    /// <summary>H: hidden units in each layer, of each direction.</summary>
    int HiddenSize { get; }

    /// <summary>How many of them, the first ones, are fed back; all by default.</summary>
    int FeedbackSize => HiddenSize;

    /// <summary>E: numbers in a symbol's embedding; 0 feeds symbols one-hot.</summary>
    int EmbeddingSize { get; }

    /// <summary>What an embedding goes through before the first layer.</summary>
    Activation EmbeddingActivation { get; }

    /// <summary>How many biases a layer's gates have.</summary>
    BiasMode Biases { get; }

    /// <summary>How many numbers the head takes in.</summary>
    int OutputSize { get; }

    /// <summary>How many numbers layer <paramref name="layer"/> takes in at each step.</summary>
    int InputSize(int layer);

    /// <summary>Checks every number.</summary>
    /// <exception cref="SettingsException">
    /// Names the first setting that cannot be used, what it is and what it may be.
    /// </exception>
    void Validate();
}
