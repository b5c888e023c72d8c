using System.Globalization;
using System.Text;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// Lines for standard output, handed on many together. Unlike with <see cref="Shell.Output"/>, whoever reads a pipe and
/// has enough is noticed (<see cref="StandardOutput.IsReaderGone"/>).
/// </summary>
internal sealed class OutputLines(Shell shell) : IDisposable
{
    // As often as a screen is drawn, so that nobody waits for lines that are there.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / 60);

    // Not disposed: it is the process's.
    private readonly Stream _output = shell.OpenOutput();
    private readonly StringWriter _text = new(CultureInfo.InvariantCulture);
    private long? _lastFlush;

    /// <summary>Where lines are written; they stay here until they are handed on.</summary>
    public TextWriter Text => _text;

    /// <summary>
    /// Hands on what was written, if some time has passed since the last time; the first lines at once.
    /// </summary>
    public void FlushSoon()
    {
        if (_lastFlush is not { } last || shell.Clock.GetElapsedTime(last) >= Interval)
            Flush();
    }

    /// <summary>Hands on what was written.</summary>
    /// <exception cref="IOException">Nobody reads it any more.</exception>
    /// <exception cref="CharRnnException">It cannot be written.</exception>
    public void Flush()
    {
        _lastFlush = shell.Clock.GetTimestamp();
        StandardOutput.Write(_output, Encoding.UTF8.GetBytes(_text.ToString()));
        _text.GetStringBuilder().Clear();
    }

    /// <summary>What was not handed on is not wanted any more.</summary>
    public void Dispose() => _text.Dispose();
}
