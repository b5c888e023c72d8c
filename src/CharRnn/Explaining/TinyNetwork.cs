using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>Untrained network on the characters of a text, small enough to be seen whole.</summary>
internal static class TinyNetwork
{
    /// <summary>The text that is explained unless another is given.</summary>
    public const string DefaultText = "hello";

    /// <summary>Its hidden units, unless another number is given.</summary>
    public const int DefaultHiddenSize = 3;

    /// <summary>The learning rate of its update, unless another is given.</summary>
    public const double DefaultLearningRate = 0.1;

    /// <summary>Makes one.</summary>
    /// <param name="text">The text, whose characters are its vocabulary.</param>
    /// <param name="specFor">Its cell and sizes, for a size of the vocabulary.</param>
    /// <param name="seed">Seed of its weights.</param>
    /// <exception cref="SettingsException">The text is empty, or a size cannot be used.</exception>
    public static LanguageModel Of(string text, Func<int, ModelSpec> specFor, ulong seed)
    {
        if (text.Length == 0)
            throw new SettingsException("the text is empty; it needs two characters at least.");
        var vocabulary = new Vocabulary(text.EnumerateRunes().Select(rune => rune.Value).Distinct(), TextEncoding.Utf8);
        return new LanguageModel(specFor(vocabulary.Count), vocabulary, seed: seed);
    }
}
