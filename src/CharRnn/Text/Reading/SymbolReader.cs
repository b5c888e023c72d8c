using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Reader of a source's symbols, block by block; it never holds more than a block.
/// </summary>
internal sealed class SymbolReader : IDisposable
{
    internal const int DefaultBlockBytes = 1 << 16;
    private const byte FirstNonAscii = 0x80;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly CorpusSource _source;
    private readonly TextEncoding _encoding;
    private readonly IncrementalHash? _hash;
    private readonly ReadingMeter? _meter;
    private readonly Stream _stream;
    private readonly byte[] _bytes;
    private readonly int[] _symbols;

    // The first bytes of a UTF-8 sequence that the last block broke off, at the front of _bytes.
    private int _carried;
    private long _offset;

    /// <param name="source">The source.</param>
    /// <param name="encoding">The unit of a symbol.</param>
    /// <param name="hash">Receives every byte read, a byte order mark included; null for none.</param>
    /// <param name="blockBytes">Bytes in a block, at least 4: the longest UTF-8 sequence.</param>
    /// <param name="meter">Receives the progress after every block; null for none.</param>
    internal SymbolReader(
        CorpusSource source,
        TextEncoding encoding,
        IncrementalHash? hash = null,
        int blockBytes = DefaultBlockBytes,
        ReadingMeter? meter = null
    )
    {
        _source = source;
        _encoding = encoding;
        _hash = hash;
        _meter = meter;
        _bytes = new byte[blockBytes];
        _symbols = new int[blockBytes];
        _stream = source.Open();
    }

    /// <summary>Bytes read so far.</summary>
    internal long BytesRead { get; private set; }

    /// <summary>
    /// The symbols of the next block; empty only at the end of the source. Valid until the next call.
    /// </summary>
    /// <exception cref="CorpusException">The source is not text in the encoding, or cannot be read.</exception>
    internal ReadOnlySpan<int> NextBlock()
    {
        while (true)
        {
            int read = ReadBytes();
            _hash?.AppendData(_bytes, _carried, read);
            _meter?.Advance(read);
            BytesRead += read;
            int length = _carried + read;
            if (length == 0)
                return [];
            int count = _encoding == TextEncoding.Bytes ? TakeBytes(length) : TakeScalars(length, isEnd: read == 0);
            // A block may hold no whole character: a byte order mark alone, say.
            if (count > 0)
                return _symbols.AsSpan(0, count);
        }
    }

    public void Dispose() => _stream.Dispose();

    private int ReadBytes()
    {
        var free = _bytes.AsSpan(_carried);
        try
        {
            return _stream.ReadAtLeast(free, free.Length, throwOnEndOfStream: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw CorpusFiles.CannotRead(_source.Name, failure);
        }
        catch (DecoderFallbackException)
        {
            throw new CorpusException(
                $"{_source.DisplayName} is not text in the encoding it is read in ({_source.Form}); name another with "
                    + "'Encoding'."
            );
        }
    }

    private int TakeBytes(int length)
    {
        for (int i = 0; i < length; i++)
            _symbols[i] = _bytes[i];
        return length;
    }

    private int TakeScalars(int length, bool isEnd)
    {
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(0, length);
        RefuseForeignText(bytes);

        int position = _offset == 0 && bytes.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        int count = 0;
        while (position < length)
        {
            byte first = bytes[position];
            if (first < FirstNonAscii)
            {
                _symbols[count++] = first;
                position++;
                continue;
            }
            var status = Rune.DecodeFromUtf8(bytes[position..], out var rune, out int consumed);
            if (status == OperationStatus.NeedMoreData && !isEnd)
                break;
            if (status != OperationStatus.Done)
                throw NotUtf8(_offset + position, first, isBrokenOff: status == OperationStatus.NeedMoreData);
            _symbols[count++] = rune.Value;
            position += consumed;
        }
        _carried = length - position;
        bytes[position..].CopyTo(_bytes);
        _offset += position;
        return count;
    }

    private CorpusException NotUtf8(long offset, byte found, bool isBrokenOff)
    {
        string what = isBrokenOff ? "begins a UTF-8 sequence that the end breaks off" : "is not valid UTF-8";
        string advice = _source.Advice?.Invoke() ?? "convert the text to UTF-8";
        return new CorpusException(
            $"{_source.DisplayName}: byte {offset} (0x{found:X2}) {what}, in line {LineAt(offset)}; {advice}, or pass "
                + "'Encoding' bytes to take it byte by byte."
        );
    }

    private long LineAt(long offset)
    {
        using var again = _source.Open();
        var position = TextPosition.Start;
        byte[] bytes = new byte[_bytes.Length];
        for (int read; offset > 0 && (read = again.Read(bytes, 0, (int)Math.Min(bytes.Length, offset))) > 0; )
        {
            position = position.After(Array.ConvertAll(bytes[..read], value => (int)value));
            offset -= read;
        }
        return position.Line;
    }

    private void RefuseForeignText(ReadOnlySpan<byte> bytes)
    {
        if (_offset == 0 && ForeignText.NameOfEncoding(bytes) is { } found)
            throw new CorpusException(
                $"{_source.DisplayName} is {found} text, but UTF-8 is needed; convert it: iconv -f {found} -t "
                    + $"UTF-8 {_source.DisplayName} > utf8.txt, or read it with 'Encoding' {found.ToLowerInvariant()}"
            );
        int nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
            throw new CorpusException(
                $"{_source.DisplayName}: byte {_offset + nul} is NUL, so this is a binary file and no text; name "
                    + "a text file, or pass 'Encoding' bytes to take it byte by byte."
            );
    }
}

/// <summary>Counter of the bytes read, which reports progress and checks for cancellation.</summary>
internal sealed class ReadingMeter(IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
{
    private CorpusProgress _now;

    /// <summary>Bytes to read in this phase; null if unknown.</summary>
    internal long? TotalBytes => _now.TotalBytes;

    internal void Begin(CorpusPhase phase, long? totalBytes) => _now = new CorpusProgress(phase, 0, totalBytes);

    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal void Advance(int bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _now = _now with { Bytes = _now.Bytes + bytes };
        progress?.Report(_now);
    }
}
