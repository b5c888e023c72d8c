using System.Numerics;

namespace CharRnn.Datasets;

/// <summary>
/// Finds the edge that leaves a state with a symbol: open addressing, at most half full, so that a look-up is about one
/// access of memory.
/// </summary>
internal sealed class EdgeTable
{
    private const int FirstSlots = 1 << 6;

    // 2^64 divided by the golden ratio: the high bits of a product with it are spread evenly (D. Knuth, The Art of
    // Computer Programming, vol. 3, 6.4).
    private const ulong Spread = 0x9E3779B97F4A7C15;

    // An edge's number plus one, so that a fresh table is empty.
    private (ulong Key, int EdgePlusOne)[] _slots = new (ulong, int)[FirstSlots];
    private int _count;

    /// <summary>Looks an edge up.</summary>
    public bool TryFind(int state, int symbol, out int edge)
    {
        int slot = SlotOf(KeyOf(state, symbol));
        edge = _slots[slot].EdgePlusOne - 1;
        return edge >= 0;
    }

    /// <summary>Adds an edge that is not there.</summary>
    public void Add(int state, int symbol, int edge)
    {
        if (++_count > _slots.Length / 2)
            Grow();
        ulong key = KeyOf(state, symbol);
        _slots[SlotOf(key)] = (key, edge + 1);
    }

    private static ulong KeyOf(int state, int symbol) => (ulong)(uint)state << 32 | (uint)symbol;

    /// <summary>Where the key is, or where it would go.</summary>
    private int SlotOf(ulong key)
    {
        int slot = (int)(key * Spread >> (64 - BitOperations.Log2((uint)_slots.Length)));
        while (_slots[slot].EdgePlusOne != 0 && _slots[slot].Key != key)
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new (ulong, int)[checked(old.Length * 2)];
        foreach (var entry in old)
        {
            if (entry.EdgePlusOne != 0)
                _slots[SlotOf(entry.Key)] = entry;
        }
    }
}
