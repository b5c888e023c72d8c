using System.Text.Json;
using System.Text.Json.Nodes;
using CharRnn.Training;

namespace CharRnn;

/// <summary>A preset of either kind of network.</summary>
internal interface IPreset
{
    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>Description in one line.</summary>
    string Description { get; }

    /// <summary>Origin in one line.</summary>
    string Origin { get; }

    /// <summary>Settings that differ from those of a run without a preset.</summary>
    IReadOnlyList<SettingDifference> Differences { get; }
}

/// <summary>Settings that belong together, under the name they are known by; see <see cref="Presets"/>.</summary>
/// <typeparam name="TSettings">
/// <see cref="TrainingSettings"/> for a language model, <see cref="ClassifierSettings"/> for a classifier.
/// </typeparam>
/// <param name="Name">The name.</param>
/// <param name="Description">Description in one line.</param>
/// <param name="Origin">Origin in one line.</param>
/// <param name="Settings">The settings, which know the preset's name.</param>
public sealed record Preset<TSettings>(string Name, string Description, string Origin, TSettings Settings) : IPreset
    where TSettings : RunSettings, new()
{
    /// <inheritdoc cref="IPreset.Differences"/>
    internal IReadOnlyList<SettingDifference> Differences => SettingDifference.Between(new TSettings(), Settings);

    IReadOnlyList<SettingDifference> IPreset.Differences => Differences;
}

/// <summary>A setting that two runs have differently.</summary>
/// <param name="Name">Its name, as its flag has it, without the dashes: <c>hidden-size</c>.</param>
/// <param name="Value">Its value as JSON; null where it is none, as a limit that is lifted.</param>
internal sealed record SettingDifference(string Name, JsonNode? Value)
{
    private const string None = "0";

    // Sizes that are fitted to the text have the same flag as fixed ones.
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
    public static IReadOnlyList<SettingDifference> Between(RunSettings from, RunSettings to)
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
    private static OrderedDictionary<string, JsonNode?> Flat(RunSettings settings)
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
