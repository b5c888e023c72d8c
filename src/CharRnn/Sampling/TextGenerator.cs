using CharRnn.Models;

namespace CharRnn.Sampling;

/// <summary>Writes from a language model: one step for each character, never a window again.</summary>
public sealed class TextGenerator(LanguageModel model)
{
    /// <summary>Writes symbols for as long as they are asked for.</summary>
    /// <param name="prompt">The ids that come first; when empty, the model starts as after a line's end, or its first symbol where it has none.</param>
    /// <param name="options">How symbols are chosen.</param>
    /// <param name="stream">The number of this text among several from one seed.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public IEnumerable<int> Ids(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream = 0)
    {
        options.Validate();
        return Write(prompt, options, stream);
    }

    /// <summary>Writes text after a prompt.</summary>
    /// <param name="prompt">What comes first; not part of the result.</param>
    /// <param name="characters">How many characters to write.</param>
    /// <param name="options">How they are chosen.</param>
    /// <exception cref="SettingsException">The prompt has a character that the model does not know, or an option cannot be used.</exception>
    public string Generate(string prompt, int characters, SamplingOptions options) =>
        model.Vocabulary.Decode([.. Ids(model.Vocabulary.Encode(prompt), options).Take(characters)]);

    private IEnumerable<int> Write(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream)
    {
        using var generator = new BatchGenerator(model, prompt, options, streams: 1, stream);
        while (true) yield return generator.Next()[0];
    }

    /// <summary>What the model reads first: a prompt, or what stands in for an empty one.</summary>
    internal static int[] Start(LanguageModel model, IReadOnlyList<int> prompt) =>
        prompt.Count > 0 ? [.. prompt] : [model.Vocabulary.TryGetId('\n', out int lineFeed) ? lineFeed : 0];
}
