namespace CharRnn.Datasets;

/// <summary>
/// Counts the places of a text that NFC would change, without changing any: there the same letter may be written in two
/// ways.
/// </summary>
internal sealed class CompositionProbe
{
    // Most texts have none of the characters that could be concerned, and need no tables to be read.
    private NormalizingStage? _stage;

    internal long Count => _stage?.ChangedPieces ?? 0;

    /// <summary>Looks at the next characters of a source.</summary>
    /// <param name="symbols">The characters; at least one.</param>
    /// <param name="previous">The one before them.</param>
    internal void Look(ReadOnlySpan<int> symbols, int previous)
    {
        int first = symbols.IndexOfAnyExceptInRange(0, UnicodeTables.FirstChangedCanonically - 1);
        if (_stage is null)
        {
            if (first < 0)
                return;
            _stage = new NormalizingStage(isInCompatibility: false, new Nowhere());
            if (first == 0)
                _stage.Append([previous]);
        }
        // Of what cannot change, the character before one that can is enough; and the last one, for the next block.
        _stage.Append(symbols[(first < 0 ? symbols.Length - 1 : Math.Max(first - 1, 0))..]);
    }

    internal void EndSource() => _stage?.EndSource();

    private sealed class Nowhere : ISymbolSink
    {
        public void Append(ReadOnlySpan<int> symbols) { }

        public void EndSource() { }

        public void Finish() { }
    }
}
