namespace CharRnn.Datasets;

/// <summary>
/// B parallel streams through the text, each going on where it was: the recurrent state is carried from window to
/// window.
/// </summary>
/// <remarks>
/// The P pairs of the range are dealt to the streams in spans of ⌊P / B⌋, and an epoch is W = ⌊span / T⌋ windows; the
/// state starts from zero at its first. What these divisions leave over, P − B·span at the end and span − W·T after
/// each stream, is not lost: each epoch all streams are shifted by an offset drawn from 0 up to the sum of the two, so
/// that over the epochs every pair is trained on. With <see cref="EpochStart.Fixed"/> nothing is shifted: spans are W·T
/// pairs, with W = ⌊(P − 1) / (B·T)⌋ but at least 1, and the rest at the text's end is left out.
/// </remarks>
public sealed class StatefulBatcher : Batcher
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
    /// <param name="start">Where epochs begin.</param>
    /// <param name="carry">How far the state is carried.</param>
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

    /// <summary>How far all streams are shifted in an epoch, a function of the seed and the epoch alone.</summary>
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
