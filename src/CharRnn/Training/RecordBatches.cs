using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Batches of labelled records of like lengths. Each epoch puts the records in a new order, drawn from (seed, epoch),
/// and cuts it into pools of some batches; a pool's records are sorted by length, so that a batch of neighbours has
/// little to pad, and still another set of companions in each epoch; then the batches are put in a new order as well.
/// Every record comes once an epoch.
/// </summary>
/// <remarks>
/// What a batch holds is a function of (seed, step) alone: resuming needs no state. Some characters, drawn again for
/// each epoch, are read as the unknown symbol.
/// </remarks>
internal sealed class RecordBatches
{
    // Sorting all records at once would give the shortest ones, and with them certain labels, the same batches of their
    // own in every epoch.
    private const int MaxBatchesInPool = 16;
    private const int MinPools = 4;

    private readonly EncodedRecords _records;
    private readonly ulong _seed;
    private readonly int _unknownId;
    private readonly double _charDropout;
    private readonly int[] _order;
    private readonly long[] _sortKeys;
    private readonly int[] _batchOrder;

    // (longest record, most records of a batch) and (most records of a batch).
    private readonly int[] _ids;
    private readonly int[] _lengths,
        _labels,
        _labelStarts;
    private readonly float[] _weights;
    private long? _epoch;

    /// <summary>Makes the batches.</summary>
    /// <param name="records">The records; at least one.</param>
    /// <param name="batchSize">The most records in a batch; they are shared out evenly.</param>
    /// <param name="seed">With the epoch it gives the order.</param>
    /// <param name="unknownId">The unknown symbol.</param>
    /// <param name="charDropout">The share of characters that become it, 0 … 1.</param>
    public RecordBatches(EncodedRecords records, int batchSize, ulong seed, int unknownId, double charDropout)
    {
        (_records, _seed, _unknownId, _charDropout) = (records, seed, unknownId, charDropout);
        PerEpoch = (records.Count + batchSize - 1) / batchSize;
        MaxStreams = (records.Count + PerEpoch - 1) / PerEpoch;
        _order = new int[records.Count];
        _sortKeys = new long[records.Count];
        _batchOrder = new int[PerEpoch];
        _ids = new int[records.Longest * MaxStreams];
        (_lengths, _weights) = (new int[MaxStreams], new float[MaxStreams]);
        (_labels, _labelStarts) = (new int[MaxStreams * records.MostLabels], new int[MaxStreams + 1]);
    }

    /// <summary>Batches in an epoch.</summary>
    public int PerEpoch { get; }

    /// <summary>Records in the largest batch.</summary>
    public int MaxStreams { get; }

    /// <summary>Epoch of a step, from 0.</summary>
    public long EpochOf(long step) => step / PerEpoch;

    /// <summary>The numbers of a batch's records, the shortest first.</summary>
    /// <param name="step">Steps done before this one.</param>
    public ReadOnlySpan<int> RecordsOf(long step)
    {
        if (_epoch != EpochOf(step))
            TakeOrder(EpochOf(step));
        int batch = _batchOrder[(int)(step % PerEpoch)];
        return _order.AsSpan(StartOf(batch)..StartOf(batch + 1));
    }

    /// <summary>One batch; it holds until the next is asked for.</summary>
    /// <param name="step">Steps done before this one.</param>
    public LabeledBatch Batch(long step)
    {
        var members = RecordsOf(step);
        int streams = members.Length,
            steps = _records.LengthOf(members[^1]);
        var ids = _ids.AsSpan(0, steps * streams);
        ids.Clear();
        for (int b = 0; b < streams; b++)
        {
            int record = members[b];
            Read(record, b, streams, ids);
            (_lengths[b], _weights[b]) = (_records.LengthOf(record), _records.Weights[record]);
            var labels = _records.LabelsOf(record);
            labels.CopyTo(_labels.AsSpan(_labelStarts[b]));
            _labelStarts[b + 1] = _labelStarts[b] + labels.Length;
        }
        return new LabeledBatch
        {
            Steps = steps,
            Streams = streams,
            Ids = ids,
            Lengths = _lengths.AsSpan(0, streams),
            Labels = _labels.AsSpan(0, _labelStarts[streams]),
            LabelStarts = _labelStarts.AsSpan(0, streams + 1),
            Weights = _weights.AsSpan(0, streams),
        };
    }

    private void Read(int record, int stream, int streams, Span<int> ids)
    {
        var symbols = _records.IdsOf(record);
        for (int t = 0; t < symbols.Length; t++)
        {
            int id = symbols[t];
            if (
                _charDropout > 0
                && Draw(RandomPurpose.CharDropout, _records.StartOf(record) + t) is var draw
                && CounterRandom.UnitInterval(draw) < _charDropout
            )
                id = _unknownId;
            ids[t * streams + stream] = id;
        }
    }

    private void TakeOrder(long epoch)
    {
        _epoch = epoch;
        Shuffle(_order, RandomPurpose.RecordOrder);
        Shuffle(_batchOrder, RandomPurpose.BatchOrder);
        int batchesInPool = Math.Clamp(PerEpoch / MinPools, 1, MaxBatchesInPool);
        for (int batch = 0; batch < PerEpoch; batch += batchesInPool)
        {
            int start = StartOf(batch),
                end = StartOf(Math.Min(batch + batchesInPool, PerEpoch));
            // Equally long ones stay as they were shuffled.
            for (int i = start; i < end; i++)
                _sortKeys[i] = ((long)_records.LengthOf(_order[i]) << 32) + i;
            Array.Sort(_sortKeys, _order, start, end - start);
        }
    }

    /// <summary>Fills an array with 0, 1, 2 … in the epoch's order.</summary>
    private void Shuffle(int[] numbers, RandomPurpose purpose)
    {
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = i;
        CounterRandom.Shuffle(numbers, _seed, purpose, (ulong)_epoch!.Value);
    }

    private ulong Draw(RandomPurpose purpose, int number) =>
        CounterRandom.Draw(_seed, purpose, (ulong)_epoch!.Value, (ulong)number);

    private int StartOf(int batch) => (int)((long)_records.Count * batch / PerEpoch);
}
