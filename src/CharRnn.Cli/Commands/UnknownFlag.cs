using CharRnn.Cli.Settings;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>--unknown</c>, the same for every verb that gives a model text: whether characters that it does not know are
/// skipped.
/// </summary>
internal static class UnknownFlag
{
    public static Setting<bool> Make() =>
        new(
            "--unknown",
            "What becomes of characters that the model does not know: an error, or they are left out (default: error).",
            false,
            text => SettingParser.Choice(text, ("error", false), ("skip", true)),
            "error|skip"
        );
}
