using System.Numerics;

namespace CharRnn.Datasets;

/// <summary>
/// Suffix automaton: the smallest one that accepts every substring of a text, built symbol by symbol in linear time and
/// memory; A. Blumer et al., "The smallest automaton recognizing the subwords of a text", Theoretical Computer Science
/// 40 (1985). A state stands for substrings that end at the same positions of the text: those from
/// <c>Length(Link(state)) + 1</c> to <c>Length(state)</c> symbols long.
/// </summary>
internal sealed class SuffixAutomaton
{
    /// <summary>The state of the empty text.</summary>
    public const int Root = 0;

    private const int None = -1;

    private readonly List<int> _length = [0],
        _link = [None],
        _firstEdge = [None];
    private readonly List<int> _edgeSymbol = [],
        _edgeTarget = [],
        _nextEdge = [];
    private readonly EdgeTable _edges = new();
    private int _last = Root;

    /// <summary>Number of states: at most twice that of symbols.</summary>
    public int States => _length.Count;

    /// <summary>Length of the longest substring that a state stands for.</summary>
    public int Length(int state) => _length[state];

    /// <summary>
    /// The suffix link: the state of the longest shorter suffixes that end at other positions too; the root has none.
    /// </summary>
    public int Link(int state) => _link[state];

    /// <summary>The state after one more symbol; false if the text has no such substring.</summary>
    public bool TryStep(int state, int symbol, out int next)
    {
        bool found = _edges.TryFind(state, symbol, out int edge);
        next = found ? _edgeTarget[edge] : Root;
        return found;
    }

    /// <summary>Adds a symbol to the text.</summary>
    public void Append(int symbol)
    {
        int added = NewState(_length[_last] + 1);
        int state = _last;
        int edge = None;
        for (; state != None && !_edges.TryFind(state, symbol, out edge); state = _link[state])
            AddEdge(state, symbol, added);
        _link[added] = state == None ? Root : SplitAt(state, symbol, _edgeTarget[edge]);
        _last = added;
    }

    /// <summary>
    /// The state of exactly the substrings that extend the given state's by the symbol: the target, or a clone split
    /// off from it.
    /// </summary>
    private int SplitAt(int state, int symbol, int target)
    {
        if (_length[target] == _length[state] + 1)
            return target;
        int split = NewState(_length[state] + 1);
        for (int edge = _firstEdge[target]; edge != None; edge = _nextEdge[edge])
            AddEdge(split, _edgeSymbol[edge], _edgeTarget[edge]);
        _link[split] = _link[target];
        _link[target] = split;
        for (
            ;
            state != None && _edges.TryFind(state, symbol, out int edge) && _edgeTarget[edge] == target;
            state = _link[state]
        )
            _edgeTarget[edge] = split;
        return split;
    }

    private int NewState(int length)
    {
        _length.Add(length);
        _link.Add(None);
        _firstEdge.Add(None);
        return _length.Count - 1;
    }

    private void AddEdge(int state, int symbol, int target)
    {
        int edge = _edgeSymbol.Count;
        _edgeSymbol.Add(symbol);
        _edgeTarget.Add(target);
        _nextEdge.Add(_firstEdge[state]);
        _firstEdge[state] = edge;
        _edges.Add(state, symbol, edge);
    }
}

/// <summary>
/// Hash table of edges by state and symbol: open addressing, at most half full, so that a look-up is about one memory
/// access.
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

    /// <summary>The slot that holds the key, or the free one it would take.</summary>
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
