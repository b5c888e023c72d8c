using System.Text;
using System.Text.Json;

namespace CharRnn.Checkpoints;

/// <summary>Text from files and from the system, made fit to stand in a message of one line.</summary>
internal static class OneLine
{
    private const int MaxQuoteLength = 80,
        MaxWordLength = 200;
    private const string JsonSource = "System.Text.Json";

    /// <summary>The text in quotation marks, control characters escaped, cut when it is long.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var rune in text.EnumerateRunes())
        {
            if (quoted.Length > MaxQuoteLength)
                return quoted.Append("…'").ToString();
            if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029)
                quoted.Append($"\\u{rune.Value:x4}");
            else
                quoted.Append(rune);
        }
        return quoted.Append('\'').ToString();
    }

    /// <summary>The text with every word that is longer than any name cut.</summary>
    public static string CutLongWords(string text) =>
        text.Length <= MaxWordLength
            ? text
            : string.Join(
                ' ',
                text.Split(' ').Select(word => word.Length > MaxWordLength ? word[..MaxWordLength] + "…" : word)
            );

    /// <summary>
    /// Why the system refused, in few words. The system's own text often names a temporary file that the user does not
    /// know.
    /// </summary>
    public static string Reason(Exception refusal) =>
        refusal switch
        {
            UnauthorizedAccessException => "permission is denied, or it is a folder",
            DirectoryNotFoundException => "its folder does not exist",
            FileNotFoundException => "it does not exist",
            PathTooLongException => "its name is too long",
            EndOfStreamException => "it became shorter while it was read",
            IOException when IsDiskFull(refusal.HResult) => "the disk is full",
            JsonException { Source: JsonSource } failure => Reason(failure),
            _ => string.Join(' ', refusal.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)),
        };

    // The serializer's own text speaks of .NET's types; what this library throws into it does not.
    private static string Reason(JsonException failure)
    {
        const string missing = "including: ";
        if (failure.InnerException is JsonException && failure.LineNumber is { } line)
            return $"line {line + 1} is not sound JSON";
        int names = failure.Message.IndexOf(missing, StringComparison.Ordinal);
        if (names >= 0)
            return $"it lacks {failure.Message[(names + missing.Length)..].TrimEnd('.')}";
        return failure.Path is { Length: > 2 } path
            ? $"the value of '{path[2..]}' is of the wrong kind, or out of range"
            : "it is not sound JSON, or not an object";
    }

    // .NET passes the system's own number on: errno on Unix, an HRESULT on Windows.
    private static bool IsDiskFull(int code)
    {
        const int noSpace = 28,
            quotaOnLinux = 122,
            quotaOnMacOs = 69;
        const int handleDiskFull = unchecked((int)0x80070027),
            diskFull = unchecked((int)0x80070070);
        return code is noSpace or handleDiskFull or diskFull
            || code == quotaOnLinux && OperatingSystem.IsLinux()
            || code == quotaOnMacOs && OperatingSystem.IsMacOS();
    }
}
