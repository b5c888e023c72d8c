using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CharRnn.Datasets;

/// <summary>Deduplication stage: leaves out repeated lines with their line ends.</summary>
/// <param name="repeated">The repeated lines of the same text.</param>
/// <param name="next">Receiver of the other lines.</param>
internal sealed class UniqueLineStage(RepeatedLines repeated, ISymbolSink next) : SymbolStage(next)
{
    private long _line;
    private bool _isOpen,
        _isAfterReturn;

    public override void Append(ReadOnlySpan<int> symbols)
    {
        if (symbols.IsEmpty)
            return;
        // The line feed of a CR LF that the last block broke stays or goes with its line.
        if (_isAfterReturn && symbols[0] == LineEnds.Feed)
        {
            if (!repeated.Contains(_line - 1))
                Emit(LineEnds.Feed);
            symbols = symbols[1..];
        }
        _isAfterReturn = false;
        while (!symbols.IsEmpty)
        {
            int end = symbols.IndexOfAny(LineEnds.Feed, LineEnds.Return);
            int length = end < 0 ? symbols.Length : end + 1;
            if (end >= 0 && symbols[end] == LineEnds.Return)
            {
                _isAfterReturn = length == symbols.Length;
                length += length < symbols.Length && symbols[length] == LineEnds.Feed ? 1 : 0;
            }
            if (!repeated.Contains(_line))
                Emit(symbols[..length]);
            symbols = symbols[length..];
            _isOpen = end < 0;
            _line += end < 0 ? 0 : 1;
        }
    }

    public override void EndSource()
    {
        _line += _isOpen ? 1 : 0;
        (_isOpen, _isAfterReturn) = (false, false);
        base.EndSource();
    }
}

/// <summary>
/// Finder of a text's repeated lines, in a pass of its own, so that a line is known to be repeated when it begins,
/// however long it is. Costs about forty bytes for each distinct line.
/// </summary>
internal sealed class RepeatedLineFinder : ISymbolSink, IDisposable
{
    private readonly HashSet<UInt128> _seen = [];
    private readonly LineKeys _keys;

    internal RepeatedLineFinder() =>
        _keys = new LineKeys(LineEnds.Feed, LineEnds.Return, (key, isEmpty) => Found.Add(!isEmpty && !_seen.Add(key)));

    /// <summary>The repeated lines found so far.</summary>
    internal RepeatedLines Found { get; } = new();

    public void Append(ReadOnlySpan<int> symbols) => _keys.Add(symbols);

    public void EndSource() => _keys.EndText();

    public void Finish() { }

    public void Dispose() => _keys.Dispose();
}

/// <summary>Bit set of a text's repeated lines: those equal to an earlier one, empty lines excepted.</summary>
internal sealed class RepeatedLines
{
    private const int BitsInWord = 64;

    private readonly List<ulong> _bits = [];
    private long _lines;

    /// <summary>Number of repeated lines.</summary>
    internal long Count { get; private set; }

    /// <summary>Whether a line, counted from 0, is repeated.</summary>
    internal bool Contains(long line) =>
        line < _lines && ((_bits[(int)(line / BitsInWord)] >> (int)(line % BitsInWord)) & 1) != 0;

    /// <summary>Adds the next line.</summary>
    internal void Add(bool isRepeated)
    {
        if (_lines % BitsInWord == 0)
            _bits.Add(0);
        if (isRepeated)
        {
            _bits[^1] |= 1UL << (int)(_lines % BitsInWord);
            Count++;
        }
        _lines++;
    }
}

/// <summary>
/// Hasher of lines: cuts a text that arrives in blocks into lines, and gives 128 bits of each line's SHA-256, so that
/// long lines cost no more to remember than short ones. A line feed after a carriage return belongs to the same line
/// end.
/// </summary>
/// <param name="lineFeed">The symbol that ends a line; null for none.</param>
/// <param name="carriageReturn">The other symbol that does; null for none.</param>
/// <param name="end">Called for every line with its key and whether it is empty.</param>
internal sealed class LineKeys(int? lineFeed, int? carriageReturn, Action<UInt128, bool> end) : IDisposable
{
    private const int KeyBytes = 16;

    private readonly int[] _ends = [.. new[] { lineFeed, carriageReturn }.OfType<int>()];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private bool _isAfterReturn;

    /// <summary>Whether a line has begun and not ended.</summary>
    internal bool IsOpen { get; private set; }

    internal void Add(ReadOnlySpan<int> symbols)
    {
        while (!symbols.IsEmpty)
        {
            bool isSecondHalf = _isAfterReturn && symbols[0] == lineFeed;
            _isAfterReturn = false;
            if (isSecondHalf)
            {
                symbols = symbols[1..];
                continue;
            }
            int length = symbols.IndexOfAny(_ends);
            if (length < 0)
            {
                Extend(symbols);
                return;
            }
            Extend(symbols[..length]);
            _isAfterReturn = symbols[length] == carriageReturn;
            EndLine();
            symbols = symbols[(length + 1)..];
        }
    }

    /// <summary>Ends a last line that no line end ends.</summary>
    internal void EndText()
    {
        _isAfterReturn = false;
        if (IsOpen)
            EndLine();
    }

    public void Dispose() => _hash.Dispose();

    private void Extend(ReadOnlySpan<int> symbols)
    {
        if (symbols.IsEmpty)
            return;
        IsOpen = true;
        _hash.AppendData(MemoryMarshal.AsBytes(symbols));
    }

    private void EndLine()
    {
        _hash.GetHashAndReset(_digest);
        var key = MemoryMarshal.Read<UInt128>(_digest.AsSpan(0, KeyBytes));
        bool isEmpty = !IsOpen;
        IsOpen = false;
        end(key, isEmpty);
    }
}
