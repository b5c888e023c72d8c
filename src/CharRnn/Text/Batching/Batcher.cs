namespace CharRnn;

/// <summary>
/// Source of training windows of T steps by B streams, cut from a range of a corpus. A window is a pure function of its
/// step number, so that a run resumes at any step without further state. Not thread-safe.
/// </summary>
/// <remarks>A pair is an input and its target, the id after it: a range of n ids has n − 1 pairs.</remarks>
internal abstract class Batcher
{
    private readonly SymbolIds _ids;
    private readonly int[] _stretch,
        _labels;

    /// <summary>Checks sizes and range.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">The range of it to train on.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams.</param>
    /// <param name="seed">Seed of all random choices.</param>
    /// <exception cref="SettingsException">A size is not positive, or the range lies outside the corpus.</exception>
    protected Batcher(SymbolIds ids, IdRange range, int t, int b, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(ids);
        CheckSizes(t, b);
        if (range.Start < 0 || range.Length < 0 || range.Start > ids.Length - range.Length)
            throw new SettingsException(
                $"the range of {range.Length} ids from {range.Start} on leaves the corpus of {ids.Length}."
            );
        _ids = ids;
        _stretch = new int[t + 1];
        _labels = ids.Labels is null ? [] : new int[t * b];
        Range = range;
        Steps = t;
        Streams = b;
        Seed = seed;
    }

    /// <summary>Number of steps in a window, T.</summary>
    public int Steps { get; }

    /// <summary>Number of streams, B.</summary>
    public int Streams { get; }

    /// <summary>The range of the corpus that windows are taken from.</summary>
    public IdRange Range { get; }

    /// <summary>
    /// The label of each input of the last filled window, (T, B); empty for a text without labels.
    /// </summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Number of windows, that is training steps, in an epoch; at least 1.</summary>
    public abstract long WindowsPerEpoch { get; }

    /// <summary>Number of the text's pairs in a window; the mean where windows are not full.</summary>
    public virtual double PairsPerWindow => (double)Steps * Streams;

    /// <summary>Seed of all random choices.</summary>
    protected ulong Seed { get; }

    /// <summary>Number of input and target pairs in the range.</summary>
    protected long Pairs => Range.Length - 1;

    /// <summary>The epoch, from 0, that a step belongs to.</summary>
    public long EpochOf(long step) => step / WindowsPerEpoch;

    /// <summary>Fills the window of a step, from 0. Allocates nothing.</summary>
    /// <param name="step">The training step, from 0.</param>
    /// <param name="inputs">Ids, (T, B): that of step t and stream b at t·B + b.</param>
    /// <param name="targets">Ids, (T, B): each the one that follows its input in the corpus.</param>
    /// <returns>Whether the state must start from zero before this window.</returns>
    /// <exception cref="SettingsException">The step is negative, or a span is not of T·B ids.</exception>
    public abstract bool Fill(long step, Span<int> inputs, Span<int> targets);

    /// <summary>
    /// Window sizes that fit a text, which needs B·T + 1 characters: if it is shorter, sizes that were not set
    /// explicitly shrink, B first and down to 1, then T.
    /// </summary>
    /// <param name="length">Characters to train on.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="tExplicit">Whether T was set explicitly, and so must not shrink.</param>
    /// <param name="b">B, streams.</param>
    /// <param name="bExplicit">Whether B was set explicitly, and so must not shrink.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, or the text is too short for explicit sizes.
    /// </exception>
    public static (int T, int B) FitTo(long length, int t, bool tExplicit, int b, bool bExplicit)
    {
        (t, b) = Shrink(length - 1, t, tExplicit, b, bExplicit);
        long needed = ((long)b * t) + 1;
        if (needed > length)
            throw new SettingsException(
                $"there are {length} characters to train on, but {b} streams of {t} steps need {needed}; lower "
                    + "'BatchSize' or 'SeqLength', or use a longer text."
            );
        return (t, b);
    }

    /// <summary>
    /// The same without a check: sizes that were not set explicitly shrink until a window has at most the given number
    /// of pairs.
    /// </summary>
    internal static (int T, int B) Shrink(long pairs, int t, bool tExplicit, int b, bool bExplicit)
    {
        CheckSizes(t, b);
        if (!bExplicit)
            b = (int)Math.Clamp(pairs / t, 1, b);
        if (!tExplicit)
            t = (int)Math.Clamp(pairs / b, 1, t);
        return (t, b);
    }

