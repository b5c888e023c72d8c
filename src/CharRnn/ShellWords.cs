namespace CharRnn;

/// <summary>Command lines as a shell takes them, to be copied.</summary>
internal static class ShellWords
{
    private const string Plain = "-_./:=,+%@";

    /// <summary>A command line of <c>charrnn</c>.</summary>
    public static string CommandLine(IEnumerable<string> arguments) =>
        string.Join(' ', ["charrnn", .. arguments.Select(Quoted)]);

    /// <summary>An argument, quoted where a shell would read it otherwise.</summary>
    public static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsLetterOrDigit(c) || Plain.Contains(c))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A path, which a leading dash does not make a flag.</summary>
    public static string QuotedPath(string path) => Quoted(path.StartsWith('-') ? $"./{path}" : path);
}
