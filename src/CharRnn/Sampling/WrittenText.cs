namespace CharRnn.Sampling;

/// <summary>
/// Text while it is sampled: the symbols that may be shown, Σ ln p of all of them, and whether it has ended.
/// </summary>
/// <param name="maxSymbols">Max number of symbols; null for no limit.</param>
/// <param name="stops">The ids of texts before which it ends; none or more.</param>
/// <param name="ends">The symbols that end it: a boundary, a line end.</param>
internal sealed class WrittenText(long? maxSymbols, IReadOnlyList<IReadOnlyList<int>> stops, params int?[] ends)
{
    private readonly StopText? _stopAt = stops.Count == 0 ? null : new StopText(stops);
    private readonly List<int> _released = [];
    private long _sampled;

    /// <summary>Whether nothing more will come.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it ended by itself rather than by its length.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Σ ln p of the symbols sampled so far, the end included.</summary>
    public double LogProbability { get; private set; }

    /// <summary>Adds the next symbol; one that comes after the end is ignored.</summary>
    /// <param name="id">The symbol.</param>
    /// <param name="logProbability">Its ln p; 0 where it is not asked for.</param>
    public void Add(int id, double logProbability = 0)
    {
        if (IsOver)
            return;
        LogProbability += logProbability;
        _sampled++;
        if (IsEnd(id))
        {
            HasEnded = true;
            End();
        }
        else if (_stopAt is null)
        {
            _released.Add(id);
        }
        else if (_stopAt.Push(id, _released))
        {
            IsOver = HasEnded = true;
        }
        if (!IsOver && _sampled == maxSymbols)
            End();
    }

    /// <summary>Ends the text here: what was held back was not the stop text after all.</summary>
    public void End()
    {
        IsOver = true;
        if (_stopAt is not null)
            _released.AddRange(_stopAt.Held);
    }

    /// <summary>Symbols that may be shown and were not taken before.</summary>
    public int[] TakeReleased()
    {
        int[] taken = [.. _released];
        _released.Clear();
        return taken;
    }

    private bool IsEnd(int id)
    {
        foreach (int? end in ends)
        {
            if (end == id)
                return true;
        }

        return false;
    }
}
