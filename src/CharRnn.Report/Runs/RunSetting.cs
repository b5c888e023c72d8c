using System.Text.Json;

namespace CharRnn.Report.Runs;

/// <summary>A setting of a run, as <c>config.json</c> has it, or where it comes from.</summary>
/// <param name="Name">Its key; that of a setting within another is written <c>optimizer.beta1</c>.</param>
/// <param name="Value">Its value; empty for null.</param>
public sealed record RunSetting(string Name, string Value)
{
    private const string Key = "settings";

    /// <summary>All settings of a configuration in its order, whatever version of CharRnn wrote it.</summary>
    internal static IReadOnlyList<RunSetting> In(JsonElement configuration) =>
        configuration.TryGetProperty(Key, out var settings) ? [.. Flatten("", settings)] : [];

    private static IEnumerable<RunSetting> Flatten(string prefix, JsonElement settings) =>
        settings
            .EnumerateObject()
            .SelectMany(setting =>
                setting.Value.ValueKind == JsonValueKind.Object
                    ? Flatten($"{prefix}{setting.Name}.", setting.Value)
                    : [new RunSetting(prefix + setting.Name, TextOf(setting.Value))]
            );

    private static string TextOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
}
