using System.Globalization;
using System.Text;

namespace CharRnn.Cli.Rendering;

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
        StandardOutput.Write(_output, Encoding.UTF8.GetBytes(_text.ToString()), shell.OutputName);
        _text.GetStringBuilder().Clear();
    }

    /// <summary>Discards text that was not handed on.</summary>
    public void Dispose() => _text.Dispose();
}
