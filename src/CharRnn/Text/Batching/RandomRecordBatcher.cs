namespace CharRnn.Datasets;

/// <summary>
/// Windows that each begin with a record drawn at random, and a zero state; where it ends before the window does,
/// another is drawn, and so on, or boundaries fill up the window. Records are drawn with replacement, and what of one
/// the window has no more room for is not seen: T should be as long as most records are. An epoch is ⌈P / (B·T)⌉
/// windows: as many pairs as the records have; or where a window's streams have one record each, ⌈records / B⌉. Records
/// with labels may be drawn so that rare labels come more often than they are: a label first, and then one of its
/// records.
/// </summary>
public sealed class RandomRecordBatcher : Batcher
{
    private readonly RecordIndex _records;
    private readonly LabelDraw? _labels;
    private readonly bool _oneEach;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="records">Its records, or those of a stretch of it.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: how many windows a step takes.</param>
    /// <param name="seed">With the step, the stream and a number within the window it gives a record.</param>
    /// <param name="labelWeights">
    /// 0 draws all records alike, 1 all labels; between, a label is drawn in proportion to its records^(1 − this). 0 by
    /// default, and more for records with labels alone.
    /// </param>
    /// <param name="oneEach">Whether each stream of a window has one record, and is filled up with boundaries.</param>
    /// <exception cref="SettingsException">
    /// A size is not positive, or labels are to be weighed and there are none.
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

    /// <summary>The record that a place in a step's window begins with.</summary>
    private long RecordOf(long step, ulong number)
    {
        ulong draw = CounterRandom.Draw(Seed, RandomPurpose.RandomWindow, (ulong)step, number);
        if (_labels is null)
            return CounterRandom.Below(draw, _records.Count);
        return _labels.Choose(CounterRandom.Draw(Seed, RandomPurpose.RecordLabel, (ulong)step, number), draw);
    }
}
