using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;

namespace CharRnn.Cli.Commands;

/// <summary><c>--progress</c>, the same for every verb that takes long.</summary>
internal static class ProgressFlag
{
    public static Setting<ProgressMode> Make() =>
        new(
            "--progress",
            "How progress is shown on standard error: live on a terminal and plain elsewhere, or one of the "
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
}
