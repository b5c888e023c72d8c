using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>Progress of reading a text: share, bytes, speed and time left, of both readings together.</summary>
/// <param name="progress">Progress as the library reports it.</param>
/// <param name="elapsed">Time taken so far.</param>
internal sealed class ReadingReport(CorpusProgress progress, TimeSpan elapsed) : IProgressReport
{
    private const int Readings = 2;
    private const double ShortestTime = 1e-3;

    private bool IsReading => progress.Phase is CorpusPhase.Surveying or CorpusPhase.Encoding;

    private string What =>
        progress.Phase switch
        {
            CorpusPhase.Surveying => "reading the text (1 of 2)",
            CorpusPhase.Encoding => "reading the text (2 of 2)",
            CorpusPhase.Comparing => "comparing the text's lines",
            _ => "checking the text's ids",
        };

    public string ToLine()
    {
        if (progress.TotalBytes is not { } total || total == 0)
            return $"{What}  {Quantity.Bytes(progress.Bytes)}";
        var (done, toDo) = IsReading
            ? (progress.Bytes + (progress.Phase == CorpusPhase.Encoding ? total : 0), Readings * total)
            : (progress.Bytes, total);
        double perSecond = done / Math.Max(elapsed.TotalSeconds, ShortestTime);
        double share = Math.Min((double)done / toDo, 1);
        string left =
            perSecond > 0
                ? Quantity.Time(
                    TimeSpan.FromSeconds(
                        Math.Min(Math.Max(toDo - done, 0) / perSecond, TimeSpan.FromDays(99).TotalSeconds)
                    )
                )
                : "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{What}  {ProgressBar.Of(share)} {100 * share:0} %  {Quantity.Bytes(progress.Bytes)} of "
                + $"{Quantity.Bytes(total)}  {Quantity.Bytes(perSecond)}/s  {left} left"
        );
    }

    public void WriteProperties(Utf8JsonWriter json)
    {
        json.WriteString("phase", JsonNamingPolicy.SnakeCaseLower.ConvertName(progress.Phase.ToString()));
        json.WriteNumber("bytes", progress.Bytes);
        if (progress.TotalBytes is { } total)
            json.WriteNumber("total", total);
        else
            json.WriteNull("total");
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
    }
}

/// <summary>Shows how far the reading of a text is, and afterwards its hints.</summary>
internal sealed class ReadingLine(Shell shell, ProgressMode mode) : IProgress<CorpusProgress>, IDisposable
{
    private readonly ProgressLine _line = ProgressLine.Start(shell.Terminal, mode, shell.Clock);
    private readonly long _begun = shell.Clock.GetTimestamp();

    public void Report(CorpusProgress value) =>
        _line.Report(new ReadingReport(value, shell.Clock.GetElapsedTime(_begun)));

    /// <summary>
    /// Prints the preparation's counts and the hints, a line each; those on where ids are kept only with progress.
    /// </summary>
    public void Print(IEnumerable<string> notes, IEnumerable<string> hints, IReadOnlyList<string> storage)
    {
        foreach (string note in notes)
            shell.Terminal.Note(note);
        foreach (string hint in shell.Terminal.IsQuiet ? hints.Except(storage) : hints)
            shell.Terminal.Hint(hint);
    }

    public void Dispose() => _line.Dispose();
}
