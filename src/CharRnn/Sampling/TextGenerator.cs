using System.Text;

namespace CharRnn;

/// <summary>
/// Generator of text from a language model: one step for each character, with the state carried along.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="label">The label of the text, for a model with labels.</param>
/// <example>
/// A model of names under their languages, trained on labelled records:
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
    /// Endless sequence of symbols, or up to the text's end if the vocabulary has a boundary symbol, which is not
    /// returned.
    /// </summary>
    /// <param name="prompt">
    /// The first ids; if empty, the model starts at a boundary, or else as after a line end, or at its first symbol if
    /// it has neither. A record begins with the boundary.
    /// </param>
    /// <param name="options">The sampling options.</param>
    /// <param name="stream">Number of this text among several of one seed.</param>
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
    /// Generates text after a prompt. A model of records generates one after another, a line each; if it has labels and
    /// none is given, one is drawn for each and stands before it.
    /// </summary>
    /// <param name="prompt">The beginning; part of the result only for records after the first.</param>
    /// <param name="characters">Number of characters to generate.</param>
    /// <param name="options">The sampling options.</param>
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
    /// Generates records, drawing for each what is not given: a label, which then stands before it (<c>Polish:
    /// Kowalski</c>), or a first letter.
    /// </summary>
    /// <param name="starts">
    /// Possible first symbols, for a model conditioned on them without a prompt; null to begin with the prompt.
    /// </param>
    /// <param name="drawsLabels">Whether each has a label of its own.</param>
    /// <param name="prompt">The beginning of each record.</param>
    /// <param name="characters">Number of characters to generate.</param>
    /// <param name="options">The sampling options.</param>
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
                .Append(drawn is null ? "" : $"{LabelNames.Cut(drawn.Name)}: ")
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
    /// First inputs of the model: the prompt, after the boundary that begins a record, or the default start for an
    /// empty one.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The model is conditioned on the starts of records, and there is no prompt.
    /// </exception>
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
        return prompt.Count > 0 ? [.. prompt] : [vocabulary.LineEndId ?? 0];
    }
}
