using System.CommandLine;
using System.CommandLine.Parsing;
using CharRnn.Checkpoints;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary>Origin of a setting's value.</summary>
internal enum SettingOrigin
{
    Default,
    Environment,
    Flag,
}

/// <summary>A setting's value and where it was found.</summary>
internal readonly record struct SettingValue<T>(T Value, SettingOrigin Origin)
{
    /// <summary>
    /// Whether the user asked for this value by name, so that it is refused rather than fitted when it cannot be had.
    /// </summary>
    public bool IsExplicit => Origin is SettingOrigin.Flag or SettingOrigin.Environment;
}

/// <summary>Everything a setting may be found in.</summary>
internal sealed record SettingSources(ParseResult Parsed, Func<string, string?> Environment)
{
    /// <summary>Whether a flag is on the command line.</summary>
    public bool IsGiven(Option flag) => Parsed.GetResult(flag) is { Implicit: false };

    /// <summary>Whether a flag of the verb with this name is on the command line.</summary>
    public bool IsGiven(string flag) => Parsed.GetResult(flag) is OptionResult { Implicit: false };
}

/// <summary>
/// One setting: <c>--hidden-size</c>, or else <c>CHARRNN_HIDDEN_SIZE</c>, or else the default, which is its verb's own
/// or that of a preset. A verb adds its <see cref="Option"/> and asks for the value with <see cref="Resolve"/>.
/// </summary>
internal sealed class Setting<T> : Setting
{
    private readonly T _fallback;
    private readonly Func<string, T> _parse;

    /// <param name="flag">The flag with its dashes.</param>
    /// <param name="description">Description for the help.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="parse">
    /// Reads a value; throws <see cref="FormatException"/> whose message says what is needed.
    /// </param>
    /// <param name="valueName">Name of the value in the help.</param>
    public Setting(string flag, string description, T fallback, Func<string, T> parse, string valueName)
        : base(flag, description, valueName)
    {
        _fallback = fallback;
        _parse = parse;
    }

    internal Setting(Option option, Func<ParseResult, string?> given, T fallback, Func<string, T> parse)
        : base(option, given)
    {
        _fallback = fallback;
        _parse = parse;
    }

    /// <summary>Finds the value.</summary>
    /// <exception cref="SettingsException">
    /// It cannot be used; the message names the flag or variable it came from.
    /// </exception>
    public SettingValue<T> Resolve(SettingSources sources)
    {
        if (GivenIn(sources.Parsed) is { } flagText)
            return new(Parse(flagText, Option.Name), SettingOrigin.Flag);
        if (sources.Environment(Variable) is { Length: > 0 } variableText)
            return new(Parse(variableText, $"the environment variable {Variable}"), SettingOrigin.Environment);
        return new(_fallback, SettingOrigin.Default);
    }

    private T Parse(string text, string where)
    {
        try
        {
            return _parse(text);
        }
        catch (FormatException e)
        {
            throw new SettingsException($"{where} is {OneLine.Quote(text)}; it needs {e.Message}.");
        }
    }
}

/// <summary>
/// The part of a setting that does not depend on its value's type, which is compiled once, before the command starts;
/// and settings whose flags are not simply followed by one value.
/// </summary>
internal abstract class Setting
{
    private const char ListSeparator = ',';

    private readonly Func<ParseResult, string?> _given;

    protected Setting(string flag, string description, string valueName)
    {
        var option = new Option<string?>(flag) { Description = description, HelpName = valueName };
        (Option, _given) = (option, parsed => parsed.GetValue(option));
    }

    protected Setting(Option option, Func<ParseResult, string?> given) => (Option, _given) = (option, given);

    public Option Option { get; }

    /// <summary>The environment variable: <c>CHARRNN_HIDDEN_SIZE</c>.</summary>
    public string Variable => "CHARRNN_" + Option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The flag's text on the command line; null where it is not given.</summary>
    protected string? GivenIn(ParseResult parsed) => _given(parsed);

    /// <summary>A setting that is on or off: the bare flag turns it on, <c>--flag false</c> off.</summary>
    public static Setting<bool> Switch(string flag, string description)
    {
        var option = new Option<bool>(flag) { Description = description };
        return new(option, Given, fallback: false, SettingParser.Switch);

        string? Given(ParseResult parsed) =>
            parsed.GetResult(option) is { Implicit: false }
                ? parsed.GetValue(option)
                    ? "true"
                    : "false"
                : null;
    }

    /// <summary>A setting that takes several values: the flag repeated, or values with commas between.</summary>
    public static Setting<IReadOnlyList<string>> List(
        string flag,
        string description,
        IReadOnlyList<string> fallback,
        string valueName
    )
    {
        var option = new Option<string[]>(flag) { Description = description, HelpName = valueName };
        return new(option, Given, fallback, Parse);

        string? Given(ParseResult parsed) =>
            parsed.GetResult(option) is { Implicit: false }
                ? string.Join(ListSeparator, parsed.GetValue(option)!)
                : null;

        IReadOnlyList<string> Parse(string text)
        {
            string[] values = text.Split(
                ListSeparator,
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            );
            return values.Length > 0 ? values : throw new FormatException("at least one value");
        }
    }
}
