using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Settings;

/// <summary>Settings that several verbs have.</summary>
internal static class CommonSettings
{
    private const int MostThreads = 1024;

    /// <summary><c>--unknown</c>: whether characters that the model does not know are skipped.</summary>
    public static Setting<bool> SkipUnknown() => new(
        "--unknown", "What becomes of characters that the model does not know: an error, or they are left out (default: error).", false,
        text => SettingParser.Choice(text, ("error", false), ("skip", true)), "error|skip");

    /// <summary><c>--threads</c>.</summary>
    /// <param name="fallback">The default.</param>
    /// <param name="fallbackInWords">The default as the help says it.</param>
    public static Setting<int> Threads(int fallback, string fallbackInWords) => new(
        "--threads", $"How many threads; any number gives the same result (default: {fallbackInWords}).", fallback,
        text => SettingParser.Integer(text, 1, MostThreads), "N");

    /// <summary><c>--progress</c>.</summary>
    public static Setting<ProgressMode> Progress() => new(
        "--progress", "How progress is shown on standard error (default: auto).", ProgressMode.Auto,
        text => SettingParser.Choice(
            text, ("auto", ProgressMode.Auto), ("live", ProgressMode.Live), ("plain", ProgressMode.Plain), ("json", ProgressMode.Json), ("none", ProgressMode.None)),
        "auto|live|plain|json|none");
}
