using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CharRnn.Datasets;

/// <summary>
/// Cuts a text that comes in blocks into lines, and gives 128 bits of each line's SHA-256, so that long lines cost no
/// more to remember than short ones. The carriage return before a line feed belongs to the line's end, not to what it
/// says.
/// </summary>
/// <param name="lineFeed">What ends a line; null where nothing does.</param>
/// <param name="carriageReturn">What may stand before it; null where nothing does.</param>
/// <param name="end">Is told of every line: its key, and whether there is nothing in it.</param>
internal sealed class LineKeys(int? lineFeed, int? carriageReturn, Action<UInt128, bool> end) : IDisposable
{
    private const int KeyBytes = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];
    private bool _isReturnHeld;
    private bool _isEmpty = true;

    /// <summary>Whether a line has begun and not ended.</summary>
    internal bool IsOpen { get; private set; }

    internal void Add(ReadOnlySpan<int> symbols)
    {
        if (lineFeed is { } feed)
        {
            for (int length = symbols.IndexOf(feed); length >= 0; length = symbols.IndexOf(feed))
            {
                Extend(symbols[..length]);
                _isReturnHeld = false;
                EndLine();
                symbols = symbols[(length + 1)..];
            }
        }
        Extend(symbols);
    }

    /// <summary>Ends a last line that no line feed ends.</summary>
    internal void EndText()
    {
        if (IsOpen)
            EndLine();
    }

    public void Dispose() => _hash.Dispose();

    private void Extend(ReadOnlySpan<int> symbols)
    {
        if (symbols.IsEmpty)
            return;
        IsOpen = true;
        ReleaseReturn();
        if (symbols[^1] == carriageReturn)
        {
            symbols = symbols[..^1];
            _isReturnHeld = true;
        }
        Hash(symbols);
    }

    private void EndLine()
    {
        ReleaseReturn();
        _hash.GetHashAndReset(_digest);
        var key = MemoryMarshal.Read<UInt128>(_digest.AsSpan(0, KeyBytes));
        bool isEmpty = _isEmpty;
        (IsOpen, _isEmpty) = (false, true);
        end(key, isEmpty);
    }

    private void ReleaseReturn()
    {
        if (!_isReturnHeld)
            return;
        _isReturnHeld = false;
        int held = carriageReturn!.Value;
        Hash(new ReadOnlySpan<int>(in held));
    }

    private void Hash(ReadOnlySpan<int> symbols)
    {
        if (symbols.IsEmpty)
            return;
        _isEmpty &= carriageReturn is { } held && !symbols.ContainsAnyExcept(held);
        _hash.AppendData(MemoryMarshal.AsBytes(symbols));
    }
}
