using CharRnn.Datasets;
using CharRnn.Evaluation;

namespace CharRnn;

/// <summary>Progress of scoring records.</summary>
/// <param name="Characters">Number of characters read so far, ends of records among them.</param>
/// <param name="Total">Number of all of them.</param>
public readonly record struct EvaluationProgress(long Characters, long Total);

/// <summary>Scores of a language model on the records of one label.</summary>
/// <param name="Label">The label's name.</param>
/// <param name="Records">Number of its records.</param>
/// <param name="Result">Their scores.</param>
public sealed record LabelEvaluation(string Label, int Records, EvaluationResult Result);

/// <summary>
/// Scores of a language model on labeled records. Each is read from its beginning, under its label where the model
/// has learnt labels, and every character and the record's end count, as in the validation loss of training; where the
/// model is given the starts of records (<see cref="ModelSpec.ConditionOnFirstSymbol"/>), first characters do not.
/// </summary>
/// <param name="Result">The scores of all of them.</param>
/// <param name="ByLabel">
/// The scores of each label's records, in the order of <see cref="LabeledRecords.Labels"/>; labels without records
/// are not there.
/// </param>
/// <example>
/// <code>
/// using var model = LanguageModel.Load("runs/new-names");
/// var preparation = model.Preparation with { Records = false };
/// var surnames = LabeledRecords.ReadFolder("surnames", preparation, LabeledPurpose.Scoring);
/// var evaluation = LabeledEvaluation.Of(model, surnames);
/// foreach (var (label, records, result) in evaluation.ByLabel)
///     Console.WriteLine($"{label}: {records} records, {result.BitsPerChar:0.000} bits per character");
/// </code>
/// </example>
public sealed record LabeledEvaluation(EvaluationResult Result, IReadOnlyList<LabelEvaluation> ByLabel)
{
    // Records are short: side by side, a step's products have rows enough to be fast.
    private const int MaxStreams = 32;

    /// <summary>Number of records scored.</summary>
    public int Records => ByLabel.Sum(label => label.Records);

    /// <summary>Number of characters left out because the model's vocabulary lacks them.</summary>
    public long Skipped { get; private init; }

    /// <summary>Number of records left out because nothing was left of them.</summary>
    public int Emptied { get; private init; }

    /// <summary>Number of characters read as the vocabulary's unknown symbol because it lacks them.</summary>
    public long Unknown { get; private init; }

    /// <summary>Scores records.</summary>
    /// <param name="model">
    /// The model: one of labelled records, or one of records without labels, for which labels only say what is counted
    /// together.
    /// </param>
    /// <param name="records">
    /// The records; a text that comes several times under a label counts once. They are normalised and folded as the
    /// model's own were (<see cref="RecurrentModel.Encode(string)"/>).
    /// </param>
    /// <param name="skipUnknown">
    /// Leave out characters that the model's vocabulary lacks; by default they are refused, or read as its unknown
    /// symbol where it has one.
    /// </param>
    /// <param name="threads">
    /// Number of threads; as many as are useful by default. Any number gives the same bits.
    /// </param>
    /// <param name="progress">Receives progress from time to time.</param>
    /// <param name="cancellationToken">Stops early with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="CorpusException">
    /// A record has a label that the model does not know, or a character that its vocabulary lacks, or nothing is left
    /// to score; the message says which.
    /// </exception>
    /// <exception cref="ModelException">
    /// The model's vocabulary has no boundary, at which records begin and end.
    /// </exception>
    public static LabeledEvaluation Of(
        LanguageModel model,
        LabeledRecords records,
        bool skipUnknown = false,
        int? threads = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(records);
        var scored = new ScoredRecords(records, model, skipUnknown);
        int streams = Math.Min(scored.Count, MaxStreams);
        using var evaluator = new Evaluator(model, streams, threads ?? model.UsefulThreads(streams));
        var byLabel = new List<LabelEvaluation>();
        long done = 0;
        for (int label = 0; label < records.Labels.Count; label++)
        {
            if (scored.PiecesOf(label) is not { Count: > 0 } pieces)
                continue;
            var result = evaluator.Run(
                scored.Ids,
                pieces,
                progress is null ? null : new OfAll(progress, done, scored.Characters),
                cancellationToken
            );
            byLabel.Add(new LabelEvaluation(records.Labels[label], pieces.Count, result));
            done += pieces.Sum(CorpusPart.PairsOf);
        }
        var results = byLabel.ConvertAll(label => label.Result);
        var total = new EvaluationResult(
            results.Sum(result => result.Characters),
            results.Sum(result => result.TotalNats),
            results.Sum(result => result.Hits)
        );
        return new LabeledEvaluation(total, byLabel)
        {
            Skipped = scored.Skipped,
            Emptied = scored.Emptied,
            Unknown = scored.Unknown,
        };
    }

