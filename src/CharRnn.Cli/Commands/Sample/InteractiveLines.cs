using System.Globalization;
using System.Text;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary>
/// Writes a text by lines of commands: for scripts, and for terminals that cannot be drawn on. A line that is no
/// command ends a script, since what follows would mean something else; on a terminal a message says so and the next
/// line is read.
/// </summary>
internal sealed class InteractiveLines(Shell shell, WritingSession session, LanguageModel model, int[] prompt)
{
    private const string Commands =
        "nothing, a candidate's number, '+TEXT', 'run N', 'undo', 'undo N', 'temperature T' or 'quit'";

    public void Run()
    {
        using var input = shell.OpenInput();
        Show();
        for (
            int number = 1;
            !shell.Interruption.Token.IsCancellationRequested && input.ReadLine() is { } line && line != "quit";
            number++
        )
        {
            try
            {
                Execute(line);
            }
            catch (Exception failure) when (failure is FormatException or SettingsException)
            {
                string message =
                    failure is FormatException
                        ? $"line {number} of standard input is '{line}'; it needs {failure.Message}."
                        : $"line {number} of standard input: {failure.Message}";
                if (!shell.IsInputTerminal)
                    throw new SettingsException(message);
                shell.Terminal.Message(message);
            }

            Show();
        }
    }

    private void Execute(string line)
    {
        if (line.Length == 0)
            session.Choose();
        else if (line[0] == '+')
            Insert(Unescaped(line[1..]));
        else if (line.Split(' ') is [var word, .. var rest])
            Execute(word, rest);
    }

    private void Execute(string word, string[] rest)
    {
        switch (word, rest)
        {
            case ("run", [var count]):
                for (
                    int left = SettingParser.Integer(count, 1, int.MaxValue);
                    left > 0 && !session.HasEnded && !shell.Interruption.Token.IsCancellationRequested;
                    left--
                )
                    session.Choose();
                break;
            case ("undo", []):
                session.Undo();
                break;
            case ("undo", [var count]):
                for (int left = SettingParser.Integer(count, 1, int.MaxValue); left > 0 && session.Undo(); left--)
                    continue;
                break;
            case ("temperature", [var temperature]):
                session.Options = session.Options with
                {
                    Temperature = SettingParser.Number(temperature, new(0, SamplingFlags.MaxTemperature)),
                };
                break;
            case (_, []) when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int candidate):
                var candidates = session.Candidates(InteractiveView.Candidates);
                session.Add(
                    candidate >= 1 && candidate <= candidates.Count
                        ? candidates[candidate - 1].Id
                        : throw new FormatException($"a candidate's number from 1 to {candidates.Count}")
                );
                break;
            default:
                throw new FormatException(Commands);
        }
    }

    private void Insert(string text)
    {
        foreach (int id in model.Encode(text))
            session.Add(id);
    }

    /// <summary>
    /// <c>\n</c>, <c>\t</c> and <c>\\</c> stand for what cannot be part of a line, or is not seen there.
    /// </summary>
    private static string Unescaped(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            plain.Append(
                text[i] != '\\' ? text[i]
                : ++i == text.Length
                    ? throw new FormatException(@"after '+' one of \n, \t, \\ where there is a backslash")
                : text[i] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    '\\' => '\\',
                    _ => throw new FormatException(@"after '+' one of \n, \t, \\ where there is a backslash"),
                }
            );
        }

        return plain.ToString();
    }

    private void Show()
    {
        var view = new InteractiveView(session, model.Vocabulary, prompt);
        shell.Terminal.Line($"text: {view.Tail()}");
        shell.Terminal.Line(session.HasEnded ? "the text has ended" : string.Join("  ", view.CandidateTexts()));
    }
}
