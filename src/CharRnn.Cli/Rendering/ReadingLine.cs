namespace CharRnn.Cli.Rendering;

/// <summary>Shows how far the reading of a text is, and afterwards its hints.</summary>
internal sealed class ReadingLine(Shell shell, ProgressMode mode) : IProgress<CorpusProgress>, IDisposable
{
    private readonly ProgressLine _line = ProgressLine.Start(shell.Terminal, mode, shell.Clock);
    private readonly long _begun = shell.Clock.GetTimestamp();

    public void Report(CorpusProgress value) =>
        _line.Report(new ReadingReport(value, shell.Clock.GetElapsedTime(_begun)));

    /// <summary>
    /// Tells what was done to the text, and the hints, a line each, unless nothing but results was asked for.
    /// </summary>
    public void Tell(IEnumerable<string> notes, IEnumerable<string> hints)
    {
        if (mode is ProgressMode.None or ProgressMode.Json)
            return;
        foreach (string note in notes)
            shell.Terminal.Message(note);
        foreach (string hint in hints)
            shell.Terminal.Message($"hint: {hint}");
    }

    public void Dispose() => _line.Dispose();
}
