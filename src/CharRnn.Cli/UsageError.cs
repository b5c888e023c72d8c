using System.CommandLine;
using System.CommandLine.Parsing;
using CharRnn.Cli.Commands;

namespace CharRnn.Cli;

/// <summary>One-line description of a wrong command line.</summary>
internal static class UsageError
{
    /// <summary>The error, or null where there is none.</summary>
    /// <param name="parsed">The command line, parsed.</param>
    /// <param name="arguments">The same as it was given.</param>
    public static string? In(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        if (BadSwitch(parsed, arguments) is { } badSwitch)
            return badSwitch;
        // The parser takes an unknown flag for an argument wherever an argument may stand, so it is looked for first.
        string? stray = ArgumentsBeforeDoubleDash(parsed).Concat(parsed.UnmatchedTokens).FirstOrDefault(IsFlag);
        if (stray is not null)
            return UnknownFlag(parsed, stray);
        if (parsed.Errors.Count == 0)
            return null;
        if (parsed.UnmatchedTokens.Count > 0)
            return UnknownWord(parsed, parsed.UnmatchedTokens[0]);
        if (parsed.CommandResult.Command.Subcommands.Count > 0)
            return $"'{PathOf(parsed)}' needs one of the verbs {Verbs(parsed)}. {SeeHelp(parsed)}";
        return $"{Repeated(parsed) ?? WithoutValue(parsed) ?? Missing(parsed) ?? parsed.Errors[0].Message} {SeeHelp(parsed)}";
    }

    private static string? Repeated(ParseResult parsed) =>
        Given(parsed)
            .FirstOrDefault(flag => flag.IdentifierTokenCount > 1 && flag.Option.Arity.MaximumNumberOfValues <= 1)
            is { } repeated
            ? $"{repeated.Option.Name} is given {repeated.IdentifierTokenCount} times; give it once."
            : null;

    private static string? WithoutValue(ParseResult parsed) =>
        Given(parsed)
            .FirstOrDefault(flag =>
                flag.Tokens.Count < flag.Option.Arity.MinimumNumberOfValues * flag.IdentifierTokenCount
            )
            is { } bare
            ? $"{bare.Option.Name} needs a value, {bare.Option.HelpName}."
            : null;

    private static string? Missing(ParseResult parsed) =>
        parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .FirstOrDefault(argument => argument.Tokens.Count < argument.Argument.Arity.MinimumNumberOfValues)
            is { } missing
            ? $"'{PathOf(parsed)}' needs {missing.Argument.Name}: {FirstSentence(missing.Argument.Description)}"
            : null;

    private static IEnumerable<OptionResult> Given(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<OptionResult>().Where(flag => !flag.Implicit);

    // "The text to score; for a model with labels …" says here what it says before the semicolon.
    private static string FirstSentence(string? description)
    {
        string text = description ?? "";
        int end = text.TrimEnd('.').Length;
        foreach (string mark in new[] { "; ", ". " })
        {
            int place = text.IndexOf(mark, StringComparison.Ordinal);
            end = place >= 0 ? Math.Min(end, place) : end;
        }
        return end > 0 ? $"{char.ToLowerInvariant(text[0])}{text[1..end]}." : "";
    }

    /// <summary>
    /// A switch takes no value but true and false, and the parser would take any other, even one that is joined to it,
    /// for an argument that follows.
    /// </summary>
    private static string? BadSwitch(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        foreach (string? argument in arguments.TakeWhile(argument => argument != "--").Where(IsFlag))
        {
            if (argument.Split('=', 2) is not [var flag, var value] || bool.TryParse(value, out _))
                continue;
            if (KnownOptions(parsed).Any(option => option is Option<bool> && option.Name == flag))
                return $"{flag} is '{value}'; it is a switch: {flag} alone turns it on, {flag} false off.";
        }
        return null;
    }

    private static IEnumerable<string> ArgumentsBeforeDoubleDash(ParseResult parsed)
    {
        var plain = parsed
            .Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Where(token => !plain.Contains(token))
            .Select(token => token.Value);
    }

    private static bool IsFlag(string token) => token.Length > 1 && token[0] == '-';

    private static string UnknownFlag(ParseResult parsed, string token)
    {
        string flag = token.Split('=')[0];
        return $"'{PathOf(parsed)}' has no flag "
            + $"'{flag}'{NearestName.Suggest(flag, KnownOptions(parsed).Select(option => option.Name))} "
            + $"{SeeHelp(parsed)}";
    }

    private static IEnumerable<Option> KnownOptions(ParseResult parsed) =>
        Lineage(parsed.CommandResult)
            .SelectMany((command, distance) => command.Options.Where(option => distance == 0 || option.Recursive));

    private static string UnknownWord(ParseResult parsed, string word)
    {
        var verbs = parsed.CommandResult.Command.Subcommands;
        return verbs.Count == 0
            ? $"'{PathOf(parsed)}' takes no further argument '{word}'. {SeeHelp(parsed)}"
            : $"'{PathOf(parsed)}' has no verb "
                + $"'{word}'{NearestName.Suggest(word, verbs.Select(verb => verb.Name))} {SeeHelp(parsed)}";
    }

    private static string Verbs(ParseResult parsed) =>
        string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(verb => verb.Name));

    private static string SeeHelp(ParseResult parsed) => $"See '{PathOf(parsed)} --help'.";

    private static string PathOf(ParseResult parsed) =>
        string.Join(
            ' ',
            Lineage(parsed.CommandResult).Reverse().Select(command => command is RootCommand ? "charrnn" : command.Name)
        );

    private static IEnumerable<Command> Lineage(CommandResult result)
    {
        for (SymbolResult? step = result; step is CommandResult command; step = step.Parent)
            yield return command.Command;
    }
}
