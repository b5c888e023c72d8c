using System.Text;

namespace CharRnn;

/// <summary>Writes from a language model: one step for each character, never a window again.</summary>
/// <param name="model">The model.</param>
/// <param name="label">What is written, for a model with labels.</param>
/// <example>
/// A model of names under their languages, trained with <c>charrnn train names --labelled</c>:
/// <code>
/// using var model = LanguageModel.Load("runs/names-001");
/// var polish = new TextGenerator(model, LabelBlend.Parse("Polish", model.Labels));
/// int[] name = [.. polish.Ids(model.Encode("K"), new SamplingOptions { Temperature = 0.8 })];
/// Console.WriteLine("K" + model.Vocabulary.Decode(name));
/// </code>
/// </example>
public sealed class TextGenerator(LanguageModel model, LabelBlend? label = null)
{
    /// <summary>
    /// Writes symbols for as long as they are asked for, or up to the text's end where the vocabulary has a boundary
    /// symbol; that symbol is not given.
    /// </summary>
    /// <param name="prompt">
    /// The ids that come first; when empty, the model starts at a boundary, or else as after a line's end, or its first
    /// symbol where it has neither. A record's beginning has the boundary before it.
    /// </param>
    /// <param name="options">How symbols are chosen.</param>
    /// <param name="stream">The number of this text among several from one seed.</param>
    /// <exception cref="SettingsException">
    /// An option cannot be used, or the model has labels and none is given.
    /// </exception>
    public IEnumerable<int> Ids(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream = 0)
    {
        options.Validate();
        model.RequireLabel(label);
        return Write(prompt, options, stream);
    }

    /// <summary>
    /// Writes text after a prompt. A model of records writes one after another, a line each; where it has labels and
    /// none is given, one is drawn for each and stands before it.
    /// </summary>
    /// <param name="prompt">What comes first; not part of the result, but for records after the first.</param>
    /// <param name="characters">How many characters to write.</param>
    /// <param name="options">How they are chosen.</param>
    /// <exception cref="SettingsException">
    /// The prompt has a character that the model does not know, or an option cannot be used.
    /// </exception>
    public string Generate(string prompt, int characters, SamplingOptions options) =>
        Generate(model.Encode(prompt), characters, options);

    /// <inheritdoc cref="Generate(string, int, SamplingOptions)"/>
    internal string Generate(IReadOnlyList<int> prompt, int characters, SamplingOptions options)
    {
        bool drawsStarts = model.Spec.ConditionOnFirstSymbol && prompt.Count == 0,
            drawsLabels = model.Labels.Count > 0 && label is null;
        if (drawsStarts || drawsLabels)
            return GenerateDrawn(
                drawsStarts ? PossibleStarts(model.Vocabulary) : null,
                drawsLabels,
                prompt,
                characters,
                options
            );
        if (!model.Preparation.Records)
            return One(stream: 0, characters);
        var records = new StringBuilder();
        for (ulong stream = 0; records.Length < characters; stream++)
        {
            if (stream > 0)
                records.Append('\n').Append(model.Vocabulary.Decode([.. prompt]));
            records.Append(One(stream, Math.Max(characters - records.Length, 0)));
        }
        return records.ToString();

        string One(ulong stream, int most) => model.Vocabulary.Decode([.. Ids(prompt, options, stream).Take(most)]);
    }

    /// <summary>
    /// Records for each of which is drawn what is not given: a label, which then stands before it (<c>Polish:
    /// Kowalski</c>), or a first letter.
    /// </summary>
    /// <param name="starts">
    /// What records may begin with, where the model is given that and there is no prompt; null for the prompt.
    /// </param>
    /// <param name="drawsLabels">Whether each has a label of its own.</param>
    /// <param name="prompt">What they begin with.</param>
    /// <param name="characters">How many characters to write.</param>
    /// <param name="options">How they are chosen.</param>
    private string GenerateDrawn(
        int[]? starts,
        bool drawsLabels,
        IReadOnlyList<int> prompt,
        int characters,
        SamplingOptions options
    )
    {
        var records = new StringBuilder();
        for (ulong stream = 0; records.Length < characters; stream++)
        {
            var drawn = drawsLabels ? DrawnLabel(options.Seed, stream) : null;
            var beginning = starts is null
                ? prompt
                :
                [
                    starts[
                        CounterRandom.Below(
                            CounterRandom.Draw(options.Seed, RandomPurpose.SampledStart, stream, 0),
                            starts.Length
                        )
                    ],
                ];
            records
                .Append(stream > 0 ? "\n" : "")
                .Append(drawn is null ? "" : $"{drawn}: ")
                .Append(Record(drawn ?? label, beginning, characters, options, stream));
        }
        return records.ToString();
    }

    private LabelBlend DrawnLabel(ulong seed, ulong stream) =>
        LabelBlend.Of(
            CounterRandom.Below(CounterRandom.Draw(seed, RandomPurpose.SampledLabel, stream, 0), model.Labels.Count),
            model.Labels
        );

    /// <summary>A record with its beginning.</summary>
    private string Record(
        LabelBlend? of,
        IReadOnlyList<int> prompt,
        int characters,
        SamplingOptions options,
        ulong stream
    ) =>
        model.Vocabulary.Decode([
            .. prompt,
            .. new TextGenerator(model, of).Ids(prompt, options, stream).Take(characters),
        ]);

    private static int[] PossibleStarts(Vocabulary vocabulary)
    {
        int[] all = [.. Enumerable.Range(0, vocabulary.Count).Where(id => id != vocabulary.BoundaryId)];
        int[] capitals =
        [
            .. all.Where(id => Rune.IsValid(vocabulary.Symbols[id]) && Rune.IsUpper(new Rune(vocabulary.Symbols[id]))),
        ];
        return capitals.Length > 0 ? capitals : all;
    }

    private IEnumerable<int> Write(IReadOnlyList<int> prompt, SamplingOptions options, ulong stream)
    {
        using var generator = new BatchGenerator(model, prompt, options, streams: 1, stream, label: label);
        int? end = model.Vocabulary.BoundaryId;
        for (int id = generator.Next()[0]; id != end; id = generator.Next()[0])
            yield return id;
    }

    /// <summary>
    /// What the model reads first: a prompt, behind the boundary that a record begins at, or what stands in for an
    /// empty one.
    /// </summary>
    /// <exception cref="SettingsException">The model is given the starts of records, and there is none.</exception>
    internal static int[] Start(LanguageModel model, IReadOnlyList<int> prompt)
    {
        if (model.Spec.ConditionOnFirstSymbol && prompt.Count == 0)
            throw new SettingsException(
                "the model has learnt how records go on, and not how they begin ('ConditionOnFirstSymbol'); give "
                    + $"{(model.Labels.Count > 0 ? "their first letters with 'Starts', or a 'Prompt'" : "a 'Prompt'")}."
            );
        var vocabulary = model.Vocabulary;
        if (vocabulary.BoundaryId is { } boundary && (prompt.Count == 0 || model.Preparation.Records))
            return [boundary, .. prompt];
        return prompt.Count > 0 ? [.. prompt] : [vocabulary.TryGetId('\n', out int lineFeed) ? lineFeed : 0];
    }
}
