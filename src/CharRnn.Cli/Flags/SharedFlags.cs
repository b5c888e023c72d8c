using System.CommandLine;
using System.CommandLine.Parsing;
using CharRnn.Cli.Rendering;
using CharRnn.Engine;

namespace CharRnn.Cli.Flags;

/// <summary>Flags that are the same for several verbs.</summary>
internal static class SharedFlags
{
    /// <summary><c>--progress</c>, the same for every verb that takes long.</summary>
    public static Setting<ProgressMode> Progress() =>
        new(
            "--progress",
            "Display of progress on standard error: live on a terminal and plain elsewhere, or one of the "
                + "others (default: auto).",
            ProgressMode.Auto,
            text =>
                SettingParser.Choice(
                    text,
                    ("auto", ProgressMode.Auto),
                    ("live", ProgressMode.Live),
                    ("plain", ProgressMode.Plain),
                    ("json", ProgressMode.Json),
                    ("none", ProgressMode.None)
                ),
            "auto|live|plain|json|none"
        );

    /// <summary><c>--dry-run</c> of the verbs that train.</summary>
    public static Option<bool> DryRun() =>
        new("--dry-run")
        {
            Description =
                "Say how large the network is, what memory it needs, and how many steps it takes and how long, "
                + "by a few steps that are measured and thrown away; nothing is written.",
        };

    /// <summary><c>--json</c> of the verbs that show something.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object instead." };

    /// <summary><c>--no-cache</c>, the same for every verb that reads a text.</summary>
    public static Setting<bool> NoCache() =>
        Setting.Switch(
            "--no-cache",
            "Neither use nor keep what was made of a large text when it was read; it lies in a temporary file instead."
        );

    /// <summary>
    /// <c>--unknown</c>, the same for every verb that gives a model text: whether characters that it does not know are
    /// skipped.
    /// </summary>
    public static Setting<bool> SkipUnknown() =>
        new(
            "--unknown",
            "Characters that the model does not know: an error, or left out (default: error).",
            false,
            text => SettingParser.Choice(text, ("error", false), ("skip", true)),
            "error|skip"
        );

    /// <summary><c>--threshold</c> of the verbs that read texts with a classifier; null answers everything.</summary>
    public static Setting<double?> Threshold() =>
        new(
            "--threshold",
            "Answer only where the likeliest label has at least this probability, and otherwise 'unknown'.",
            null,
            text => SettingParser.Number(text, new NumberRange(0, 1)),
            "P"
        );

    /// <summary><c>--threads</c> of the verbs that read texts with a classifier.</summary>
    public static Setting<int> ClassifierThreads() =>
        new(
            "--threads",
            "Worker threads; the result is the same for any number (default: as many as there are cores).",
            Math.Min(ProcessorTopology.Current.UsefulThreads, TrainingSettings.MaxThreads),
            text => SettingParser.Integer(text, 1, TrainingSettings.MaxThreads),
            "N"
        );
}

/// <summary>
/// Flags that mean nothing beside another are refused by name. Variables of the environment, which are not meant for
/// one command, are passed over.
/// </summary>
internal static class FlagConflict
{
    /// <summary>Refuses the first of some flags that was given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="chosen">The flag beside which they mean nothing.</param>
    /// <param name="why">Why, as the end of a sentence.</param>
    /// <param name="refused">The flags.</param>
    /// <exception cref="SettingsException">One of them was given.</exception>
    public static void Refuse(ParseResult parsed, Option chosen, string why, params IEnumerable<Option> refused)
    {
        if (refused.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new SettingsException($"{given.Name} does not go with {chosen.Name}, {why}; leave one of them out.");
    }
}
