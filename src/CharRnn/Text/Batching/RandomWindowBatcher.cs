namespace CharRnn.Datasets;

/// <summary>
/// Windows from anywhere in the text, each begun with a zero state. A start is uniform over all places of the stretches
/// where a window fits, drawn with replacement, so that no tail is left out; an epoch is ⌈P / (B·T)⌉ windows: as many
/// pairs as the text has, though not each of them once.
/// </summary>
public sealed class RandomWindowBatcher : Batcher
{
    private readonly IdRange[] _ranges;

    // (ranges + 1) how many places the ranges before each have, and last all of them.
    private readonly long[] _placesBefore;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="range">The stretch of it to train on, at least T + 1 ids.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: how many windows a step takes.</param>
    /// <param name="seed">With the step and the stream it gives a window's start.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, the range lies outside the corpus, or it is too short.
    /// </exception>
    public RandomWindowBatcher(SymbolIds ids, IdRange range, int t, int b, ulong seed)
        : this(ids, [range], t, b, seed) { }

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="ranges">The stretches of it to train on; a window lies within one of them.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: how many windows a step takes.</param>
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
        // A range that is too short for a window has no places, and shares its number with the next.
        while (_placesBefore[range + 1] == place)
            range++;
        return _ranges[range].Start - Range.Start + place - _placesBefore[range];
    }
}
