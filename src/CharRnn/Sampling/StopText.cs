namespace CharRnn.Sampling;

/// <summary>
/// Filter that ends a generated text at the first of some stop texts. Symbols that may begin one are held back until it
/// is clear that they do not, so that none ever appears in the output.
/// </summary>
internal sealed class StopText
{
    private readonly int[][] _stops;
    private readonly List<int> _held = [];

    /// <summary>Makes a filter.</summary>
    /// <param name="stops">The ids of each stop text; at least one text, of at least one id.</param>
    /// <exception cref="SettingsException">There is none, or one is empty.</exception>
    public StopText(params IReadOnlyList<IReadOnlyList<int>> stops)
    {
        _stops = [.. stops.Select(stop => stop.ToArray())];
        if (_stops.Length == 0 || Array.Exists(_stops, stop => stop.Length == 0))
            throw new SettingsException("the text to stop at is empty; it needs at least one character.");
    }

    /// <summary>The symbols held back: the longest suffix of the text that a stop text begins with.</summary>
    public IReadOnlyList<int> Held => _held;

    /// <summary>Adds the next symbol.</summary>
    /// <param name="id">The symbol.</param>
    /// <param name="released">Destination of the symbols released for output, in order.</param>
    /// <returns>
    /// Whether a stop text is complete; of several, the text ends before the one that began first.
    /// </returns>
    public bool Push(int id, ICollection<int> released)
    {
        _held.Add(id);
        int stopped = 0;
        foreach (int[] stop in _stops)
        {
            if (stop.Length > stopped && EndsWith(stop))
                stopped = stop.Length;
        }
        while (stopped > 0 ? _held.Count > stopped : !IsBeginningOfStop())
        {
            released.Add(_held[0]);
            _held.RemoveAt(0);
        }
        return stopped > 0;
    }

    private bool EndsWith(int[] stop) =>
        stop.Length <= _held.Count && Matches(stop, stop.Length, start: _held.Count - stop.Length);

    private bool IsBeginningOfStop()
    {
        foreach (int[] stop in _stops)
        {
            if (_held.Count <= stop.Length && Matches(stop, _held.Count, start: 0))
                return true;
        }
        return false;
    }

    private bool Matches(int[] stop, int count, int start)
    {
        for (int i = 0; i < count; i++)
        {
            if (_held[start + i] != stop[i])
                return false;
        }
        return true;
    }
}
