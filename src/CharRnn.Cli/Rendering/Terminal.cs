using CharRnn.Checkpoints;
using CharRnn.Datasets;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CharRnn.Cli.Rendering;

/// <summary>Which messages are shown. Errors always are.</summary>
internal enum MessageMode
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Notes, hints and warnings: what was done to the user's text, and what to know about it.</summary>
    NotesAlone,

    /// <summary>The same, as JSON objects, a line each.</summary>
    NotesAsJson,
}

/// <summary>
/// Standard error: messages a line each, and on a real terminal one live line under them that is drawn over. Standard
/// output, for results in colours. Escape codes are written only to a terminal that is not dumb, and not where NO_COLOR
/// is set; control characters in messages are always escaped.
/// </summary>
internal sealed class Terminal
{
    private const string BackAndClear = "\r\e[2K";

    private readonly Lock _gate = new();

    // Made when something is drawn: it loads a library and looks about, and most verbs draw nothing.
    private IAnsiConsole? _styled;
    private string? _live;

    /// <param name="error">Writer of standard error.</param>
    /// <param name="isTerminal">Whether it is a terminal, rather than a file or a pipe.</param>
    /// <param name="environment">Looks up TERM and NO_COLOR.</param>
    public Terminal(TextWriter error, bool isTerminal, Func<string, string?> environment)
    {
        Writer = error;
        IsLive = isTerminal && environment("TERM") != "dumb" && string.IsNullOrEmpty(environment("NO_COLOR"));
    }

    /// <summary>The writer under it all.</summary>
    public TextWriter Writer { get; }

    /// <summary>Whether lines can be drawn over and styled.</summary>
    public bool IsLive { get; }

    /// <summary>Which messages are shown.</summary>
    public MessageMode Messages { get; set; }

    /// <summary>Whether there are to be no messages but notes, hints and warnings.</summary>
    public bool IsQuiet => Messages != MessageMode.All;

    /// <summary>
    /// For tables and panels. Text of corpora and models goes in as <see cref="Spectre.Console.Text"/>, never as
    /// markup.
    /// </summary>
    public IAnsiConsole Styled => _styled ??= MakeStyled();

    /// <summary>Cells of a line that does not wrap, and how many lines there are.</summary>
    public (int Width, int Height) Size => (Styled.Profile.Width - 1, Styled.Profile.Height);

    /// <summary>Shows the messages that go with a way of showing progress.</summary>
    public void Follow(ProgressMode mode) =>
        Messages = mode switch
        {
            ProgressMode.None => MessageMode.NotesAlone,
            ProgressMode.Json => MessageMode.NotesAsJson,
            _ => MessageMode.All,
        };

    /// <summary>A message that accompanies the work: <c>charrnn: …</c>, one line.</summary>
    public void Message(string text)
    {
        if (!IsQuiet)
            Line($"charrnn: {OneLine.CutLongWords(FlagNames.In(text))}");
    }

    /// <summary>A note on what was done to the user's text: <c>charrnn: …</c>, one line; shown in every mode.</summary>
    public void Note(string text) => Tell("note", "", text);

    /// <summary>A hint: <c>charrnn: hint: …</c>, one line; shown in every mode.</summary>
    public void Hint(string text) => Tell("hint", "hint: ", text);

    /// <summary>A warning: <c>charrnn: warning: …</c>, one line; shown in every mode.</summary>
    public void Warning(string text) => Tell("warning", "warning: ", text);

    /// <summary>An error: <c>charrnn: error: …</c>, one line.</summary>
    public void Error(string text) => Line($"charrnn: error: {OneLine.CutLongWords(FlagNames.In(text))}");

    /// <summary>Writes one line, above the live one where there is one. It is not wrapped.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            Clear();
            Writer.WriteLine(TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false));
            Draw();
        }
    }

    /// <summary>
    /// Writes one line in colours, above the live one where there is one; without colours where lines cannot be styled.
    /// </summary>
    public void Line(IEnumerable<(string Text, Style Style)> parts)
    {
        var escaped = parts
            .Select(part => (Text: TextEscape.ForTerminal(part.Text, keepLineFeedsAndTabs: false), part.Style))
            .ToList();
        if (!IsLive)
        {
            Line(string.Concat(escaped.Select(part => part.Text)));
            return;
        }
        lock (_gate)
        {
            Clear();
            foreach (var (text, style) in escaped)
                Styled.Write(new Spectre.Console.Text(text, style));
            Writer.WriteLine();
            Draw();
        }
    }

    /// <summary>
    /// Draws the live line over the last one; null takes it away. Does nothing where lines cannot be drawn over.
    /// </summary>
    public void ShowLive(string? text)
    {
        if (!IsLive)
            return;
        lock (_gate)
        {
            Clear();
            _live = text is null ? null : TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
            Draw();
        }
    }

    // Left to itself the library judges by the process's own TERM and NO_COLOR, and would write escape codes into a
    // log. Sixteen colours are all that is used, and every terminal has them.
    private IAnsiConsole MakeStyled() =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = IsLive ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = IsLive ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = IsLive ? InteractionSupport.Yes : InteractionSupport.No,
                Out = new AnsiConsoleOutput(Writer),
            }
        );

    private void Tell(string key, string prefix, string text)
    {
        string line = FlagNames.In(text);
        if (Messages == MessageMode.NotesAsJson)
            JsonLine.Write(Writer, json => json.WriteString(key, line));
        else
            Line($"charrnn: {prefix}{line}");
    }

    private void Clear()
    {
        if (_live is not null)
            Writer.Write(BackAndClear);
    }

    private void Draw()
    {
        if (_live is null)
            return;
        // A line as wide as the terminal would wrap, and could not be drawn over.
        Writer.Write(Fit(_live, Styled.Profile.Width - 1));
        Writer.Flush();
    }

    /// <summary>As much of a text, from its beginning, as goes into so many cells.</summary>
    public static string Fit(string text, int cells)
    {
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells -= CellsOf(rune.ToString());
            if (cells < 0)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    /// <summary>Width of a text in cells: many characters of East Asia, and most emoji, take two.</summary>
    public static int CellsOf(string text) => new Segment(text).CellCount();
}
