using System.Text;

namespace CharRnn.Cli.Flags;

/// <summary>Escapes in the values of flags, for characters that are hard to give a shell.</summary>
internal static class Escapes
{
    /// <summary>What stands for what, for help and messages.</summary>
    public const string Known = @"\n, \t, \r, \0 or \\";

    /// <summary>The text with its escapes read.</summary>
    /// <exception cref="FormatException">A backslash begins no escape.</exception>
    public static string Read(string text)
    {
        var read = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
            read.Append(text[i] == '\\' ? Meaning(text, ++i) : text[i]);
        return read.ToString();
    }

    private static char Meaning(string text, int at) =>
        (at < text.Length ? text[at] : default) switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            '\\' => '\\',
            _ => throw new FormatException($"{Known} where there is a backslash"),
        };
}
