using CharRnn.Evaluation;

namespace CharRnn;

/// <summary>How far the scoring of records is.</summary>
/// <param name="Characters">How many characters have been read, ends of records among them.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct EvaluationProgress(long Characters, long Total);

/// <summary>What a language model makes of the records of one label.</summary>
/// <param name="Label">The label's name.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Result">What the model makes of them.</param>
public sealed record LabelEvaluation(string Label, int Records, EvaluationResult Result);

/// <summary>
/// What a language model makes of labelled records. Each is read from its beginning, under its label where the model
/// has learnt labels, and every character and the record's end count, as in the validation loss of training; where the
/// model is given the starts of records (<see cref="ModelSpec.ConditionOnFirstSymbol"/>), first characters do not.
/// </summary>
/// <param name="Result">What it makes of all of them.</param>
/// <param name="ByLabel">
/// What it makes of those of each label, in the order of <see cref="LabeledRecords.Labels"/>; labels without records
/// are not there.
/// </param>
/// <example>
/// <code>
/// using var model = LanguageModel.Load("runs/new-names");
/// var surnames = LabeledRecords.ReadFolder("surnames", model.Preparation with { Records = false }, LabeledPurpose.Scoring);
/// var evaluation = LabeledEvaluation.Of(model, surnames);
/// foreach (var (label, records, result) in evaluation.ByLabel)
///     Console.WriteLine($"{label}: {records} records, {result.BitsPerChar:0.000} bits per character");
/// </code>
/// </example>
public sealed record LabeledEvaluation(EvaluationResult Result, IReadOnlyList<LabelEvaluation> ByLabel)
{
    // Records are short: side by side, a step's products have rows enough to be fast.
    private const int MaxStreams = 32;

    /// <summary>How many records were scored.</summary>
    public int Records => ByLabel.Sum(label => label.Records);

    /// <summary>How many characters were left out because the model's vocabulary lacks them.</summary>
    public long Skipped { get; private init; }

    /// <summary>How many records were left out because nothing was left of them.</summary>
    public int Emptied { get; private init; }

    /// <summary>How many characters became the vocabulary's unknown symbol because it lacks them.</summary>
    public long Unknown { get; private init; }

    /// <summary>Scores records.</summary>
    /// <param name="model">
    /// The model: one of labelled records, or one of records without labels, for which labels only say what is counted
    /// together.
    /// </param>
    /// <param name="records">
    /// The records; a text that comes several times under a label counts once. They are normalised and folded as the
    /// model's own were (<see cref="LanguageModel.Encode(string)"/>).
    /// </param>
    /// <param name="skipUnknown">
    /// Leave out characters that the model's vocabulary lacks; by default they are refused, or read as its unknown
    /// symbol where it has one.
    /// </param>
    /// <param name="threads">
    /// How many threads; as many as are useful by default. Any number gives the same bits.
    /// </param>
    /// <param name="progress">Told how far the scoring is, from time to time.</param>
    /// <param name="cancellation">Stops early with an <see cref="OperationCanceledException"/>.</param>
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
        CancellationToken cancellation = default
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
                cancellation
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
