using System.Text.Json;
using System.Text.RegularExpressions;

namespace CharRnn.Server;

/// <summary>
/// The library's messages name its properties in single quotes (<c>'TopP'</c>); in the interface they are fields
/// (<c>'top_p'</c>).
/// </summary>
internal static partial class FieldNames
{
    /// <summary>A message with fields in place of properties.</summary>
    /// <param name="message">The library's message.</param>
    /// <param name="renamed">The message for the client.</param>
    /// <returns>The first field named, null for none.</returns>
    public static string? In(string message, out string renamed)
    {
        string? first = null;
        renamed = PropertyName()
            .Replace(
                message,
                match =>
                {
                    if (typeof(SamplingOptions).GetProperty(match.Groups[1].Value) is null)
                        return match.Value;
                    string field = JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups[1].Value);
                    first ??= field;
                    return $"'{field}'";
                }
            );
        return first;
    }

    [GeneratedRegex("'([A-Z][A-Za-z]*)'")]
    private static partial Regex PropertyName();
}
