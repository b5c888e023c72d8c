using System.Text;
using CharRnn.Models;
using CharRnn.Text;

namespace CharRnn.Sampling;

/// <summary>Writes from a language model: one step for each character, never a window again.</summary>
public sealed class TextGenerator(LanguageModel model)
{
    /// <summary>Writes symbols for as long as they are asked for, or up to the text's end where the vocabulary has a boundary symbol; that symbol is not given.</summary>
    /// <param name="prompt">
    /// The ids that come first; when empty, the model starts at a boundary, or else as after a line's end, or its first symbol where it has neither. A record's beginning has the boundary before it.
    /// </param>
    /// <param name="options">How symbols are chosen.</param>
    /// <param name="stream">The number of this text among several from one seed.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public IEnumerable<int> Ids(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream = 0)
    {
        options.Validate();
        return Write(prompt, options, stream);
    }

    /// <summary>Writes text after a prompt. A model of records writes one after another, a line each.</summary>
    /// <param name="prompt">What comes first; not part of the result, but for records after the first.</param>
    /// <param name="characters">How many characters to write.</param>
    /// <param name="options">How they are chosen.</param>
    /// <exception cref="SettingsException">The prompt has a character that the model does not know, or an option cannot be used.</exception>
    public string Generate(string prompt, int characters, SamplingOptions options) =>
        Generate(model.Encode(prompt), characters, options);

    /// <inheritdoc cref="Generate(string, int, SamplingOptions)"/>
    internal string Generate(IReadOnlyList<int> prompt, int characters, SamplingOptions options)
    {
        if (!model.Preparation.Records) return One(stream: 0, characters);
        var records = new StringBuilder();
        for (ulong stream = 0; records.Length < characters; stream++)
        {
            if (stream > 0) records.Append('\n').Append(model.Vocabulary.Decode([.. prompt]));
            records.Append(One(stream, Math.Max(characters - records.Length, 0)));
        }
        return records.ToString();

        string One(ulong stream, int most) => model.Vocabulary.Decode([.. Ids(prompt, options, stream).Take(most)]);
    }

    private IEnumerable<int> Write(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream)
    {
        using var generator = new BatchGenerator(model, prompt, options, streams: 1, stream);
        int? end = model.Vocabulary.BoundaryId;
        for (int id = generator.Next()[0]; id != end; id = generator.Next()[0]) yield return id;
    }

    /// <summary>What the model reads first: a prompt, behind the boundary that a record begins at, or what stands in for an empty one.</summary>
    internal static int[] Start(LanguageModel model, IReadOnlyList<int> prompt)
    {
        var vocabulary = model.Vocabulary;
        if (vocabulary.BoundaryId is { } boundary && (prompt.Count == 0 || model.Preparation.Records)) return [boundary, .. prompt];
        return prompt.Count > 0 ? [.. prompt] : [vocabulary.TryGetId('\n', out int lineFeed) ? lineFeed : 0];
    }
}
