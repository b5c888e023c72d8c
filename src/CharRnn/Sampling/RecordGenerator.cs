using CharRnn.Sampling;

namespace CharRnn;

/// <summary>
/// Generator of records one after another, each up to its end: the boundary if the vocabulary has one, else a line end.
/// </summary>
public sealed class RecordGenerator
{
    private const int DefaultSideBySide = 64;

    private readonly LanguageModel _model;
    private readonly LabelBlend? _label;
    private readonly int? _boundary,
        _lineEnd;

    /// <summary>Makes a generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="label">The label of all records, for a model with labels.</param>
    /// <exception cref="SettingsException">
    /// The model's vocabulary has no end of a record, or the model has labels and none is given.
    /// </exception>
    public RecordGenerator(LanguageModel model, LabelBlend? label = null)
    {
        model.RequireLabel(label);
        (_model, _label) = (model, label);
        (_boundary, _lineEnd) = (model.Vocabulary.BoundaryId, model.Vocabulary.LineEndId);
        if (_boundary is null && _lineEnd is null)
            throw new SettingsException(
                "the model's vocabulary has neither a line end nor a boundary, so that it writes no records."
            );
    }

    /// <summary>
    /// Endless sequence of records: the n-th is what <see cref="TextGenerator.Ids"/> writes as stream n, up to its end.
    /// </summary>
    /// <param name="prompt">The first ids of each record.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="longest">Max symbols of a record; null for no limit.</param>
    /// <param name="cancellationToken">Ends the sequence; records not yet returned are dropped.</param>
    /// <returns>Ids, without the prompt and without the end.</returns>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    public IEnumerable<int[]> Records(
        IReadOnlyList<int> prompt,
        SamplingOptions options,
        long? longest,
        CancellationToken cancellationToken = default
    ) =>
        Texts(prompt, options, longest, cancellationToken: cancellationToken)
            .Select(text => text.Ids as int[] ?? [.. text.Ids]);

    /// <summary>
    /// Endless sequence of records, with the log-probability of each and whether it ended by itself.
    /// </summary>
    /// <param name="prompt">The first ids of each record.</param>
    /// <param name="options">The sampling options.</param>
    /// <param name="longest">Max symbols of a record; null for no limit.</param>
    /// <param name="stop">Ids of a text before which a record ends too; null for none.</param>
    /// <param name="sideBySide">
    /// Number of records that are generated at once, at least 1; any number gives the same records. 64 by default.
    /// </param>
    /// <param name="cancellationToken">Ends the sequence; records not yet returned are dropped.</param>
    /// <exception cref="SettingsException">An option cannot be used.</exception>
    /// <example>
    /// <code>
    /// using var model = LanguageModel.Load("runs/new-names");
    /// var names = new RecordGenerator(model, LabelBlend.Parse("Polish", model.Labels));
    /// foreach (var name in names.Texts([], new SamplingOptions(), longest: 20).Take(10))
    ///     Console.WriteLine($"{name.LogProbability:0.00}  {model.Vocabulary.Decode([.. name.Ids])}");
    /// </code>
    /// </example>
    public IEnumerable<GeneratedText> Texts(
        IReadOnlyList<int> prompt,
        SamplingOptions options,
        long? longest,
        IReadOnlyList<int>? stop = null,
        int sideBySide = DefaultSideBySide,
        CancellationToken cancellationToken = default
    )
    {
        int threads = _model.UsefulThreads(sideBySide);
        IReadOnlyList<int>[] stops = [_lineEnd is { } end ? [end] : [], stop ?? []];
        for (ulong first = 0; ; first += (ulong)sideBySide)
        {
            var starts = TextStart.Several(prompt, sideBySide, first);
            using var generator = new BatchGenerator(_model, starts, options, threads, _label, isScored: true, stops);
            var records = new WrittenText[sideBySide];
            for (int i = 0; i < sideBySide; i++)
                records[i] = new WrittenText(longest, stop is null ? [] : [stop], _boundary, _lineEnd);
            while (!Array.TrueForAll(records, record => record.IsOver))
            {
                if (cancellationToken.IsCancellationRequested)
                    yield break;
                var ids = generator.Next();
                for (int i = 0; i < sideBySide; i++)
                    records[i].Add(ids[i], generator.LogProbabilities[i]);
            }
            foreach (var record in records)
                yield return new GeneratedText(record.TakeReleased(), record.LogProbability, record.HasEnded);
        }
    }
}
