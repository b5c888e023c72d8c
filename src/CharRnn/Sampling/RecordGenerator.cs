namespace CharRnn;

/// <summary>
/// Generator of records one after another, each up to its end: the boundary if the vocabulary has one, else a line end.
/// </summary>
public sealed class RecordGenerator
{
    private const int SideBySide = 64;

    private readonly LanguageModel _model;
    private readonly LabelBlend? _label;
    private readonly int? _boundary,
        _lineFeed;

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
        (_boundary, _lineFeed) = (
            model.Vocabulary.BoundaryId,
            model.Vocabulary.TryGetId('\n', out int lineFeed) ? lineFeed : null
        );
        if (_boundary is null && _lineFeed is null)
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
    )
    {
        int threads = _model.UsefulThreads(SideBySide);
        for (ulong first = 0; ; first += SideBySide)
        {
            using var generator = new BatchGenerator(_model, prompt, options, SideBySide, first, threads, _label);
            var records = new List<int>[SideBySide];
            for (int i = 0; i < SideBySide; i++)
                records[i] = [];
            var writing = Enumerable.Range(0, SideBySide).ToList();
            while (writing.Count > 0)
            {
                if (cancellationToken.IsCancellationRequested)
                    yield break;
                int[] ids = generator.Next().ToArray();
                writing.RemoveAll(stream => IsOver(records[stream], ids[stream]));
            }
            foreach (var record in records)
                yield return [.. record];
        }

        bool IsOver(List<int> record, int id)
        {
            if (id == _boundary || id == _lineFeed)
                return true;
            record.Add(id);
            return record.Count == longest;
        }
    }
}
