using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>Writes a text by keys, on a terminal that is drawn over.</summary>
internal sealed class InteractiveKeys(Shell shell, WritingSession session, LanguageModel model, int[] prompt)
{
    private const double TemperatureStep = 0.1;

    // Often enough that a key has no delay, and as fast as a reader can follow.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(15),
        BetweenCharacters = TimeSpan.FromMilliseconds(20);

    private int _linesDrawn;
    private bool _isEscaped;
    private char? _highSurrogate;

    public void Run()
    {
        Draw();
        while (NextKey() is { } key && key.Key != ConsoleKey.Escape && !IsEndOfFile(key))
        {
            Obey(key);
            Draw();
        }

        Clear();
    }

    private static bool IsEndOfFile(ConsoleKeyInfo key) =>
        key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } || key.KeyChar == '\u0004';

    private ConsoleKeyInfo? NextKey()
    {
        while (!shell.Interruption.Token.IsCancellationRequested)
        {
            if (shell.ReadKey() is { } key)
                return key;
            Thread.Sleep(Glance);
        }

        return null;
    }

    private void Obey(ConsoleKeyInfo key)
    {
        if (_isEscaped || key.KeyChar == '\\')
            InsertEscaped(key.KeyChar);
        else if (key.Key == ConsoleKey.Enter)
            session.Choose();
        else if (key.Key == ConsoleKey.Tab)
            LetRun();
        else if (key.Key == ConsoleKey.Backspace)
            session.Undo();
        else if (key.Key is ConsoleKey.UpArrow or ConsoleKey.DownArrow)
            ChangeTemperature(key.Key == ConsoleKey.UpArrow ? TemperatureStep : -TemperatureStep);
        else if (key.KeyChar is >= '1' and <= '9')
            AddCandidate(key.KeyChar - '0');
        else if (key.KeyChar != 0 && !char.IsControl(key.KeyChar))
            Insert(key.KeyChar);
    }

    private void LetRun()
    {
        while (!session.HasEnded && !shell.Interruption.Token.IsCancellationRequested && shell.ReadKey() is null)
        {
            session.Choose();
            Draw();
            Thread.Sleep(BetweenCharacters);
        }
    }

    private void ChangeTemperature(double by)
    {
        double changed = Math.Round(Math.Clamp(session.Options.Temperature + by, 0, SamplingFlags.MaxTemperature), 2);
        session.Options = session.Options with { Temperature = changed };
    }

    private void AddCandidate(int number)
    {
        var candidates = session.Candidates(InteractiveView.Candidates);
        if (number <= candidates.Count)
            session.Add(candidates[number - 1].Id);
    }

    /// <summary>
    /// After a backslash, n and t are a line's end and a tab, and everything else is itself: a digit, a backslash.
    /// </summary>
    private void InsertEscaped(char character)
    {
        if (_isEscaped)
            Insert(
                character switch
                {
                    'n' => '\n',
                    't' => '\t',
                    _ => character,
                }
            );
        _isEscaped = !_isEscaped;
    }

    private void Insert(char character)
    {
        // A character beyond the basic plane comes as two keys.
        if (char.IsHighSurrogate(character))
        {
            _highSurrogate = character;
            return;
        }

        string text =
            _highSurrogate is { } high && char.IsLowSurrogate(character)
                ? new string([high, character])
                : character.ToString();
        _highSurrogate = null;
        int[] ids = model.Encode(text, skipUnknown: true, out int unknown);
        if (unknown > 0)
        {
            Clear();
            shell.Terminal.Message(
                "the model's vocabulary lacks "
                    + $"{Vocabulary.Describe(text.EnumerateRunes().First().Value, TextEncoding.Utf8)}"
            );
        }

        foreach (int id in ids)
            session.Add(id);
    }

    private void Draw()
    {
        var (width, height) = shell.Terminal.Size;
        var lines = new InteractiveView(session, model.Vocabulary, prompt).Screen(width, height).ToList();
        shell.Terminal.Writer.Write(Erasure() + string.Join("\r\n", lines));
        shell.Terminal.Writer.Flush();
        _linesDrawn = lines.Count;
    }

    private void Clear()
    {
        shell.Terminal.Writer.Write(Erasure());
        shell.Terminal.Writer.Flush();
        _linesDrawn = 0;
    }

    /// <summary>Takes the cursor to where the last drawing began, and clears all below.</summary>
    private string Erasure() =>
        new StringBuilder()
            .Append(_linesDrawn > 1 ? $"\e[{_linesDrawn - 1}A" : "")
            .Append(_linesDrawn > 0 ? "\r\e[J" : "")
            .ToString();
}

/// <summary>
/// <c>charrnn sample --interactive</c>: by keys on a terminal, and by lines elsewhere. The text
/// goes to standard output when it is done.
/// </summary>
internal sealed class InteractiveSampling(Shell shell, LanguageModel model, SamplingOptions options, LabelBlend? label)
{
    public int Run(int[] prompt, int[] echo)
    {
        using var session = new WritingSession(model, prompt, options, label);
        if (shell.IsInputTerminal && shell.Terminal.IsLive)
            new InteractiveKeys(shell, session, model, prompt).Run();
        else
            new InteractiveLines(shell, session, model, prompt).Run();

        var writer = SampleWriter.Open(shell, model.Vocabulary, new SampleFormat());
        writer.Begin(new SampleHeading(model.Vocabulary.Decode(prompt), 1, options.Seed), echo);
        writer.Write([.. session.Written]);
        writer.Finish();
        return ExitCode.Success;
    }
}
