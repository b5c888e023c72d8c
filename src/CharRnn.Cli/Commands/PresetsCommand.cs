using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn presets</c>: what can be trained by name.</summary>
internal sealed class PresetsCommand : VerbCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object instead." };

    public PresetsCommand(Shell shell)
        : base(
            shell,
            "presets",
            "List what 'train --preset' and 'classify train --preset' can name: what it is, where it is "
                + "from, and what it sets."
        ) => Add(_json);

    private static IReadOnlyList<IPreset> All { get; } = [.. Presets.All, .. Presets.Classifiers];

    protected override int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_json))
            JsonLine.Write(Shell.Output, WriteJson);
        else
            PresetTable.Write(Shell.Output, All);
        return ExitCode.Success;
    }

    private static void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray("presets");
        foreach (var preset in All)
        {
            json.WriteStartObject();
            json.WriteString("name", preset.Name);
            json.WriteString("verb", preset is Preset<ClassifierSettings> ? "classify train" : "train");
            json.WriteString("description", preset.Description);
            json.WriteString("origin", preset.Origin);
            json.WriteStartObject("settings");
            foreach (var difference in preset.Differences)
            {
                json.WritePropertyName(difference.Name);
                JsonSerializer.Serialize(json, difference.Value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
