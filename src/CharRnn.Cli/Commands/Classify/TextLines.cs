using System.Collections.Concurrent;
using System.Text;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary>
/// The texts of a stream, one a line, read as they are asked for: a stream of any length takes no more memory than its
/// longest line, which is short.
/// </summary>
/// <param name="stream">The stream, in UTF-8.</param>
/// <param name="name">Name of it in messages.</param>
internal sealed class TextLines(Stream stream, string name)
{
    private const byte LineFeed = (byte)LineEnds.Feed,
        CarriageReturn = (byte)LineEnds.Return;
    private const int BufferSize = 1 << 16;

    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    private readonly byte[] _buffer = new byte[BufferSize];
    private long _line;
    private bool _isAfterReturn;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Each line without white space around it; lines without a text are passed over.</summary>
    /// <exception cref="CorpusException">A line is too long, or not UTF-8; the message says which.</exception>
    public IEnumerable<string> Read()
    {
        int held = 0;
        while (ReadMore(held) is > 0 and var read)
        {
            held += read;
            int begin = 0;
            for (int end; (end = EndAfter(begin, held)) >= 0; begin = end + 1)
            {
                // The line feed of a CR LF ends no second line.
                bool isSecondHalf = _isAfterReturn && end == begin && _buffer[end] == LineFeed;
                _isAfterReturn = _buffer[end] == CarriageReturn;
                if (!isSecondHalf && TextOf(begin..end) is { Length: > 0 } text)
                    yield return text;
            }

            held -= begin;
            _buffer.AsSpan(begin, held).CopyTo(_buffer);
            if (held < BufferSize)
                continue;
            _line++;
            throw TooLong();
        }

        if (TextOf(..held) is { Length: > 0 } last)
            yield return last;
    }

    private int EndAfter(int begin, int held)
    {
        int length = _buffer.AsSpan(begin, held - begin).IndexOfAny(LineFeed, CarriageReturn);
        return length < 0 ? length : begin + length;
    }

    private int ReadMore(int held)
    {
        try
        {
            return stream.Read(_buffer, held, BufferSize - held);
        }
        catch (IOException failure)
        {
            throw new CorpusException($"cannot read {name}: {failure.Message}", failure);
        }
    }

    private string TextOf(Range bytes)
    {
        ReadOnlySpan<byte> utf8 = _buffer.AsSpan(bytes);
        if (_line++ == 0 && utf8.StartsWith(ByteOrderMark))
            utf8 = utf8[ByteOrderMark.Length..];
        if (utf8.Contains((byte)0))
            throw Wrong("a NUL byte, so this is no UTF-8 text; name a text file in UTF-8");
        try
        {
            string text = Strict.GetString(utf8).Trim();
            return
                text.Length <= LabeledRecords.MaxCharacters
                || text.EnumerateRunes().Count() <= LabeledRecords.MaxCharacters
                ? text
                : throw TooLong();
        }
        catch (DecoderFallbackException failure)
        {
            throw Wrong(
                $"byte 0x{utf8[failure.Index]:X2} is not valid UTF-8, which is needed; convert it, or name its encoding "
                    + "with --encoding"
            );
        }
    }

    private CorpusException TooLong() =>
        Wrong(
            $"the text has more than {Quantity.Count(LabeledRecords.MaxCharacters)} characters, which is the "
                + "most; put one short text on each line"
        );

    private CorpusException Wrong(string what) => new($"{name}, line {_line}: {what}.");
}

/// <summary>
/// Texts that are read on a thread of their own, and given out as many together as are waiting: one at once where they
/// come slowly, and many where they come faster than they are used. No more than a few thousand wait at a time.
/// </summary>
internal sealed class TextFeed : IDisposable
{
    private const int MaxTogether = 4096,
        MaxWaiting = 2 * MaxTogether;

    private readonly BlockingCollection<string> _waiting = new(MaxWaiting);
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;

    /// <param name="texts">
    /// The texts; an exception from reading them comes out of <see cref="Batches"/> after the texts before it.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    public TextFeed(IEnumerable<string> texts, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Reading standard input cannot be broken off: the thread must not keep the process alive.
        new Thread(() => Read(texts)) { IsBackground = true, Name = "reading texts" }.Start();
    }

    /// <summary>The texts in their order.</summary>
    public IEnumerable<IReadOnlyList<string>> Batches()
    {
        while (_waiting.TryTake(out string? first, Timeout.Infinite, _stop.Token))
        {
            var batch = new List<string> { first };
            while (batch.Count < MaxTogether && _waiting.TryTake(out string? text))
                batch.Add(text);
            yield return batch;
        }

        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    // Objects that the thread may still be using are left to the garbage collector.
    public void Dispose() => _stop.Cancel();

    private void Read(IEnumerable<string> texts)
    {
        try
        {
            foreach (string text in texts)
                _waiting.Add(text, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
#pragma warning disable CA1031 // It is thrown again, on the thread that waits.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure = exception;
        }
        finally
        {
            _waiting.CompleteAdding();
        }
    }
}
