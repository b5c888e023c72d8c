using System.Runtime.InteropServices;

namespace CharRnn.Datasets;

/// <summary>
/// Baseline scores of a text to compare a model with, in bits per character of the whole text, from counts of that same
/// text. Of a text of more than 100 million characters that many are counted, spread evenly over it.
/// </summary>
/// <param name="UnigramBpc">Score of a model that knows the frequency of each character.</param>
/// <param name="BigramBpc">
/// Score of a model that knows the frequency of each character after each other; null if there are too many distinct
/// pairs to count, or too many for the length of the text, whose own chances they would then tell.
/// </param>
/// <param name="GzipBpc">Score of gzip -9; null for a text that would take long to compress.</param>
public sealed record Baselines(double UnigramBpc, double? BigramBpc, double? GzipBpc)
{
    // Above this, compressing the text would delay training noticeably.
    private const int MaxGzipped = 20_000_000;
    private const long MaxCounted = 100_000_000;
    private const int Stretches = 1000;
    private const double BitsPerByte = 8;

    /// <summary>
    /// Computes the baselines in one pass, and compresses the text if it has up to 20 million characters. Time and
    /// memory are bounded whatever the text.
    /// </summary>
    /// <param name="corpus">The text.</param>
    /// <param name="cancellationToken">Stops with an <see cref="OperationCanceledException"/>.</param>
    public static Baselines Of(Corpus corpus, CancellationToken cancellationToken = default) =>
        Of(corpus, MaxCounted, cancellationToken);

    internal static Baselines Of(Corpus corpus, long maxCounted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        long length = corpus.Ids.Length;
        var pairs = new PairCounts(corpus.Vocabulary.Count);
        var whole = new IdRange(0, length);
        foreach (var stretch in length <= maxCounted ? [whole] : CorpusPart.Of(whole).Pieces(Stretches, maxCounted))
        {
            pairs.Break();
            foreach (var block in corpus.Ids.Blocks(stretch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                pairs.Add(block.Span);
            }
        }
        double? gzip = length <= MaxGzipped ? BitsPerByte * TextStatistics.GzipBytesOf(corpus) / length : null;
        return new Baselines(pairs.UnigramBits(), pairs.BigramBits(), gzip);
    }
}

/// <summary>
/// Counts of symbols and of pairs of adjacent symbols, and the entropies computed from them. A small vocabulary's pairs
/// are a table of (V, V); of a large one's only those that occur are kept, up to a bounded number.
/// </summary>
/// <param name="symbols">V.</param>
/// <param name="maxTable">The largest table, in counts.</param>
/// <param name="maxPairs">
/// Max distinct pairs kept without a table; beyond it the text has no <see cref="BigramBits"/>.
/// </param>
internal sealed class PairCounts(int symbols, int maxTable = PairCounts.MaxTable, int maxPairs = PairCounts.MaxPairs)
{
    // 32 MB of counts; 2048 symbols.
    private const int MaxTable = 1 << 22;

    // Bits by which counts may flatter a text before they mean nothing.
    private const double MaxBias = 0.1;
    private const int MaxPairs = 1 << 21;

    private readonly long[] _counts = new long[symbols];
    private readonly long[]? _table = (long)symbols * symbols <= maxTable ? new long[symbols * symbols] : null;
    private readonly Dictionary<long, long> _pairs = [];
    private int? _previous;
    private bool _hasTooMany;

    /// <summary>Count of each symbol, (V).</summary>
    internal ReadOnlySpan<long> Counts => _counts;

    /// <summary>Adds the next symbols.</summary>
    internal void Add(ReadOnlySpan<int> block)
    {
        if (block.IsEmpty)
            return;
        foreach (int id in block)
            _counts[id]++;
        if (_previous is { } before)
            Count(before, block[0]);
        for (int i = 1; i < block.Length; i++)
            Count(block[i - 1], block[i]);
        _previous = block[^1];
    }

    /// <summary>Separates the next symbols from those before: no pair spans the break.</summary>
    internal void Break() => _previous = null;

    /// <summary>Unigram entropy, bits a symbol.</summary>
    internal double UnigramBits()
    {
        long all = _counts.Sum();
        return _counts.Where(count => count > 0).Sum(count => Surprise(count, all, all));
    }

    /// <summary>
    /// Entropy of a symbol given the one before it, bits a symbol; null if there are too many distinct pairs to count,
    /// or so many for the number of symbols that the entropy of their counts is more than a tenth of a bit too low.
    /// That bias is (pairs − symbols that begin one) / (2 N ln 2) bits, for N pairs in all (Miller, "Note on the bias of
    /// information estimates", 1955, for each symbol's successors).
    /// </summary>
    internal double? BigramBits()
    {
        if (_hasTooMany || Bias() > MaxBias)
            return null;
        // Number of pairs that each symbol begins, (V).
        long[] followed = new long[symbols];
        foreach (var (first, count) in Pairs())
            followed[first] += count;
        long all = followed.Sum();
        return Pairs().Sum(pair => Surprise(pair.Count, followed[pair.First], all));
    }

    private double Bias()
    {
        long all = 0,
            distinct = 0;
        var firsts = new HashSet<int>();
        foreach (var (first, count) in Pairs())
        {
            all += count;
            distinct++;
            firsts.Add(first);
        }
        return all == 0 ? 0 : (distinct - firsts.Count) / (2 * all * Math.Log(2));
    }

    private IEnumerable<(int First, long Count)> Pairs() =>
        _table is null
            ? _pairs.Select(pair => ((int)(pair.Key / symbols), pair.Value))
            : _table.Select((count, i) => (i / symbols, count)).Where(pair => pair.count > 0);

    private void Count(int first, int second)
    {
        if (_table is not null)
        {
            _table[(first * symbols) + second]++;
            return;
        }
        if (_hasTooMany)
            return;
        CollectionsMarshal.GetValueRefOrAddDefault(_pairs, ((long)first * symbols) + second, out _)++;
        if (_pairs.Count <= maxPairs)
            return;
        _hasTooMany = true;
        _pairs.Clear();
        _pairs.TrimExcess();
    }

    internal static double Surprise(long count, long among, long of) =>
        (double)count / of * Math.Log2((double)among / count);
}
