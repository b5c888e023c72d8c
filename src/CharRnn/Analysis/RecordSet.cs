using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CharRnn.Datasets;

namespace CharRnn.Analysis;

/// <summary>
/// Set of a text's records: its lines, or the texts between its boundaries. Each is remembered by 128 bits of its
/// SHA-256, so that a record costs about forty bytes however long it is.
/// </summary>
internal sealed class RecordSet
{
    private const int KeyBytes = 16;

    private readonly HashSet<UInt128> _keys = [];
    private readonly List<int> _record = [];
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

    /// <summary>Number of distinct records, empty ones excepted.</summary>
    public int Count => _keys.Count;

    /// <summary>Reads the next part of the text.</summary>
    /// <param name="symbols">
    /// Unicode scalar values; a line end or a boundary symbol ends a record.
    /// </param>
    public void Read(ReadOnlySpan<int> symbols)
    {
        foreach (int symbol in symbols)
        {
            if (IsEnd(symbol))
                EndRecord();
            else
                _record.Add(symbol);
        }
    }

    /// <summary>Ends the text and its last record.</summary>
    public void EndRecord()
    {
        var record = CollectionsMarshal.AsSpan(_record);
        if (!record.IsEmpty)
            _keys.Add(KeyOf(record));
        _record.Clear();
    }

    /// <summary>Whether the text has a record.</summary>
    /// <param name="record">Its Unicode scalar values, without the end.</param>
    public bool Contains(ReadOnlySpan<int> record) => _keys.Contains(KeyOf(Trimmed(record)));

    /// <summary>Whether a symbol ends a record.</summary>
    internal static bool IsEnd(int symbol) => symbol is LineEnds.Feed or LineEnds.Return or Vocabulary.BoundarySymbol;

    // What a model writes up to a line feed has the carriage return before it.
    private static ReadOnlySpan<int> Trimmed(ReadOnlySpan<int> record) =>
        record is [.., LineEnds.Return] ? record[..^1] : record;

    private UInt128 KeyOf(ReadOnlySpan<int> record)
    {
        SHA256.HashData(MemoryMarshal.AsBytes(record), _digest);
        return MemoryMarshal.Read<UInt128>(_digest.AsSpan(0, KeyBytes));
    }
}
