using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>Display of the progress of long work.</summary>
internal enum ProgressMode
{
    /// <summary>Live on a terminal, plain elsewhere.</summary>
    Auto,

    /// <summary>One line that is drawn over; plain where that cannot be done.</summary>
    Live,

    /// <summary>Whole lines, a few a minute.</summary>
    Plain,

    /// <summary>JSON objects, one a line, as often as plain lines.</summary>
    Json,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>
/// Progress of some long work. Made often and mostly dropped, so the text is only made when it is shown.
/// </summary>
internal interface IProgressReport
{
    /// <summary>One line for a person.</summary>
    string ToLine();

    /// <summary>The same in so many cells of a terminal; what does not fit is left out.</summary>
    string ToLine(int cells) => ToLine();

    /// <summary>The same as properties of a JSON object that is already begun.</summary>
    void WriteProperties(Utf8JsonWriter json);
}

/// <summary>
/// Shows the progress of long work on standard error, at a rate that neither floods a log nor costs the work anything.
/// Disposed, it leaves the terminal clean.
/// </summary>
internal abstract class ProgressLine(TimeProvider clock, TimeSpan interval) : IDisposable
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private long _lastShown = clock.GetTimestamp();

    /// <summary>Chooses how to show progress.</summary>
    public static ProgressLine Start(Terminal terminal, ProgressMode mode, TimeProvider clock) =>
        mode switch
        {
            ProgressMode.None => new SilentProgress(clock),
            ProgressMode.Json => new JsonProgress(terminal, clock),
            ProgressMode.Auto or ProgressMode.Live when terminal.IsLive => new LiveProgress(terminal, clock),
            _ => new PlainProgress(terminal, clock),
        };

    /// <summary>Says how far the work is; shown if the last was long enough ago.</summary>
    public void Report(IProgressReport report)
    {
        if (clock.GetElapsedTime(_lastShown) < interval)
            return;
        _lastShown = clock.GetTimestamp();
        Show(report);
    }

    /// <summary>Says something that is to stay: an evaluation, the end. Always shown, on a line of its own.</summary>
    public abstract void Milestone(IProgressReport report);

    public virtual void Dispose() { }

    protected abstract void Show(IProgressReport report);

    private sealed class LiveProgress(Terminal terminal, TimeProvider clock) : ProgressLine(clock, LiveInterval)
    {
        public override void Milestone(IProgressReport report) => terminal.Line(report.ToLine());

        public override void Dispose()
        {
            terminal.ShowLive(null);
            base.Dispose();
        }

        protected override void Show(IProgressReport report) => terminal.ShowLive(report.ToLine(terminal.Size.Width));
    }

    private sealed class PlainProgress(Terminal terminal, TimeProvider clock) : ProgressLine(clock, LineInterval)
    {
        public override void Milestone(IProgressReport report) => terminal.Line(report.ToLine());

        protected override void Show(IProgressReport report) => terminal.Line(report.ToLine());
    }

    private sealed class JsonProgress(Terminal terminal, TimeProvider clock) : ProgressLine(clock, LineInterval)
    {
        public override void Milestone(IProgressReport report) =>
            JsonLine.Write(terminal.Writer, report.WriteProperties);

        protected override void Show(IProgressReport report) => Milestone(report);
    }

    private sealed class SilentProgress(TimeProvider clock) : ProgressLine(clock, TimeSpan.MaxValue)
    {
        public override void Milestone(IProgressReport report) { }

        protected override void Show(IProgressReport report) { }
    }
}
