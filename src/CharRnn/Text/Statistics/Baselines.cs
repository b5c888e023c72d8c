namespace CharRnn.Datasets;

/// <summary>
/// What simple means make of a text, to compare a model with; in bits per character of the whole text, whose counts
/// they know. Of a text of more than 100 million characters that many are counted, spread evenly over it.
/// </summary>
/// <param name="UnigramBpc">A model that knows nothing but how frequent each character is.</param>
/// <param name="BigramBpc">
/// One that knows how frequent each character is after each other; null where there are too many different pairs to
/// count.
/// </param>
/// <param name="GzipBpc">gzip -9; null for a text that would take long to compress.</param>
public sealed record Baselines(double UnigramBpc, double? BigramBpc, double? GzipBpc)
{
    // Above this, compressing the text would hold training up noticeably.
    private const int MaxGzipped = 20_000_000;
    private const long MaxCounted = 100_000_000;
    private const int Stretches = 1000;
    private const double BitsPerByte = 8;

    /// <summary>
    /// Looks through a text once, and compresses it when it has up to 20 million characters. Time and memory are
    /// bounded whatever the text.
    /// </summary>
    /// <param name="corpus">The text.</param>
    /// <param name="cancellation">Stops early with an <see cref="OperationCanceledException"/>.</param>
    public static Baselines Of(Corpus corpus, CancellationToken cancellation = default) =>
        Of(corpus, MaxCounted, cancellation);

    internal static Baselines Of(Corpus corpus, long maxCounted, CancellationToken cancellation)
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
                cancellation.ThrowIfCancellationRequested();
                pairs.Add(block.Span);
            }
        }
        double? gzip = length <= MaxGzipped ? BitsPerByte * TextStatistics.GzipBytesOf(corpus) / length : null;
        return new Baselines(pairs.UnigramBits(), pairs.BigramBits(), gzip);
    }
}
