namespace CharRnn.Sampling;

/// <summary>
/// Filter that ends a generated text at the first of some stop texts. Symbols that may begin one are held back until it
/// is clear that they do not, so that none ever appears in the output. However long the stops are, a symbol takes a time
/// that does not depend on them. (D. Knuth, J. Morris and V. Pratt, "Fast pattern matching in strings", 1977.)
/// </summary>
internal sealed class StopText
{
    private readonly int[][] _stops;

    // Of each stop and each length of its beginning, the length of its longest border: of what that begins and ends with.
    private readonly int[][] _borders;

    // Of each stop, the length of its longest beginning that the text ends with.
    private readonly int[] _begun;
    private readonly Queue<int> _held = new();

    /// <summary>Makes a filter.</summary>
    /// <param name="stops">The ids of each stop text; at least one text, of at least one id.</param>
    /// <exception cref="SettingsException">There is none, or one is empty.</exception>
    public StopText(params IReadOnlyList<IReadOnlyList<int>> stops)
    {
        _stops = [.. stops.Select(stop => stop.ToArray())];
        if (_stops.Length == 0 || Array.Exists(_stops, stop => stop.Length == 0))
            throw new SettingsException("the text to stop at is empty; it needs at least one character.");
        _borders = [.. _stops.Select(BordersOf)];
        _begun = new int[_stops.Length];
    }

    /// <summary>The symbols held back: the longest suffix of the text that a stop text begins with.</summary>
    public IReadOnlyCollection<int> Held => _held;

    /// <summary>Adds the next symbol.</summary>
    /// <param name="id">The symbol.</param>
    /// <param name="released">Destination of the symbols released for output, in order.</param>
    /// <returns>
    /// Whether a stop text is complete; of several, the text ends before the one that began first.
    /// </returns>
    public bool Push(int id, ICollection<int> released)
    {
        _held.Enqueue(id);
        int stopped = 0,
            begun = 0;
        for (int i = 0; i < _stops.Length; i++)
        {
            _begun[i] = Longest(_stops[i], _borders[i], _begun[i], id);
            begun = Math.Max(begun, _begun[i]);
            if (_begun[i] == _stops[i].Length)
                stopped = Math.Max(stopped, _begun[i]);
        }
        int kept = stopped > 0 ? stopped : begun;
        while (_held.Count > kept)
            released.Add(_held.Dequeue());
        return stopped > 0;
    }

    private static int[] BordersOf(int[] stop)
    {
        int[] borders = new int[stop.Length + 1];
        for (int length = 1; length < stop.Length; length++)
            borders[length + 1] = Longest(stop, borders, borders[length], stop[length]);
        return borders;
    }

    /// <summary>Length of the longest beginning of a stop that a text ends with after one more symbol.</summary>
    private static int Longest(int[] stop, int[] borders, int begun, int id)
    {
        while (begun > 0 && (begun == stop.Length || stop[begun] != id))
            begun = borders[begun];
        return stop[begun] == id ? begun + 1 : 0;
    }
}
