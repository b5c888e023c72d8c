namespace CharRnn.Text;

/// <summary>
/// Windows that each begin with a record drawn at random, and a zero state; where it ends before the window does, another is drawn, and so on.
/// Records are drawn with replacement, and what of one the window has no more room for is not seen: T should be as long as most records are.
/// An epoch is ⌈P / (B·T)⌉ windows: as many pairs as the records have.
/// </summary>
public sealed class RandomRecordBatcher : Batcher
{
    private readonly RecordIndex _records;

    /// <summary>Makes the windows.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="records">Its records, or those of a stretch of it.</param>
    /// <param name="t">T, steps in a window.</param>
    /// <param name="b">B, streams: how many windows a step takes.</param>
    /// <param name="seed">With the step, the stream and a number within the window it gives a record.</param>
    /// <exception cref="SettingsException">A size is not positive.</exception>
    public RandomRecordBatcher(SymbolIds ids, RecordIndex records, int t, int b, ulong seed) : base(ids, records.Range, t, b, seed)
    {
        _records = records;
        WindowsPerEpoch = (Pairs + ((long)b * t) - 1) / ((long)b * t);
    }

    /// <inheritdoc/>
    public override long WindowsPerEpoch { get; }

    /// <inheritdoc/>
    public override bool Fill(long step, Span<int> inputs, Span<int> targets)
    {
        CheckWindow(step, inputs, targets);
        for (int stream = 0; stream < Streams; stream++)
        {
            ulong number = (ulong)stream;
            for (int t = 0, count; t < Steps; t += count, number += (ulong)Streams)
            {
                ulong draw = CounterRandom.Draw(Seed, RandomPurpose.RandomWindow, (ulong)step, number);
                var record = _records.Record(CounterRandom.Below(draw, _records.Count));
                count = (int)Math.Min(Steps - t, record.Length);
                FillSteps(stream, t, count, record.Start, inputs, targets);
            }
        }
        return true;
    }
}
