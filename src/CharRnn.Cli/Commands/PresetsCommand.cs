using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn presets</c>: the configurations that can be trained by name.</summary>
internal sealed class PresetsCommand : VerbCommand
{
    private readonly Option<bool> _json = SharedFlags.Json();

    public PresetsCommand(Shell shell)
        : base(
            shell,
            "presets",
            "List what 'train --preset' and 'classify train --preset' can name: what it is, where it is "
                + "from, and what it sets."
        )
    {
        Add(_json);
        Examples =
        [
            new("charrnn presets", "Show the presets."),
            new("charrnn train --preset char-rnn novel.txt", "Train as one of them."),
        ];
    }

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

/// <summary>Presets for people: each name with its description, its origin and its settings as flags.</summary>
internal static class PresetTable
{
    private const int Width = 120;
    private const string Gap = "  ";

    public static void Write(TextWriter output, IReadOnlyList<IPreset> presets)
    {
        int nameWidth = presets.Max(preset => preset.Name.Length);
        output.WriteLine($"{"NAME".PadRight(nameWidth)}{Gap}WHAT IT IS, WHERE IT IS FROM, WHAT IT SETS");
        foreach (var preset in presets)
        {
            string name = preset.Name;
            foreach (string line in LinesOf(preset, Width - nameWidth - Gap.Length))
            {
                output.WriteLine($"{name.PadRight(nameWidth)}{Gap}{line}");
                name = "";
            }
        }
    }

    private static IEnumerable<string> LinesOf(IPreset preset, int width)
    {
        var flags = preset.Differences.Select(difference => $"--{difference.Name} {difference.Text}");
        return Wrap(preset.Description.Split(' '), width)
            .Concat(Wrap(preset.Origin.Split(' '), width))
            .Concat(Wrap(flags, width));
    }

    /// <summary>Words in lines, none of them parted.</summary>
    private static IEnumerable<string> Wrap(IEnumerable<string> words, int width)
    {
        string line = "";
        foreach (string word in words)
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length > 0 ? $"{line} {word}" : word;
        }

        if (line.Length > 0)
            yield return line;
    }
}