    private sealed class OfAll(IProgress<EvaluationProgress> all, long before, long total) : IProgress<long>
    {
        public void Report(long value) => all.Report(new EvaluationProgress(before + value, total));
    }
}

/// <summary>
/// Labeled records as a language model reads them: the ids of each between two boundaries, and beside them, where the
/// model has labels, its own id of the record's label.
/// </summary>
internal sealed class ScoredRecords
{
    private readonly LanguageModel _model;
    private readonly ILookup<int, IdRange> _pieces;

    /// <summary>Encodes records for a model.</summary>
    /// <param name="records">The records.</param>
    /// <param name="model">The model.</param>
    /// <param name="skipUnknown">Leave out characters that its vocabulary lacks.</param>
    /// <exception cref="CorpusException">
    /// The model does not know a label or a character, or nothing is left.
    /// </exception>
    /// <exception cref="ModelException">Its vocabulary has no boundary.</exception>
    public ScoredRecords(LabeledRecords records, LanguageModel model, bool skipUnknown)
    {
        _model = model;
        if (model.Vocabulary.BoundaryId is not { } boundary)
            throw new ModelException(
                "the model's vocabulary has no boundary symbol, at which records begin and end: it was trained "
                    + "on a text that is none of records, and scores such a text."
            );
        // (N); null for a model without labels.
        int[]? labelIds = model.Labels.Count > 0 ? records.LabelIdsIn(model.Labels) : null;
        var packer = new RecordPacker(boundary);
        var pieces = new List<(int Label, IdRange Range)>();
        foreach (var (place, record) in records.Records.Index())
        {
            int[] text = Encode(record, records, skipUnknown);
            if (text.Length == 0)
            {
                Emptied++;
                continue;
            }
            pieces.Add((record.Label, packer.Add(text, labelIds?[place] ?? 0)));
        }
        if (pieces.Count == 0)
            throw new CorpusException(
                $"{records.Name} has no record with a character that the model's vocabulary has; at least one is "
                    + "needed."
            );
        (Count, Characters) = (pieces.Count, packer.Count - 1);
        // Records of like lengths side by side leave few streams waiting for the longest.
        _pieces = pieces.OrderBy(piece => piece.Range.Length).ToLookup(piece => piece.Label, piece => piece.Range);
        Ids = packer.Pack(model.Vocabulary.Count, model.Labels.Count);
    }

    /// <summary>The ids of all records, with a boundary before, between and after them.</summary>
    public SymbolIds Ids { get; }

    /// <summary>Number of records.</summary>
    public int Count { get; }

    /// <summary>Number of their characters, ends among them.</summary>
    public long Characters { get; }

    /// <summary>Number of characters left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>Number of records left out with their last character.</summary>
    public int Emptied { get; }

    /// <summary>Number of characters read as the unknown symbol.</summary>
    public long Unknown { get; private set; }

    /// <summary>
    /// The records of a label (an index of <see cref="LabeledRecords.Labels"/>), each with the boundaries before and
    /// after it.
    /// </summary>
    public IReadOnlyList<IdRange> PiecesOf(int label) => [.. _pieces[label]];

    private int[] Encode(LabeledRecord record, LabeledRecords records, bool skipUnknown)
    {
        try
        {
            int[] text = _model.Encode(record.Text, skipUnknown, out int skipped);
            Skipped += skipped;
            if (_model.Vocabulary.UnknownId is { } unknown)
                Unknown += text.Count(id => id == unknown);
            return text;
        }
        catch (SettingsException refusal)
        {
            string place = TextEscape.ForTerminal(
                $"{records.Name}, {records.Labels[record.Label]}, '{record.Text}'",
                keepLineFeedsAndTabs: false
            );
            throw new CorpusException($"{place}: {refusal.Message.TrimEnd('.')}, or pass 'Unknown' skip.", refusal);
        }
    }
}
