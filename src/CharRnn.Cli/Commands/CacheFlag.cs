using CharRnn.Cli.Settings;

namespace CharRnn.Cli.Commands;

/// <summary><c>--no-cache</c>, the same for every verb that reads a text.</summary>
internal static class CacheFlag
{
    public static Setting<bool> Make() =>
        Setting.Switch(
            "--no-cache",
            "Neither use nor keep what was made of a large text when it was read; it lies in a temporary file instead."
        );
}