    /// <summary>The range from the first of several to the end of the last.</summary>
    protected static IdRange Hull(IReadOnlyList<IdRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (ranges.Count == 0)
            throw new SettingsException("there is nothing to train on.");
        long start = ranges.Min(range => range.Start);
        return new IdRange(start, ranges.Max(range => range.End) - start);
    }

    /// <summary>Copies T pairs from a position of the range into one stream of a window.</summary>
    protected void FillStream(int stream, long position, Span<int> inputs, Span<int> targets) =>
        FillSteps(stream, 0, Steps, position, inputs, targets);

    /// <summary>
    /// Copies <paramref name="count"/> pairs from a position of the range into one stream of a window, from a step on.
    /// </summary>
    protected void FillSteps(int stream, int firstStep, int count, long position, Span<int> inputs, Span<int> targets)
    {
        _ids.CopyTo(Range.Start + position, _stretch.AsSpan(0, count + 1));
        int at = firstStep * Streams + stream;
        for (int t = 0; t < count; t++, at += Streams)
        {
            inputs[at] = _stretch[t];
            targets[at] = _stretch[t + 1];
        }
        if (_ids.Labels is { } labels)
            FillLabels(labels, stream, firstStep, count, Range.Start + position);
    }

    /// <summary>
    /// Fills up a stream of a window, from a step on, with one id as input and target; its label is that of the step
    /// before.
    /// </summary>
    protected void FillRest(int stream, int firstStep, int id, Span<int> inputs, Span<int> targets)
    {
        for (int at = firstStep * Streams + stream; at < inputs.Length; at += Streams)
        {
            (inputs[at], targets[at]) = (id, id);
            if (_labels.Length > 0)
                _labels[at] = _labels[at - Streams];
        }
    }

    private void FillLabels(SymbolIds labels, int stream, int firstStep, int count, long position)
    {
        labels.CopyTo(position, _stretch.AsSpan(0, count));
        for (int t = 0; t < count; t++)
            _labels[(firstStep + t) * Streams + stream] = _stretch[t];
    }

    /// <summary>Rejects a negative step, and spans that are not (T, B).</summary>
    protected void CheckWindow(long step, ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        if (step < 0)
            throw new SettingsException($"step is {step}; steps count from 0.");
        CheckSpan(inputs, nameof(inputs));
        CheckSpan(targets, nameof(targets));
    }

    private void CheckSpan(ReadOnlySpan<int> span, string name)
    {
        if (span.Length != Steps * Streams)
            throw new SettingsException(
                $"{name} has {span.Length} ids; (T={Steps}, B={Streams}) needs {Steps * Streams}."
            );
    }

    private static void CheckSizes(int t, int b)
    {
        if (t < 1)
            throw new SettingsException($"a window has {t} steps; 'SeqLength' needs at least 1.");
        if (b < 1)
            throw new SettingsException($"there are {b} streams; 'BatchSize' needs at least 1.");
        // A window's ids lie in one array, and T + 1 of them are read at a time.
        if ((long)t * b >= Array.MaxLength)
            throw new SettingsException(
                $"{b} streams of {t} steps are {(long)t * b} characters a window; at most {Array.MaxLength - 1} "
                    + "can be held: lower 'BatchSize' or 'SeqLength'."
            );
    }
}

/// <summary>Start of an epoch's streams.</summary>
public enum EpochStart
{
    /// <summary>
    /// A random offset of the epoch's own, within the remainder that fills no whole window, so that over the epochs
    /// everything is trained on.
    /// </summary>
    Random,

    /// <summary>
    /// The text's beginning, in every epoch; the remainder at its end that fills no whole window is never seen, as in
    /// min-char-rnn, char-rnn and torch-rnn. As in min-char-rnn, one more character must follow a window.
    /// </summary>
    Fixed,
}

/// <summary>Lifetime of the recurrent state that streams carry from window to window.</summary>
public enum CarryState
{
    /// <summary>The epoch: the next one begins with a state of zeros.</summary>
    Epoch,

    /// <summary>The run: the state is carried into the next epoch, as in char-rnn.</summary>
    Always,
}
