namespace CharRnn.Datasets;

/// <summary>
/// B parallel streams through the records of a corpus, which each epoch are put in a new order, drawn from (seed,
/// epoch), and joined end to end. The recurrent state is carried from window to window; it begins anew at each record,
/// since the boundary in the input resets it.
/// </summary>
/// <remarks>
/// <para>
/// The P pairs of an epoch's order are dealt to the streams in spans of ⌊P / B⌋, of which ⌊span / T⌋ windows are read.
/// A stream begins with the record that its span begins in the midst of, so that no record is read from its middle;
/// only a record that takes up more than a whole span is shared between streams. What the divisions leave over are
/// other records in each epoch.
/// </para>
/// <para>
/// Beside the <see cref="RecordIndex"/> an order takes 12 bytes a group. Records that share a group there, as they do
/// where there are more than <see cref="RecordIndex.MaxGroups"/>, stay neighbours; so no number of records takes more
/// than 20 MiB.
/// </para>
/// </remarks>
public sealed class RecordBatcher : Batcher
{
    private readonly RecordIndex _records;
    private readonly long _span;
    private readonly int[] _order;

    // How many pairs the order has up to the end of each group in it.
    private readonly long[] _ends;
    private readonly long[] _beginnings;
    private long? _epoch;

    /// <summary>Makes the streams.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="records">Its records, or those of a stretch of it.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams.</param>
    /// <param name="seed">With the epoch it gives the order.</param>
    /// <exception cref="SettingsException">A size is not positive, or the records are too few.</exception>
    public RecordBatcher(SymbolIds ids, RecordIndex records, int t, int b, ulong seed)
        : base(ids, records.Range, t, b, seed)
    {
        _records = records;
        _span = Pairs / b;
        WindowsPerEpoch = _span / t;
        if (WindowsPerEpoch == 0)
            throw new SettingsException(
                $"the {records.Count} records to train on have {Range.Length} characters, their boundaries "
                    + $"included, but {b} streams of {t} steps need {((long)b * t) + 1}; lower 'BatchSize' or "
                    + "'SeqLength', or use a longer text."
            );
        (_order, _ends, _beginnings) = (new int[records.Groups], new long[records.Groups], new long[b]);
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        if (_epoch != EpochOf(step))
            TakeOrder(EpochOf(step));
        long window = step % WindowsPerEpoch;
        for (int stream = 0; stream < Streams; stream++)
            FillFrom(_beginnings[stream] + (window * Steps), stream, inputs, targets);
        return window == 0;
    }

    private void FillFrom(long place, int stream, Span<int> inputs, Span<int> targets)
    {
        int turn = TurnAt(place);
        for (int t = 0, count; t < Steps; t += count, place += count, turn++)
        {
            count = (int)Math.Min(Steps - t, _ends[turn] - place);
            var group = _records.Group(_order[turn]);
            FillSteps(stream, t, count, group.Start + place - BeginningOf(turn), inputs, targets);
        }
    }

    /// <summary>Puts the groups in the order of an epoch (R. Durstenfeld's shuffle, 1964).</summary>
    private void TakeOrder(long epoch)
    {
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        for (int i = _order.Length - 1; i > 0; i--)
        {
            int chosen = CounterRandom.Below(
                CounterRandom.Draw(Seed, RandomPurpose.RecordOrder, (ulong)epoch, (ulong)i),
                i + 1
            );
            (_order[i], _order[chosen]) = (_order[chosen], _order[i]);
        }
        long end = 0;
        for (int turn = 0; turn < _order.Length; turn++)
            _ends[turn] = end += _records.Group(_order[turn]).Length;
        for (int stream = 0; stream < Streams; stream++)
        {
            long place = stream * _span,
                beginning = BeginningOf(TurnAt(place));
            bool isShared = stream > 0 && beginning <= place - _span;
            _beginnings[stream] = isShared ? place : beginning;
        }
        _epoch = epoch;
    }

    private long BeginningOf(int turn) => turn == 0 ? 0 : _ends[turn - 1];

    /// <summary>Whose turn it is at a place in the order.</summary>
    private int TurnAt(long place)
    {
        int found = Array.BinarySearch(_ends, place);
        return found >= 0 ? found + 1 : ~found;
    }
}
