using System.CommandLine;
using System.Text;
using CharRnn.Checkpoints;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>A prompt as it was given.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Where">Its flag, with the line of a file.</param>
internal sealed record GivenPrompt(string Text, string Where);

/// <summary>
/// <c>--prompt</c>, <c>--prompt-file</c>, <c>--escapes</c> and <c>--unknown</c> of <c>charrnn sample</c>: texts that
/// the model reads first.
/// </summary>
internal sealed class PromptFlags
{
    private const string StandardInputName = "-";

    private readonly Option<string[]> _prompt = new("--prompt", "-p")
    {
        Description =
            "Text that the model reads first; without one it starts as at the beginning of a text, or after a line's "
            + "end. May be repeated: --num-samples texts follow each.",
        HelpName = "TEXT",
    };
    private readonly Option<string?> _file = new("--prompt-file")
    {
        Description = "Prompts from a file, one a line; - for standard input.",
        HelpName = "FILE",
    };
    private readonly Setting<bool> _escapes = Setting.Switch(
        "--escapes",
        $"Understand {Escapes.Known} in prompts and in --stop, which are else taken as they are."
    );
    private readonly Setting<bool> _skipUnknown = SharedFlags.SkipUnknown();

    /// <summary>The flag for a prompt.</summary>
    public Option Prompt => _prompt;

    /// <summary>The flag for a file of prompts.</summary>
    public Option File => _file;

    /// <summary>The flag for escapes.</summary>
    public Option Escaped => _escapes.Option;

    /// <summary>The flag for characters that the model does not know.</summary>
    public Option Unknown => _skipUnknown.Option;

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) =>
        verb.Add(FlagGroup.General, _prompt, _file, _escapes.Option, _skipUnknown.Option);

    /// <summary>The prompts that are given; none where the model is to begin by itself.</summary>
    /// <param name="sources">The flags.</param>
    /// <param name="shell">The surroundings.</param>
    /// <exception cref="SettingsException">Flags do not go together, or an escape is none.</exception>
    /// <exception cref="CorpusException">The file cannot be read.</exception>
    public IReadOnlyList<GivenPrompt> Resolve(SettingSources sources, Shell shell)
    {
        IReadOnlyList<GivenPrompt> given;
        if (sources.Parsed.GetValue(_file) is { } path)
        {
            FlagConflict.Refuse(sources.Parsed, _file, "which has all prompts", _prompt);
            given = ReadFile(path, shell);
        }
        else if (sources.Parsed.GetValue(_prompt) is { Length: > 0 } texts)
        {
            given = [.. texts.Select(text => new GivenPrompt(text, _prompt.Name))];
        }
        else
        {
            given = sources.Environment("CHARRNN_PROMPT") is { Length: > 0 } text
                ? [new GivenPrompt(text, "the environment variable CHARRNN_PROMPT")]
                : [];
        }
        return _escapes.Resolve(sources).Value
            ? [.. given.Select(prompt => prompt with { Text = Unescape(prompt.Text, prompt.Where) })]
            : given;
    }

    /// <summary>A text that is read as prompts are: with escapes, where those are asked for.</summary>
    /// <exception cref="SettingsException">An escape is none.</exception>
    public string? AsPrompt(string? text, Option flag, SettingSources sources) =>
        text is not null && _escapes.Resolve(sources).Value ? Unescape(text, flag.Name) : text;

    /// <summary>The ids of prompts; what the model does not know is refused, or left out and counted in a message.</summary>
    /// <exception cref="SettingsException">The model does not know a character.</exception>
    public int[][] Encode(IReadOnlyList<GivenPrompt> prompts, LanguageModel model, SettingSources sources, Shell shell)
    {
        bool skip = _skipUnknown.Resolve(sources).Value;
        var (skipped, unknown) = (0, 0);
        int[][] encoded = [.. prompts.Select(Encode)];
        string of = prompts.Count > 1 ? "the prompts" : "the prompt";
        if (skipped > 0)
            shell.Terminal.Message(
                $"characters of {of} left out, since the model's vocabulary lacks them: {Quantity.Count(skipped)}"
            );
        if (unknown > 0)
            shell.Terminal.Message(
                $"characters of {of} read as the unknown symbol, since the model's vocabulary lacks them: "
                    + $"{Quantity.Count(unknown)}"
            );
        return encoded;

        int[] Encode(GivenPrompt prompt)
        {
            try
            {
                int[] ids = model.Encode(prompt.Text, skip, out int lacking);
                skipped += lacking;
                unknown += ids.Count(id => id == model.Vocabulary.UnknownId);
                return ids;
            }
            catch (SettingsException failure)
            {
                throw new SettingsException($"{prompt.Where}: {failure.Message.TrimEnd('.')}, or pass --unknown skip.");
            }
        }
    }

    private string Unescape(string text, string where)
    {
        try
        {
            return Escapes.Read(text);
        }
        catch (FormatException failure)
        {
            throw new SettingsException(
                $"{where} is {OneLine.Quote(text)}; with {_escapes.Option.Name} it needs {failure.Message}."
            );
        }
    }

    private List<GivenPrompt> ReadFile(string path, Shell shell)
    {
        string name = path == StandardInputName ? "standard input" : path;
        string[] lines = ReadText(path, name, shell).TrimStart('\uFEFF').Split('\n');
        var prompts = new List<GivenPrompt>();
        int empty = 0;
        foreach (var (number, line) in lines.Index())
        {
            string text = line.EndsWith('\r') ? line[..^1] : line;
            if (text.Length > 0)
                prompts.Add(new GivenPrompt(text, $"{_file.Name}, line {number + 1}"));
            else if (number < lines.Length - 1)
                empty++;
        }
        if (prompts.Count == 0)
            throw new CorpusException($"{name} has no prompt; it needs one a line.");
        if (empty > 0)
            shell.Terminal.Message($"empty lines of {name} left out: {Quantity.Count(empty)}");
        return prompts;
    }

    private static string ReadText(string path, string name, Shell shell)
    {
        try
        {
            using var input =
                path == StandardInputName
                    ? shell.OpenInputBytes()
                    : new FileStream(path, FileMode.Open, FileAccess.Read);
            using var reader = new StreamReader(
                input,
                new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
            );
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new CorpusException($"{name} is not UTF-8, in which prompts are read; convert it.");
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException($"{name} cannot be read: {OneLine.Reason(refusal)}.", refusal);
        }
    }
}
