using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Sampling;

/// <summary>Keeps, of each stream's logits, the likeliest symbols and their −ln p.</summary>
/// <param name="symbols">V.</param>
/// <param name="beams">K: streams, and how many symbols are kept of each.</param>
/// <param name="never">A symbol that is never kept; null for none.</param>
/// <param name="threads">How many workers read.</param>
internal sealed class BeamReader(int symbols, int beams, int? never, int threads) : ILogitsReader
{
    private readonly int _max = Math.Min(beams, symbols);

    // (K, K) ids and their −ln p, the likeliest first; how many there are of each stream.
    private readonly int[] _ids = new int[beams * Math.Min(beams, symbols)];
    private readonly double[] _nats = new double[beams * Math.Min(beams, symbols)];
    private readonly int[] _counts = new int[beams];
    private readonly float[][] _rooms =
    [
        .. Enumerable.Range(0, threads).Select(_ => new float[Padding.RoundUp(symbols)]),
    ];
    private volatile ModelException? _failure;

    /// <summary>Forgets the last step.</summary>
    public void Begin() => Array.Clear(_counts);

    /// <summary>What a stream may go on with, the likeliest first; of equally likely ones the lower id.</summary>
    public IEnumerable<(int Id, double Nats)> Continuations(int stream)
    {
        for (int i = stream * _max; i < stream * _max + _counts[stream]; i++)
            yield return (_ids[i], _nats[i]);
    }

    /// <summary>Tells what a worker could not.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new ModelException(failure.Message, failure);
    }

    public void Read(int worker, int stream, ReadOnlySpan<float> logits)
    {
        float[] room = _rooms[worker];
        logits.CopyTo(room);
        double logSum = Softmax.Normalize(room, symbols);
        if (!double.IsFinite(logSum))
        {
            _failure = Sampler.NotNumbers();
            return;
        }
        var ids = _ids.AsSpan(stream * _max, _max);
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (id == never || float.IsNegativeInfinity(logits[id]))
                continue;
            if (count == _max && !(logits[id] > logits[ids[count - 1]]))
                continue;
            int place = count < _max ? count++ : count - 1;
            for (; place > 0 && logits[id] > logits[ids[place - 1]]; place--)
                ids[place] = ids[place - 1];
            ids[place] = id;
        }
        for (int i = 0; i < count; i++)
            _nats[stream * _max + i] = logSum - logits[ids[i]];
        _counts[stream] = count;
    }
}
