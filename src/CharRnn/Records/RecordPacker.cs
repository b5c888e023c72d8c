namespace CharRnn.Datasets;

/// <summary>
/// Packer of records for a language model: their ids end to end, with a boundary before, between and after them, and
/// the label of each position, which is that of the record being read or ending there next.
/// </summary>
/// <param name="boundary">The boundary.</param>
internal sealed class RecordPacker(int boundary)
{
    private readonly List<int> _ids = [boundary],
        _labels = [];

    /// <summary>Number of ids, boundaries included.</summary>
    public int Count => _ids.Count;

    /// <summary>Adds a record.</summary>
    /// <param name="text">Its ids.</param>
    /// <param name="label">Its label; any number where labels are not packed.</param>
    /// <returns>Its range, with the boundaries before and after it.</returns>
    public IdRange Add(ReadOnlySpan<int> text, int label)
    {
        var range = new IdRange(_ids.Count - 1, text.Length + 2);
        _ids.AddRange(text);
        _ids.Add(boundary);
        _labels.AddRange(Enumerable.Repeat(label, text.Length + 1));
        return range;
    }

    /// <summary>The ids, once there is a record.</summary>
    /// <param name="vocabularyCount">V.</param>
    /// <param name="labelCount">K; 0 leaves the labels out.</param>
    public SymbolIds Pack(int vocabularyCount, int labelCount) =>
        SymbolIds.Pack(
            _ids.ToArray(),
            vocabularyCount,
            labelCount > 0 ? SymbolIds.Pack([.. _labels, _labels[^1]], labelCount) : null
        );
}
