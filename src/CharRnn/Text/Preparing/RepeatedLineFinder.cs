namespace CharRnn.Datasets;

/// <summary>
/// Finds the repeated lines of a text in a reading of its own, so that a line is known to be repeated when it begins,
/// however long it is. Costs some forty bytes for each distinct line.
/// </summary>
internal sealed class RepeatedLineFinder : ISymbolSink, IDisposable
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly LineKeys _keys;

    internal RepeatedLineFinder() =>
        _keys = new LineKeys('\n', '\r', (key, isEmpty) => Found.Add(!isEmpty && !_seen.Add(key)));

    /// <summary>What was found.</summary>
    internal RepeatedLines Found { get; } = new();

    public void Append(ReadOnlySpan<int> symbols) => _keys.Add(symbols);

    public void EndSource() => _keys.EndText();

    public void Finish() { }

    public void Dispose() => _keys.Dispose();
}
