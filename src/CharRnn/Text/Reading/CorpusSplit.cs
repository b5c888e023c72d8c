namespace CharRnn;

/// <summary>Split of a corpus into three parts.</summary>
/// <param name="Train">The training part.</param>
/// <param name="Validation">The validation part, scored during training; empty if its fraction is 0.</param>
/// <param name="Test">The test part, scored once at the end; empty if its fraction is 0.</param>
public sealed record CorpusSplit(CorpusPart Train, CorpusPart Validation, CorpusPart Test)
{
    private const int MinCharacters = 2;

    /// <summary>
    /// Cuts at ⌊(1 − validation − test) · length⌋ and ⌊(1 − test) · length⌋, the fractions taken as the decimal numbers
    /// they are written as:
    /// 1,115,394 characters with a validation fraction of 0.1 are 1,003,854 to train and 111,540 to validate. The parts
    /// lie in this order, adjacent and without overlap.
    /// </summary>
    /// <param name="length">Characters in the corpus.</param>
    /// <param name="validationFraction">0 up to, not including, 1.</param>
    /// <param name="testFraction">0 up to, not including, 1; with the former, below 1.</param>
    /// <param name="trainFraction">
    /// The share of the training part, from its beginning, that is kept; the other parts stay where they are. Above 0,
    /// at most 1.
    /// </param>
    /// <exception cref="SettingsException">
    /// A fraction is out of range, or the training part or a part with a fraction above 0 gets fewer than two
    /// characters.
    /// </exception>
    public static CorpusSplit Contiguous(
        long length,
        double validationFraction,
        double testFraction,
        double trainFraction = 1
    )
    {
        var (trainEnd, validationEnd) = Cuts(length, validationFraction, testFraction);
        long kept = (long)decimal.Floor(TrainShare(trainFraction) * trainEnd);
        CheckPart(
            validationEnd - trainEnd,
            asked: validationFraction > 0,
            length,
            "validation part",
            "raise 'ValFrac', or set it to 0"
        );
        CheckPart(
            length - validationEnd,
            asked: testFraction > 0,
            length,
            "test part",
            "raise 'TestFrac', or set it to 0"
        );
        CheckPart(
            kept,
            asked: true,
            length,
            "training part",
            "lower 'ValFrac' or 'TestFrac', raise 'TrainFraction', or use a longer text"
        );
        return new CorpusSplit(
            CorpusPart.Of(new IdRange(0, kept)),
            CorpusPart.Of(new IdRange(trainEnd, validationEnd - trainEnd)),
            CorpusPart.Of(new IdRange(validationEnd, length - validationEnd))
        );
    }

    /// <summary>
    /// Cuts as char-rnn does. The text is viewed as B streams side by side, and each of them as W = ⌊(length − 1) /
    /// (B·T)⌋ windows of T; of the windows the first ⌊(1 − validation − test) · W⌋ train, those up to ⌊(1 − test) · W⌋
    /// validate, and the others test: so that the end of each stream is held out. The remainder after the last stream
    /// is not used. Two parts of a stream share the id between them, as the target of the one and the first input of
    /// the other.
    /// </summary>
    /// <param name="length">Characters in the corpus.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams.</param>
    /// <param name="validationFraction">0 up to, not including, 1.</param>
    /// <param name="testFraction">0 up to, not including, 1; with the former, below 1.</param>
    /// <param name="trainFraction">
    /// The share of the training windows, from the first, that is kept (at least one). Above 0, at most 1.
    /// </param>
    /// <exception cref="SettingsException">
    /// A fraction is out of range, or the training part or a part with a fraction above 0 gets no window.
    /// </exception>
    public static CorpusSplit Interleaved(
        long length,
        int t,
        int b,
        double validationFraction,
        double testFraction,
        double trainFraction = 1
    )
    {
        long windows = (length - 1) / ((long)t * b);
        var (trainEnd, validationEnd) = Cuts(windows, validationFraction, testFraction);
        CheckWindows(trainEnd, asked: true, "training part");
        CheckWindows(validationEnd - trainEnd, asked: validationFraction > 0, "validation part");
        CheckWindows(windows - validationEnd, asked: testFraction > 0, "test part");
        long kept = Math.Max(1, (long)decimal.Floor(TrainShare(trainFraction) * trainEnd));
        return new CorpusSplit(Part(0, kept), Part(trainEnd, validationEnd), Part(validationEnd, windows));

        CorpusPart Part(long from, long to) =>
            from == to
                ? CorpusPart.None
                : new(
                    [
                        .. Enumerable
                            .Range(0, b)
                            .Select(stream => new IdRange(((stream * windows) + from) * t, ((to - from) * t) + 1)),
                    ],
                    (to - from) * t * b
                );

        void CheckWindows(long count, bool asked, string name)
        {
            if (asked && count < 1)
                throw new SettingsException(
                    $"{length} characters in {b} streams of {t} steps are {windows} windows, of which the {name} gets "
                        + "none; lower 'BatchSize' or 'SeqLength', give other fractions, or hold out the text's end "
                        + "with "
                        + "'ValSplit' tail."
                );
        }
    }

