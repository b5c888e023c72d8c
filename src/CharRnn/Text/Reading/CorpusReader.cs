using System.Globalization;

namespace CharRnn.Datasets;

/// <summary>The result of reading a corpus.</summary>
/// <param name="Vocabulary">The given vocabulary, or that of the sources.</param>
/// <param name="Ids">The ids of the text.</param>
/// <param name="Details">The other results.</param>
/// <param name="Notes">Hints about where the ids are kept, one line each.</param>
internal sealed record CorpusReading(
    Vocabulary Vocabulary,
    SymbolIds Ids,
    CorpusDetails Details,
    IReadOnlyList<string> Notes
) : IDisposable
{
    public void Dispose() => Ids.Dispose();
}

/// <summary>
/// Reader from sources to ids: from the cache if it has them, else in two passes (three where repeated lines are left
/// out). A small text's ids are kept in memory; those of a large one in a mapped file, in the cache if there is one,
/// else without a name.
/// </summary>
/// <param name="sources">The sources, in order.</param>
/// <param name="options">The options; the vocabulary's encoding overrides <see cref="CorpusOptions.Encoding"/>.</param>
internal sealed class CorpusReader(IReadOnlyList<CorpusSource> sources, CorpusOptions options)
{
    // Allowance for the details that follow the ids in a file; those of almost all texts are shorter.
    private const int DetailsAllowance = 1 << 16;

    private readonly ReadingMeter _meter = new(options.Progress, options.CancellationToken);

    // A text for a vocabulary without a boundary symbol gets no boundaries.
    private bool IsSeveral =>
        sources.Count > 1 && !options.Preparation.JoinFiles && options.Vocabulary is not { BoundaryId: null };

    private TextEncoding Encoding => options.Vocabulary?.Encoding ?? options.Encoding;

    /// <summary>Leave out the symbols that a given vocabulary lacks, rather than reject the text.</summary>
    internal bool SkipUnknown { get; init; }

    /// <summary>Reads the sources.</summary>
    /// <param name="check">Rejects facts that cannot be used, after the first pass or in its place.</param>
    /// <exception cref="CorpusException">
    /// A source cannot be read, is no text, changes while it is read, or has symbols that a given vocabulary lacks.
    /// </exception>
    /// <exception cref="CharRnnException">The ids cannot be written to a file.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal CorpusReading Read(Action<CorpusFacts> check)
    {
        long?[] lengths = [.. sources.Select(source => source.Length)];
        long? bytes = lengths.Contains(null) ? null : lengths.Sum();
        var key =
            options.Cache is not null && bytes >= options.MapFrom
                ? CacheKey.Of(sources, Encoding, options.Vocabulary, SkipUnknown, options.Preparation)
                : null;
        if (key is not null && options.Cache!.Find(key, _meter) is { } found)
        {
            check(found.Details.Facts);
            return new CorpusReading(VocabularyOf(found.Details.Facts), found.Ids, found.Details, []);
        }

        var plan = new PreparationPlan(options.Preparation, IsSeveral, FindRepeatedLines(bytes));
        _meter.Begin(CorpusPhase.Surveying, bytes);
        // Where a vocabulary is given, it decides what is known and what is rare.
        var survey = new CorpusSurvey(
            sources,
            Encoding,
            options.Vocabulary is null ? plan : plan with { Preparation = plan.Preparation with { MinCount = 1 } },
            _meter
        );
        check(survey.Facts);
        var vocabulary = VocabularyOf(survey.Facts);
        _meter.Begin(CorpusPhase.Encoding, survey.Bytes);
        long idBytes = survey.Facts.Length * PackedIds.BytesPerId(vocabulary.Count);
        bool isSmall = survey.Bytes < options.MapFrom || sources.All(source => source.FilePath is null);
        if (!isSmall || idBytes > Array.MaxLength)
            return IntoFile(key, plan, survey.Facts, vocabulary, IdFileHeader.Length + idBytes + DetailsAllowance);
        using var memory = new MemoryIdSink(survey.Facts.Length, vocabulary.Count);
        return Encode(plan, survey.Facts, vocabulary, memory);
    }

    private RepeatedLines? FindRepeatedLines(long? bytes)
    {
        if (!options.Preparation.UniqueLines)
            return null;
        _meter.Begin(CorpusPhase.Comparing, bytes);
        using var finder = new RepeatedLineFinder();
        var lines = options.Preparation with { Records = false };
        var pipeline = new PreparationPipeline(new PreparationPlan(lines), finder);
        foreach (var source in sources)
        {
            using var reader = new SymbolReader(source, Encoding, hash: null, meter: _meter);
            for (var block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
                pipeline.Append(block);
            pipeline.EndSource();
        }
        pipeline.Finish();
        return finder.Found;
    }

    private CorpusReading IntoFile(
        CacheKey? key,
        PreparationPlan plan,
        CorpusFacts facts,
        Vocabulary vocabulary,
        long fileBytes
    )
    {
        var notes = new List<string>();
        if (key is not null)
        {
            try
            {
                using var cached = options.Cache!.Build(key, fileBytes, vocabulary.Count);
                var reading = Encode(plan, facts, vocabulary, cached);
                notes.Add(
                    cached.IsKept
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $"the text's ids are kept in {Display(options.Cache.Folder)} ({fileBytes / 1e6:0} MB); "
                                + $"while it does not change it need not be read again."
                        )
                        : "the text changed while it was read, or its ids are in use: they are not kept, and it is "
                            + "read "
                            + "again next time."
                );
                return reading with { Notes = notes };
            }
            catch (IdFileException failure)
            {
                notes.Add(
                    $"the text's ids cannot be kept in {Display(options.Cache!.Folder)}: {failure.Message}; a "
                        + "temporary file takes their place, and the text is read again next time."
                );
                _meter.Begin(CorpusPhase.Encoding, _meter.TotalBytes);
            }
        }
        string folder = Path.GetTempPath();
        try
        {
            using var unnamed = UnnamedIdSink.Open(folder, fileBytes, vocabulary.Count);
            return Encode(plan, facts, vocabulary, unnamed) with { Notes = notes };
        }
        catch (IdFileException failure)
        {
            throw new CharRnnException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the text's ids need a file of {fileBytes / 1e6:0} MB, which cannot be written in "
                        + $"{Display(folder)}: {failure.Message}; make room, or name another folder in TMPDIR."
                ),
                failure
            );
        }
    }

    private CorpusReading Encode(PreparationPlan plan, CorpusFacts facts, Vocabulary vocabulary, IIdSink sink)
    {
        using var encoder = new CorpusEncoder(vocabulary, sink, plan, _meter)
        {
            SkipUnknown = SkipUnknown,
            Length = facts.Length,
        };
        for (int i = 0; i < sources.Count; i++)
            encoder.Add(sources[i], facts.CharactersOf[i]);
        encoder.Finish();
        var details = new CorpusDetails(facts, encoder.Sha256(), encoder.Skipped, encoder.Unknown);
        return new CorpusReading(vocabulary, sink.Finish(details), details, Notes: []);
    }

    private Vocabulary VocabularyOf(CorpusFacts facts) =>
        options.Vocabulary ?? new Vocabulary(facts.Symbols, options.Encoding);

    private static string Display(string folder) => TextEscape.ForTerminal(folder, keepLineFeedsAndTabs: false);
}
