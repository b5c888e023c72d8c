namespace CharRnn.Datasets;

/// <summary>
/// Composition of some characters that belong together (Unicode Standard Annex 15, sections 1.3 and 5): decompose, put
/// marks in their order, compose.
/// </summary>
/// <param name="isInCompatibility">NFKC rather than NFC.</param>
internal sealed class Normalizer(bool isInCompatibility)
{
    private readonly UnicodeTables _tables = UnicodeTables.Default;
    private readonly List<int> _parts = [],
        _result = [];

    /// <summary>What some characters become; valid until the next call.</summary>
    internal IReadOnlyList<int> Normalize(ReadOnlySpan<int> symbols)
    {
        _parts.Clear();
        foreach (int symbol in symbols)
            _tables.Decompose(symbol, isInCompatibility, _parts);
        OrderMarks();
        Compose();
        return _result;
    }

    // Marks between two starters are sorted by class; those of one class stay in their order.
    private void OrderMarks()
    {
        for (int start = 0; start < _parts.Count; )
        {
            if (_tables.ClassOf(_parts[start]) == 0)
            {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < _parts.Count && _tables.ClassOf(_parts[end]) != 0)
                end++;
            if (end - start > 1)
            {
                int[] sorted = [.. _parts.GetRange(start, end - start).OrderBy(mark => _tables.ClassOf(mark))];
                for (int i = 0; i < sorted.Length; i++)
                    _parts[start + i] = sorted[i];
            }
            start = end;
        }
    }

    // A character joins the last starter unless one between them, of its own class or higher, blocks the way.
    private void Compose()
    {
        _result.Clear();
        int? starterAt = null;
        int classBefore = 0;
        foreach (int part in _parts)
        {
            int own = _tables.ClassOf(part);
            bool isNext = starterAt == _result.Count - 1;
            bool isBlocked = !isNext && (classBefore == 0 || classBefore >= own);
            if (starterAt is { } at && !isBlocked && _tables.Compose(_result[at], part) is { } composed)
            {
                _result[at] = composed;
                continue;
            }
            if (own == 0)
                starterAt = _result.Count;
            classBefore = own;
            _result.Add(part);
        }
    }
}
