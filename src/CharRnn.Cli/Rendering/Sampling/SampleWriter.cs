using System.Buffers;
using System.Globalization;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Writes generated symbols to standard output as they come: their exact bytes into a file or a pipe, and text that
/// cannot upset it to a terminal.
/// </summary>
internal abstract class SampleWriter(Stream output, Vocabulary vocabulary, TimeProvider clock)
{
    // As often as a screen is drawn, so that text appears at once; a call for every character would slow
    // a fast model down.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / 60);

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long? _lastFlush;

    /// <summary>The writer for where standard output goes.</summary>
    /// <param name="shell">The surroundings.</param>
    /// <param name="vocabulary">Vocabulary of the ids.</param>
    /// <param name="isLines">Whether every sample is a line, whose end is written too.</param>
    public static SampleWriter Open(Shell shell, Vocabulary vocabulary, bool isLines) =>
        shell.IsOutputTerminal
            ? new ToTerminal(shell.OpenOutput(), vocabulary, shell.Clock)
            : new ToFile(shell.OpenOutput(), vocabulary, shell.Clock, isLines);

    /// <summary>Writes some symbols: the first at once, and later ones soon.</summary>
    public void Write(ReadOnlySpan<int> ids)
    {
        Append(vocabulary.DecodeBytes(ids), _buffer);
        if (_buffer.WrittenCount > 0 && (_lastFlush is not { } last || clock.GetElapsedTime(last) >= Interval))
            Flush();
    }

    /// <summary>Ends one sample; all of it is then written.</summary>
    public void EndSample()
    {
        AppendEnd(_buffer);
        Flush();
    }

    protected abstract void Append(byte[] utf8, IBufferWriter<byte> destination);

    protected abstract void AppendEnd(IBufferWriter<byte> destination);

    private void Flush()
    {
        _lastFlush = clock.GetTimestamp();
        StandardOutput.Write(output, _buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }

    private sealed class ToFile(Stream output, Vocabulary vocabulary, TimeProvider clock, bool isLines)
        : SampleWriter(output, vocabulary, clock)
    {
        protected override void Append(byte[] utf8, IBufferWriter<byte> destination) => destination.Write(utf8);

        protected override void AppendEnd(IBufferWriter<byte> destination)
        {
            if (isLines)
                destination.Write("\n"u8);
        }
    }

    private sealed class ToTerminal(Stream output, Vocabulary vocabulary, TimeProvider clock)
        : SampleWriter(output, vocabulary, clock)
    {
        // A byte vocabulary gives a character's bytes one by one.
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private bool _isAtLineStart = true;

        protected override void Append(byte[] utf8, IBufferWriter<byte> destination) =>
            AppendDecoded(utf8, isEnd: false, destination);

        protected override void AppendEnd(IBufferWriter<byte> destination)
        {
            AppendDecoded([], isEnd: true, destination);
            if (!_isAtLineStart)
                destination.Write("\n"u8);
            _isAtLineStart = true;
        }

        private void AppendDecoded(byte[] utf8, bool isEnd, IBufferWriter<byte> destination)
        {
            char[] characters = new char[_decoder.GetCharCount(utf8, isEnd)];
            _decoder.GetChars(utf8, characters, isEnd);
            if (characters.Length == 0)
                return;
            Encoding.UTF8.GetBytes(TextEscape.ForTerminal(new string(characters)), destination);
            _isAtLineStart = characters[^1] == '\n';
        }
    }
}

/// <summary>
/// Lines for standard output, handed on many together. Unlike with <see cref="Shell.Output"/>, a reader of a pipe that
/// has enough is noticed (<see cref="StandardOutput.IsReaderGone"/>).
/// </summary>
internal sealed class OutputLines(Shell shell) : IDisposable
{
    // As often as a screen is drawn, so that lines appear at once.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / 60);

    // Not disposed: it is the process's.
    private readonly Stream _output = shell.OpenOutput();
    private readonly StringWriter _text = new(CultureInfo.InvariantCulture);
    private long? _lastFlush;

    /// <summary>Buffer of lines that are not yet handed on.</summary>
    public TextWriter Text => _text;

    /// <summary>
    /// Flushes the lines written so far, if some time has passed since the last flush; the first lines at once.
    /// </summary>
    public void FlushSoon()
    {
        if (_lastFlush is not { } last || shell.Clock.GetElapsedTime(last) >= Interval)
            Flush();
    }

    /// <summary>Flushes the output.</summary>
    /// <exception cref="IOException">The pipe is no longer read.</exception>
    /// <exception cref="CharRnnException">It cannot be written.</exception>
    public void Flush()
    {
        _lastFlush = shell.Clock.GetTimestamp();
        StandardOutput.Write(_output, Encoding.UTF8.GetBytes(_text.ToString()));
        _text.GetStringBuilder().Clear();
    }

    /// <summary>Discards text that was not handed on.</summary>
    public void Dispose() => _text.Dispose();
}
