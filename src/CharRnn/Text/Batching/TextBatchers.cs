namespace CharRnn.Datasets;

/// <summary>
/// Batcher of B parallel streams through the text, which carry the recurrent state from window to window.
/// </summary>
/// <remarks>
/// The P pairs of the range are assigned to the streams in spans of ⌊P / B⌋, and an epoch is W = ⌊span / T⌋ windows;
/// the state starts from zero at its first. The remainders of these divisions, P − B·span at the end and span − W·T
/// after each stream, are not lost: each epoch all streams are shifted by a random offset from 0 up to the sum of the
/// two, so that over the epochs every pair is trained on. With <see cref="EpochStart.Fixed"/> nothing is shifted: spans
/// are W·T pairs, with W = ⌊(P − 1) / (B·T)⌋ but at least 1, and the remainder at the text's end is left out.
/// </remarks>
internal sealed class StatefulBatcher : Batcher
{
    private readonly long _span;
    private readonly long _offsets;
    private readonly CarryState _carry;

    /// <summary>Makes the streams.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">
    /// The stretch of it to train on, at least B·T + 1 ids; see <see cref="Batcher.FitTo"/>.
    /// </param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams.</param>
    /// <param name="seed">With the epoch it gives the offset.</param>
    /// <param name="start">The start of epochs.</param>
    /// <param name="carry">The lifetime of the state.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, the range lies outside the corpus, or it is too short.
    /// </exception>
    public StatefulBatcher(
        SymbolIds ids,
        IdRange range,
        int t,
        int b,
        ulong seed,
        EpochStart start = EpochStart.Random,
        CarryState carry = CarryState.Epoch
    )
        : base(ids, range, t, b, seed)
    {
        _carry = carry;
        _span = Math.Max(Pairs, 0) / b;
        WindowsPerEpoch = _span / t;
        if (WindowsPerEpoch == 0)
            throw new SettingsException(
                $"there are {range.Length} characters to train on, but {b} streams of {t} steps need "
                    + $"{((long)b * t) + 1}; lower 'BatchSize' or 'SeqLength', or use a longer text."
            );
        if (start == EpochStart.Fixed)
        {
            WindowsPerEpoch = Math.Max(1, (Pairs - 1) / ((long)b * t));
            (_span, _offsets) = (WindowsPerEpoch * t, 1);
            return;
        }
        long left = Pairs - (b * _span) + (_span - (WindowsPerEpoch * t));
        _offsets = left + 1;
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <summary>Offset of all streams in an epoch, a function of the seed and the epoch alone.</summary>
    public long OffsetOf(long epoch) =>
        CounterRandom.Below(CounterRandom.Draw(Seed, RandomPurpose.EpochOffset, (ulong)epoch, 0), _offsets);

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        long window = step % WindowsPerEpoch;
        long position = OffsetOf(EpochOf(step)) + (window * Steps);
        for (int stream = 0; stream < Streams; stream++)
            FillStream(stream, position + (stream * _span), inputs, targets);
        return _carry == CarryState.Always ? step == 0 : window == 0;
    }
}

/// <summary>
/// Batcher of B parallel streams, each through a range of its own: the <see cref="StatefulBatcher"/> for the training
/// part of <see cref="CorpusSplit.Interleaved"/>. All ranges have the same length, a whole number of windows; every
/// epoch begins at their first, with a state of zeros unless it is always carried.
/// </summary>
internal sealed class InterleavedBatcher : Batcher
{
    private readonly long[] _starts;
    private readonly CarryState _carry;

    /// <summary>Makes the streams.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="ranges">
    /// Ranges, (B), one for each stream, each of a multiple of T predictions and all of the same length.
    /// </param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="carry">The lifetime of the state.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, or a range lies outside the corpus or is shorter than the others or than a window.
    /// </exception>
    public InterleavedBatcher(SymbolIds ids, IReadOnlyList<IdRange> ranges, int t, CarryState carry = CarryState.Epoch)
        : base(ids, Hull(ranges), t, ranges.Count, seed: 0)
    {
        _carry = carry;
        long length = ranges[0].Length;
        foreach (var range in ranges)
        {
            if (range.Length != length || length <= t)
                throw new SettingsException(
                    $"a stream has {range.Length} characters and the first {length}; streams of {t} steps need as "
                        + $"many each, and at least {t + 1}."
                );
        }
        _starts = [.. ranges.Select(range => range.Start - Range.Start)];
        WindowsPerEpoch = (length - 1) / t;
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        long window = step % WindowsPerEpoch;
        for (int stream = 0; stream < Streams; stream++)
            FillStream(stream, _starts[stream] + (window * Steps), inputs, targets);
        return _carry == CarryState.Always ? step == 0 : window == 0;
    }
}

/// <summary>
/// Batcher of windows from random positions of the text, each begun with a zero state. A start is uniform over all
/// positions of the ranges where a window fits, drawn with replacement, so that no tail is left out; an epoch is ⌈P /
/// (B·T)⌉ windows: as many pairs as the text has, though not each of them once.
/// </summary>
internal sealed class RandomWindowBatcher : Batcher
{
    private readonly IdRange[] _ranges;

    // Number of positions in the ranges before each, and last in all of them, (ranges + 1).
    private readonly long[] _placesBefore;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">The range of it to train on, at least T + 1 ids.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: the number of windows in a step.</param>
    /// <param name="seed">With the step and the stream it gives a window's start.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, the range lies outside the corpus, or it is too short.
    /// </exception>
    public RandomWindowBatcher(SymbolIds ids, IdRange range, int t, int b, ulong seed)
        : this(ids, [range], t, b, seed) { }

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="ranges">The ranges of it to train on; a window lies within one of them.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: the number of windows in a step.</param>
    /// <param name="seed">With the step and the stream it gives a window's start.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, a range lies outside the corpus, or all of them are too short.
    /// </exception>
    public RandomWindowBatcher(SymbolIds ids, IReadOnlyList<IdRange> ranges, int t, int b, ulong seed)
        : base(ids, Hull(ranges), t, b, seed)
    {
        _ranges = [.. ranges];
        _placesBefore = new long[_ranges.Length + 1];
        for (int i = 0; i < _ranges.Length; i++)
            _placesBefore[i + 1] = _placesBefore[i] + Math.Max(0, _ranges[i].Length - t);
        if (_placesBefore[^1] == 0)
            throw new SettingsException(
                $"there are {ranges.Max(range => range.Length)} characters to train on, but a window of {t} steps "
                    + $"needs {t + 1}; lower 'SeqLength', or use a longer text."
            );
        long pairs = ranges.Sum(CorpusPart.PairsOf);
        WindowsPerEpoch = (pairs + ((long)b * t) - 1) / ((long)b * t);
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        for (int stream = 0; stream < Streams; stream++)
        {
            ulong draw = CounterRandom.Draw(Seed, RandomPurpose.RandomWindow, (ulong)step, (ulong)stream);
            FillStream(stream, PositionOf(CounterRandom.Below(draw, _placesBefore[^1])), inputs, targets);
        }
        return true;
    }

    private long PositionOf(long place)
    {
        int found = Array.BinarySearch(_placesBefore, place);
        int range = found >= 0 ? found : ~found - 1;
        // A range that is too short for a window has no positions, and shares its number with the next.
        while (_placesBefore[range + 1] == place)
            range++;
        return _ranges[range].Start - Range.Start + place - _placesBefore[range];
    }
}
