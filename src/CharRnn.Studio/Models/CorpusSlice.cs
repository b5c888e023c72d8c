using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn.Studio.Models;

/// <summary>Part of the text that a model was trained on.</summary>
/// <param name="Text">The part.</param>
/// <param name="Start">Where it begins, in symbols of the whole.</param>
/// <param name="Source">Name of the whole text.</param>
/// <param name="IsHeldOut">Whether it begins in what was held out of training.</param>
internal sealed record CorpusSlice(string Text, long Start, string Source, bool IsHeldOut)
{
    private const int BlockSymbols = 4096,
        MaxLineSymbols = 100_000;
    private const char HalfCharacter = '\uFFFD';

    /// <summary>Reads a part of the text of a model's run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">Where it begins; null for where training did not read.</param>
    /// <param name="count">Number of symbols.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="CorpusException">The text cannot be read here: the message says to paste one.</exception>
    public static CorpusSlice Read(ModelLease model, long? start, int count, CancellationToken cancellationToken)
    {
        var (corpus, heldOutShare) = RunText.Load(model, cancellationToken);
        using (corpus)
        {
            long length = corpus.Ids.Length,
                heldOut = (long)(length * (1 - heldOutShare)),
                first = Math.Clamp(start ?? LineAfter(corpus, heldOut), 0, length - 2);
            int[] ids = new int[Math.Min(count, length - first)];
            corpus.Ids.CopyTo(first, ids);
            string text = corpus.Vocabulary.Decode(ids);
            // Bytes may begin and end within a character.
            if (corpus.Vocabulary.Encoding == TextEncoding.Bytes)
                text = text.Trim(HalfCharacter);
            return new CorpusSlice(text, first, corpus.Name, heldOutShare > 0 && first >= heldOut);
        }
    }

    // Where the next line begins; the place itself where no line ends for long.
    private static long LineAfter(Corpus corpus, long place)
    {
        int lineEnd = corpus.Vocabulary.Symbols.IndexOf('\n');
        int[] block = new int[BlockSymbols];
        long last = Math.Min(place + MaxLineSymbols, corpus.Ids.Length);
        for (long at = place; lineEnd >= 0 && at < last; at += BlockSymbols)
        {
            var read = block.AsSpan(0, (int)Math.Min(BlockSymbols, last - at));
            corpus.Ids.CopyTo(at, read);
            int found = read.IndexOf(lineEnd);
            if (found >= 0 && at + found + 1 < corpus.Ids.Length)
                return at + found + 1;
        }
        return place;
    }
}
