namespace CharRnn.Sampling;

/// <summary>
/// Watches a text as it is written for another at which it ends. Symbols that may be the beginning of that other text
/// are held back until it is clear that they are not, so that it never shows.
/// </summary>
/// <param name="stop">The ids of the text to end at; at least one.</param>
/// <exception cref="SettingsException">There is no id.</exception>
public sealed class StopText(IReadOnlyList<int> stop)
{
    private readonly int[] _stop =
        stop.Count > 0
            ? [.. stop]
            : throw new SettingsException("the text to stop at is empty; it needs at least one character.");
    private readonly List<int> _held = [];

    /// <summary>What is held back: the longest end of what was written that the text to stop at begins with.</summary>
    public IReadOnlyList<int> Held => _held;

    /// <summary>Takes the next symbol.</summary>
    /// <param name="id">The symbol.</param>
    /// <param name="released">Symbols are added that are now free to be shown, in their order.</param>
    /// <returns>Whether the text to stop at is complete.</returns>
    public bool Push(int id, ICollection<int> released)
    {
        _held.Add(id);
        while (!IsBeginningOfStop())
        {
            released.Add(_held[0]);
            _held.RemoveAt(0);
        }
        return _held.Count == _stop.Length;
    }

    private bool IsBeginningOfStop()
    {
        for (int i = 0; i < _held.Count; i++)
        {
            if (_held[i] != _stop[i])
                return false;
        }
        return true;
    }
}