    /// <summary>Upper bound on the windows that an interleaved split needs for every part to get one.</summary>
    internal static long EnoughWindows(double validationFraction, double testFraction)
    {
        CheckFractions(validationFraction, testFraction);
        decimal train = 1 - (decimal)validationFraction - (decimal)testFraction;
        decimal smallest = validationFraction > 0 ? Math.Min(train, (decimal)validationFraction) : train;
        // A fraction that rounds to nothing is refused where the text is cut.
        return smallest == 0 ? 1 : (long)decimal.Ceiling(Math.Min(1 / smallest, int.MaxValue));
    }

    private static (long TrainEnd, long ValidationEnd) Cuts(long length, double validationFraction, double testFraction)
    {
        CheckFractions(validationFraction, testFraction);
        // In binary, 1 − 0.05 − 0.05 is less than 0.9, and would cut one character early.
        decimal validation = (decimal)validationFraction,
            test = (decimal)testFraction;
        return ((long)decimal.Floor((1 - validation - test) * length), (long)decimal.Floor((1 - test) * length));
    }

    private static decimal TrainShare(double trainFraction) =>
        trainFraction > 0 && trainFraction <= 1
            ? (decimal)trainFraction
            : throw new SettingsException(
                $"the training fraction is {trainFraction}; 'TrainFraction' needs a number above 0, up to 1."
            );

    private static void CheckFractions(double validationFraction, double testFraction)
    {
        CheckFraction(validationFraction, "validation", "'ValFrac'");
        CheckFraction(testFraction, "test", "'TestFrac'");
        decimal validation = (decimal)validationFraction,
            test = (decimal)testFraction;
        if (validation + test >= 1)
            throw new SettingsException(
                $"the validation and test fractions, {validation} and {test}, leave nothing to train on; together "
                    + "they must stay below 1: lower 'ValFrac' or 'TestFrac'."
            );
    }

    private static void CheckFraction(double fraction, string part, string flag)
    {
        if (!(fraction >= 0 && fraction < 1))
            throw new SettingsException(
                $"the {part} fraction is {fraction}; {flag} needs a number from 0 up to, not including, 1."
            );
    }

    private static void CheckPart(long characters, bool asked, long length, string name, string remedy)
    {
        if (asked && characters < MinCharacters)
            throw new SettingsException(
                $"of {length} characters the {name} gets {characters}; it needs at least {MinCharacters}: {remedy}."
            );
    }
}

/// <summary>
/// Part of a corpus: one range of it, or several that are read separately, each from a state of zeros.
/// </summary>
/// <param name="Ranges">
/// The ranges in order; none for an empty part. A range of n ids has n − 1 predictions.
/// </param>
/// <param name="Characters">Number of characters.</param>
public sealed record CorpusPart(IReadOnlyList<IdRange> Ranges, long Characters)
{
    /// <summary>The empty part.</summary>
    public static CorpusPart None { get; } = new([], 0);

    /// <summary>A part of one range; the empty part if the range is empty.</summary>
    public static CorpusPart Of(IdRange range) => range.Length == 0 ? None : new([range], range.Length);

    /// <summary>Number of predictions.</summary>
    public long Pairs => Ranges.Sum(PairsOf);

    /// <summary>
    /// The part as pieces to read in parallel: one range is cut into adjacent ones, several stay as they are.
    /// </summary>
    /// <param name="streams">Number of pieces one range is cut into; fewer if it is short.</param>
    /// <param name="maxPairs">
    /// Max predictions of all pieces together; if there are more, each piece ends early, so that the predictions are
    /// spread evenly.
    /// </param>
    public IReadOnlyList<IdRange> Pieces(int streams, long maxPairs = long.MaxValue)
    {
        var pieces = Ranges.Count == 1 ? Cut(Ranges[0], (int)Math.Clamp(Pairs, 1, streams)) : Ranges;
        if (Pairs <= maxPairs)
            return pieces;
        long most = Math.Max(1, maxPairs / pieces.Count);
        return [.. pieces.Select(piece => piece with { Length = Math.Min(piece.Length, most + 1) })];
    }

    /// <summary>
    /// Cuts a range into adjacent ones that share its predictions: each ends with the id that the next begins with.
    /// </summary>
    internal static IdRange[] Cut(IdRange range, int count)
    {
        long pairs = PairsOf(range);
        var pieces = new IdRange[count];
        for (int i = 0; i < count; i++)
        {
            long start = pairs * i / count,
                end = pairs * (i + 1) / count;
            pieces[i] = new IdRange(range.Start + start, end - start + 1);
        }
        return pieces;
    }

    internal static long PairsOf(IdRange range) => Math.Max(0, range.Length - 1);
}
