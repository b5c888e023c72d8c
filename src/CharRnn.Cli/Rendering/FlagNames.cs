using System.Text.RegularExpressions;

namespace CharRnn.Cli.Rendering;

/// <summary>
/// The library's messages name properties and methods in single quotes (<c>'HiddenSize'</c>,
/// <c>'Trainer.Resume'</c>); on the command line they are flags and verbs (<c>--hidden-size</c>,
/// <c>'charrnn train --resume'</c>).
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

    /// <summary>Types and methods of the library, and what does the same on the command line.</summary>
    private static readonly Dictionary<string, string> Verbs = new()
    {
        ["ClassifierTrainer"] = "charrnn classify train",
        ["ClassifierTrainer.Resume"] = "'charrnn classify train --resume'",
        ["LanguageModel.Load"] = "'charrnn sample' or 'charrnn eval'",
        ["RunFolder.Create"] = "-o",
        ["RunFolder.Open"] = "--resume",
        ["SequenceClassifier.Load"] = "'charrnn classify predict' or 'charrnn classify eval'",
        ["Trainer"] = "charrnn train",
        ["Trainer.Resume"] = "'charrnn train --resume'",
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

    /// <summary>A message with flags and verbs in place of the library's names. Other words in quotes stay.</summary>
    public static string In(string message) =>
        QuotedName().Replace(message, match => OnCommandLine(match.Groups[1].Value) ?? match.Value);

    private static string? OnCommandLine(string name) => Verbs.GetValueOrDefault(name) ?? FlagOf(name);

    private static string? FlagOf(string property)
    {
        if (Irregular.TryGetValue(property, out string? flag))
            return flag;
        if (!Settings.Any(type => type.GetProperty(property) is not null))
            return null;
        return "--" + HumpStart().Replace(property, "-$0").ToLowerInvariant();
    }

    [GeneratedRegex(@"'([A-Z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]*)?)'")]
    private static partial Regex QuotedName();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex HumpStart();
}
