namespace CharRnn.Text;

/// <summary>What simple means make of a text, to compare a model with; in bits per character of the whole text, whose counts they know.</summary>
/// <param name="UnigramBpc">A model that knows nothing but how frequent each character is.</param>
/// <param name="BigramBpc">One that knows how frequent each character is after each other; null where there are too many different pairs to count.</param>
/// <param name="GzipBpc">gzip -9; null for a text that would take long to compress.</param>
public sealed record Baselines(double UnigramBpc, double? BigramBpc, double? GzipBpc)
{
    // Above this, compressing the text would hold training up noticeably.
    private const int LargestGzipped = 20_000_000;
    private const int BlockIds = 1 << 14;
    private const double BitsPerByte = 8;

    /// <summary>Looks through a text once, and compresses it when it has up to 20 million characters. Memory is bounded whatever the text.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="cancellation">Stops early with an <see cref="OperationCanceledException"/>.</param>
    public static Baselines Of(Corpus corpus, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        var pairs = new PairCounts(corpus.Vocabulary.Count);
        var buffer = new int[BlockIds];
        long length = corpus.Ids.Length;
        for (long start = 0; start < length; start += BlockIds)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = buffer.AsSpan(0, (int)Math.Min(BlockIds, length - start));
            corpus.Ids.CopyTo(start, block);
            pairs.Add(block);
        }
        double? gzip = length <= LargestGzipped ? BitsPerByte * TextStatistics.GzipBytesOf(corpus) / length : null;
        return new Baselines(pairs.UnigramBits(), pairs.BigramBits(), gzip);
    }
}
