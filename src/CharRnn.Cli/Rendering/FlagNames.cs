using System.Text.RegularExpressions;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// The library's messages name properties in single quotes (<c>'HiddenSize'</c>); on the command line they are flags
/// (<c>--hidden-size</c>).
/// </summary>
internal static partial class FlagNames
{
    /// <summary>Properties whose flag has another name, and flags that are no property of these types.</summary>
    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["Charset"] = "--encoding",
        ["ConditionOnFirstSymbol"] = "--given-starts",
        ["Labeled"] = "--labelled",
        ["Beams"] = "--beams",
        ["Include"] = "--include",
        ["Length"] = "--length",
        ["Prompt"] = "--prompt",
        ["Starts"] = "--starts",
        ["StructureChars"] = "--structure-chars",
        ["Unknown"] = "--unknown",
    };

    private static readonly Type[] Settings =
    [
        typeof(TrainingSettings),
        typeof(ClassifierSettings),
        typeof(OptimizerSettings),
        typeof(SamplingOptions),
        typeof(TextPreparation),
        typeof(CorpusOptions),
    ];

    /// <summary>A message with its properties as flags. Other words in quotes stay as they are.</summary>
    public static string In(string message) =>
        QuotedName().Replace(message, match => FlagOf(match.Groups[1].Value) ?? match.Value);

    private static string? FlagOf(string property)
    {
        if (Irregular.TryGetValue(property, out string? flag))
            return flag;
        if (!Settings.Any(type => type.GetProperty(property) is not null))
            return null;
        return "--" + HumpStart().Replace(property, "-$0").ToLowerInvariant();
    }

    [GeneratedRegex("'([A-Z][A-Za-z0-9]*)'")]
    private static partial Regex QuotedName();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex HumpStart();
}
