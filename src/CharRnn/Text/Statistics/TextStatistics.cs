using System.IO.Compression;

namespace CharRnn.Datasets;

/// <summary>A symbol and how often it occurs.</summary>
/// <param name="Symbol">The scalar value or byte.</param>
/// <param name="Count">Its number of occurrences, at least 1.</param>
public readonly record struct SymbolCount(int Symbol, long Count);

/// <summary>Statistics of a text.</summary>
public sealed record TextStatistics
{
    private const int RarestCount = 10;
    private const int OpeningLength = 500;
    private const double BitsPerByte = 8;

    private TextStatistics() { }

    /// <summary>
    /// Number of symbols. A boundary between records counts, like the line end it replaces; one between files does not.
    /// </summary>
    public required long Characters { get; init; }

    /// <summary>Number of distinct symbols.</summary>
    public required int Distinct { get; init; }

    /// <summary>Number of lines; a last one without a line end counts.</summary>
    public required long Lines { get; init; }

    /// <summary>Number of lines equal to an earlier one, empty lines excepted.</summary>
    public required long RepeatedLines { get; init; }

    /// <summary>
    /// Unigram entropy in bits a symbol: the score of a model that knows symbol frequencies alone.
    /// </summary>
    public required double UnigramBitsPerChar { get; init; }

    /// <summary>
    /// Entropy given the symbol before, in bits a symbol; null if there are too many distinct pairs to count, or too many
    /// for the length of the text.
    /// </summary>
    public required double? BigramBitsPerChar { get; init; }

    /// <summary>The ten rarest symbols, the rarest first; equally rare ones in the order of their codes.</summary>
    public required IReadOnlyList<SymbolCount> RarestTen { get; init; }

    /// <summary>Number of bytes of the text gzipped at <see cref="CompressionLevel.SmallestSize"/>.</summary>
    public required long GzipBytes { get; init; }

    /// <summary>The same in bits a symbol: a simple baseline for a model.</summary>
    public required double GzipBitsPerChar { get; init; }

    /// <summary>
    /// The first 500 symbols, or all where there are fewer, on one line: escaped by
    /// <see cref="TextEscape.ForTerminal"/>, line feeds and tabs too.
    /// </summary>
    public required string First500 { get; init; }

    /// <summary>Computes the statistics of a corpus.</summary>
    public static TextStatistics Of(Corpus corpus)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        var vocabulary = corpus.Vocabulary;
        var pairs = new PairCounts(vocabulary.Count);
        using var lines = new LineCounter(vocabulary);
        foreach (var block in corpus.Ids.Blocks())
        {
            pairs.Add(block.Span);
            lines.Add(block.Span);
        }
        while (lines.Finish())
        {
            foreach (var block in corpus.Ids.Blocks())
                lines.Add(block.Span);
        }

        long[] counts = pairs.Counts.ToArray();
        if (vocabulary.BoundaryId is { } boundary)
            counts[boundary] = corpus.IsRecords ? counts[boundary] - 1 : 0;
        long characters = counts.Sum();
        // A corpus read with another vocabulary need not have all of its symbols.
        SymbolCount[] present =
        [
            .. counts
                .Select((count, id) => new SymbolCount(vocabulary.Symbols[id], count))
                .Where(entry => entry.Count > 0),
        ];
        long gzipBytes = GzipBytesOf(corpus);
        return new TextStatistics
        {
            Characters = characters,
            Distinct = present.Length,
            Lines = lines.Lines,
            RepeatedLines = lines.RepeatedLines,
            UnigramBitsPerChar = present.Sum(entry => PairCounts.Surprise(entry.Count, characters, characters)),
            BigramBitsPerChar = pairs.BigramBits(),
            RarestTen = [.. present.OrderBy(entry => entry.Count).ThenBy(entry => entry.Symbol).Take(RarestCount)],
            GzipBytes = gzipBytes,
            GzipBitsPerChar = BitsPerByte * gzipBytes / characters,
            First500 = Opening(corpus),
        };
    }

    /// <summary>
    /// Number of bytes of a corpus under gzip -9 (.NET's <see cref="CompressionLevel.SmallestSize"/>).
    /// </summary>
    public static long GzipBytesOf(Corpus corpus)
    {
        using var compressed = new CountingStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            foreach (var block in corpus.Ids.Blocks())
                gzip.Write(corpus.Vocabulary.DecodeBytes(block.Span));
        }
        return compressed.Length;
    }

    private static string Opening(Corpus corpus)
    {
        int start = corpus.Ids[0] == corpus.Vocabulary.BoundaryId ? 1 : 0;
        int[] ids = new int[Math.Min(OpeningLength, corpus.Ids.Length - start)];
        corpus.Ids.CopyTo(start, ids);
        return TextEscape.ForTerminal(corpus.Vocabulary.Decode(ids), keepLineFeedsAndTabs: false);
    }
}

/// <summary>Write-only stream that discards its bytes and counts them.</summary>
internal sealed class CountingStream : Stream
{
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => _length += count;

    public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
