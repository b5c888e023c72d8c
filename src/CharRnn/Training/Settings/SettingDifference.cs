using System.Text.Json;
using System.Text.Json.Nodes;

namespace CharRnn.Training;

/// <summary>A setting that two runs have differently.</summary>
/// <param name="Name">Its name, as its flag has it, without the dashes: <c>hidden-size</c>.</param>
/// <param name="Value">Its value as JSON; null where it is none, as a limit that is lifted.</param>
public sealed record SettingDifference(string Name, JsonNode? Value)
{
    private const string None = "0";

    // What is fitted to the text goes by the same flag as what is not.
    private const string FittedPrefix = "usual_";

    /// <summary>The value as the flag takes it.</summary>
    public string Text =>
        Value?.GetValueKind() switch
        {
            null => None,
            JsonValueKind.String => Value.GetValue<string>(),
            _ => Value.ToJsonString(),
        };

    /// <summary>
    /// What settings have otherwise than others, in the order of <c>config.json</c>; the preset's name is not looked
    /// at.
    /// </summary>
    internal static IReadOnlyList<SettingDifference> Between<TSettings>(TSettings from, TSettings to)
    {
        var (before, after) = (Flat(from), Flat(to));
        return
        [
            .. after
                .Where(setting => !JsonNode.DeepEquals(setting.Value, before[setting.Key]))
                .Select(setting => new SettingDifference(FlagOf(setting.Key), setting.Value)),
        ];
    }

    private static string FlagOf(string key)
    {
        string name = key.StartsWith(FittedPrefix, StringComparison.Ordinal) ? key[FittedPrefix.Length..] : key;
        return name.Replace('_', '-');
    }

    /// <summary>
    /// The settings by their keys, those of the optimiser among them; its own name is the key <c>optimizer</c>.
    /// </summary>
    private static OrderedDictionary<string, JsonNode?> Flat<TSettings>(TSettings settings)
    {
        const string optimizer = "optimizer",
            name = "name",
            preset = "preset";
        var flat = new OrderedDictionary<string, JsonNode?>();
        foreach (var (key, value) in SettingsJson.Of(settings))
        {
            if (key == preset)
                continue;
            if (key != optimizer)
            {
                flat.Add(key, value);
                continue;
            }
            foreach (var (part, partValue) in value!.AsObject())
                flat.Add(part == name ? optimizer : part, partValue);
        }
        return flat;
    }
}
