namespace CharRnn.Datasets;

/// <summary>
/// Batcher of B parallel streams through the records of a corpus, which each epoch are shuffled by (seed, epoch) and
/// joined end to end. The recurrent state is carried from window to window; the boundary before each record resets it.
/// </summary>
/// <remarks>
/// <para>
/// The P pairs of an epoch's order are assigned to the streams in spans of ⌊P / B⌋, of which ⌊span / T⌋ windows are
/// read. A stream begins with the record that contains the start of its span, so that no record is read from its
/// middle; only a record longer than a whole span is shared between streams. The remainders of the divisions are other
/// records in each epoch.
/// </para>
/// <para>
/// Beside the <see cref="RecordIndex"/> an order takes 12 bytes a group. Records that share a group there, as they do
/// beyond <see cref="RecordIndex.MaxGroups"/>, stay neighbours; so no number of records takes more than 20 MiB.
/// </para>
/// </remarks>
internal sealed class RecordBatcher : Batcher
{
    private readonly RecordIndex _records;
    private readonly long _span;
    private readonly int[] _order;

    // Number of pairs in the order up to the end of each group.
    private readonly long[] _ends;
    private readonly long[] _beginnings;
    private long? _epoch;

    /// <summary>Makes the streams.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="records">Its records, or those of a range of it.</param>
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

    /// <summary>Index in the order of the group at a position.</summary>
    private int TurnAt(long place)
    {
        int found = Array.BinarySearch(_ends, place);
        return found >= 0 ? found + 1 : ~found;
    }
}

/// <summary>
/// Batcher of windows that each begin with a random record and a zero state; if it ends before the window does, another
/// is drawn, and so on, or boundaries fill the window. Records are drawn with replacement, and the part of one beyond
/// the window's end is not seen: T should be as long as most records are. An epoch is ⌈P / (B·T)⌉ windows: as many
/// pairs as the records have; or, with one record a stream, ⌈records / B⌉. Records with labels may be drawn so that
/// rare labels are oversampled: a label first, and then one of its records.
/// </summary>
internal sealed class RandomRecordBatcher : Batcher
{
    private readonly RecordIndex _records;
    private readonly LabelDraw? _labels;
    private readonly bool _oneEach;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="records">Its records, or those of a range of it.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: the number of windows in a step.</param>
    /// <param name="seed">Seed, which with the step, the stream and a number within the window gives a record.</param>
    /// <param name="labelWeights">
    /// Power P: 0, the default, draws all records alike, 1 all labels; between, a label is drawn in proportion to its
    /// records^(1 − P). Above 0 only for records with labels.
    /// </param>
    /// <param name="oneEach">Whether each stream of a window has one record, followed by boundaries.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, or records without labels are to be weighted by label.
    /// </exception>
    public RandomRecordBatcher(
        SymbolIds ids,
        RecordIndex records,
        int t,
        int b,
        ulong seed,
        double labelWeights = 0,
        bool oneEach = false
    )
        : base(ids, records.Range, t, b, seed)
    {
        (_records, _oneEach) = (records, oneEach);
        if (labelWeights > 0)
            _labels = new LabelDraw(
                ids.Labels
                    ?? throw new SettingsException(
                        "'LabelWeights' weighs the labels of records, and these have none; leave it out."
                    ),
                records,
                labelWeights
            );
        WindowsPerEpoch = oneEach ? (records.Count + b - 1) / b : (Pairs + ((long)b * t) - 1) / ((long)b * t);
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override double PairsPerWindow => _oneEach ? (double)Pairs / _records.Count * Streams : base.PairsPerWindow;

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        for (int stream = 0; stream < Streams; stream++)
        {
            ulong number = (ulong)stream;
            for (int t = 0, count; t < Steps; t += count, number += (ulong)Streams)
            {
                if (_oneEach && t > 0)
                {
                    FillRest(stream, t, _records.BoundaryId, inputs, targets);
                    break;
                }
                var record = _records.Record(RecordOf(step, number));
                count = (int)Math.Min(Steps - t, record.Length);
                FillSteps(stream, t, count, record.Start, inputs, targets);
            }
        }
        return true;
    }

    /// <summary>The record of a number within a step's window.</summary>
    private long RecordOf(long step, ulong number)
    {
        ulong draw = CounterRandom.Draw(Seed, RandomPurpose.RandomWindow, (ulong)step, number);
        if (_labels is null)
            return CounterRandom.Below(draw, _records.Count);
        return _labels.Choose(CounterRandom.Draw(Seed, RandomPurpose.RecordLabel, (ulong)step, number), draw);
    }
}

/// <summary>
/// Sampler of records by label: draws a label in proportion to (its number of records)^(1 − P), and then one of its
/// records uniformly. With P = 0 all records are equally likely, with P = 1 all labels. Costs 4 bytes a record.
/// </summary>
internal sealed class LabelDraw
{
    private readonly int[][] _recordsOf;

    // Cumulative probabilities of the labels.
    private readonly double[] _ends;

    /// <summary>Sorts the records by their labels.</summary>
    /// <param name="labels">The label of each position of the corpus.</param>
    /// <param name="records">The records.</param>
    /// <param name="power">P.</param>
    public LabelDraw(SymbolIds labels, RecordIndex records, double power)
    {
        var recordsOf = new List<int>[labels.VocabularyCount];
        for (int label = 0; label < recordsOf.Length; label++)
            recordsOf[label] = [];
        for (int record = 0; record < records.Count; record++)
            recordsOf[labels[records.Range.Start + records.Record(record).Start]].Add(record);
        _recordsOf = [.. recordsOf.Select(own => own.ToArray()).Where(own => own.Length > 0)];
        double[] weights = [.. _recordsOf.Select(own => Math.Pow(own.Length, 1 - power))];
        double sum = weights.Sum(),
            end = 0;
        _ends = [.. weights.Select(weight => end += weight / sum)];
    }

    /// <summary>A record.</summary>
    /// <param name="labelDraw">64 random bits for the label.</param>
    /// <param name="recordDraw">64 more for the record.</param>
    public int Choose(ulong labelDraw, ulong recordDraw)
    {
        int found = Array.BinarySearch(_ends, CounterRandom.UnitInterval(labelDraw));
        // A draw at an end belongs to the next label; rounding may leave the last end below 1.
        int[] own = _recordsOf[Math.Min(found < 0 ? ~found : found + 1, _recordsOf.Length - 1)];
        return own[CounterRandom.Below(recordDraw, own.Length)];
    }
}
