using System.Numerics;

namespace CharRnn.Sampling;

/// <summary>
/// Rolling hash of the last symbols of a text: a polynomial modulo the prime 2^61 − 1 (R. Karp and M. Rabin, "Efficient
/// randomized pattern-matching algorithms", IBM Journal of Research and Development 31, 1987). Two different spans have
/// one hash with a probability of about their length divided by 2^61.
/// </summary>
/// <param name="length">Number of symbols of a span, at least 1.</param>
internal sealed class RollingSpan(int length)
{
    private const int PrimeBits = 61;
    private const ulong Prime = (1UL << PrimeBits) - 1;

    // Any number below the prime that is not small; fixed, so that the same text gives the same sample.
    private const ulong Base = 0x0A3C_59AC_2BF1_D6E7;

    private readonly RecentSymbols _recent = new(length);

    // Of the base to the number of symbols that stand before a span's last.
    private readonly ulong _power = Power(length - 1);

    // Hash of the last length − 1 symbols, or of all where there are fewer.
    private ulong _hash;

    /// <summary>Whether the text has all symbols of a span but its last.</summary>
    public bool IsOneShort => _recent.Count >= length - 1;

    /// <summary>The hash of the span that ends with a next symbol.</summary>
    public ulong With(int symbol) => Next(_hash, symbol);

    /// <summary>Adds a symbol.</summary>
    public void Add(int symbol)
    {
        bool isFull = IsOneShort;
        _recent.Add(symbol);
        _hash = Next(_hash, symbol);
        if (isFull)
            _hash = Modulo(_hash + Prime - Product(Coefficient(_recent.Back(length)), _power));
    }

    /// <summary>Forgets all symbols.</summary>
    public void Clear()
    {
        _recent.Clear();
        _hash = 0;
    }

    private static ulong Next(ulong hash, int symbol) => Modulo(Product(hash, Base) + Coefficient(symbol));

    // Above 0, so that leading symbols count.
    private static ulong Coefficient(int symbol) => (ulong)symbol + 1;

    private static ulong Power(int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++)
            power = Product(power, Base);
        return power;
    }

    private static ulong Product(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return Modulo((low & Prime) + ((high << (64 - PrimeBits)) | (low >> PrimeBits)));
    }

    private static ulong Modulo(ulong number) => number >= Prime ? number - Prime : number;
}

/// <summary>Set of hashes of spans: open addressing, at most two thirds full, so that it is small.</summary>
internal sealed class SpanSet
{
    private const int MinSlots = 1 << 6;

    // The empty slot; a span with this hash is remembered as 1.
    private const ulong Empty = 0;

    private ulong[] _slots;
    private int _count;

    /// <summary>An empty set.</summary>
    /// <param name="expected">Number of hashes that may come.</param>
    public SpanSet(long expected = 0) =>
        _slots = new ulong[Math.Max(MinSlots, BitOperations.RoundUpToPowerOf2((ulong)(expected + (expected / 2) + 1)))];

    /// <summary>Adds a hash.</summary>
    public void Add(ulong span)
    {
        if ((long)(_count + 1) * 3 > (long)_slots.Length * 2)
            Grow();
        int slot = SlotOf(span);
        if (_slots[slot] != Empty)
            return;
        _slots[slot] = Stored(span);
        _count++;
    }

    /// <summary>Whether a hash was added.</summary>
    public bool Contains(ulong span) => _slots[SlotOf(span)] != Empty;

    /// <summary>Removes all hashes.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    private static ulong Stored(ulong span) => span == Empty ? 1 : span;

    /// <summary>The slot that holds the hash, or the free one it would take.</summary>
    private int SlotOf(ulong span)
    {
        ulong stored = Stored(span);
        int mask = _slots.Length - 1,
            slot = (int)(stored & (uint)mask);
        while (_slots[slot] != Empty && _slots[slot] != stored)
            slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        ulong[] old = _slots;
        _slots = new ulong[checked(old.Length * 2)];
        foreach (ulong span in old)
        {
            if (span != Empty)
                _slots[SlotOf(span)] = span;
        }
    }
}
