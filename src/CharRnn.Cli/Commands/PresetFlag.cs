using System.CommandLine;
using CharRnn.Cli.Settings;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>--preset</c>: the settings that hold where neither a flag nor a variable says otherwise.</summary>
internal sealed class PresetFlag
{
    private const string Flag = "--preset";

    private readonly Setting<string?> name = new(Flag, "Train as this one of 'charrnn presets', but for what other flags say.", null, text => text, "NAME");

    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Presets.All.Select(preset => preset.Name));

    public Option Option => name.Option;

    /// <summary>The preset of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="where">The flag or variable that has it.</param>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Preset Find(string name, string where) =>
        Presets.Find(name)
        ?? throw new SettingsException($"{where}: there is no preset '{name}' among {Names}{NearestName.Suggest(name, Presets.All.Select(preset => preset.Name))}");

    /// <summary>What the other settings begin as.</summary>
    /// <exception cref="SettingsException">There is no preset of that name.</exception>
    public TrainingSettings Settings(SettingSources sources)
    {
        var (chosen, origin) = name.Resolve(sources);
        return chosen is null ? new TrainingSettings() : Find(chosen, origin == SettingOrigin.Flag ? Flag : name.Variable).Settings;
    }

    /// <summary>Refuses to make a run that goes on, or is trained again, into another.</summary>
    /// <exception cref="SettingsException">The flag names another preset than the run began as.</exception>
    public void RequireSame(TrainingSettings saved, SettingSources sources)
    {
        var (chosen, origin) = name.Resolve(sources);
        if (origin != SettingOrigin.Flag)
            return;
        var (wanted, trained) = (Find(chosen!, Flag).Name, saved.Preset ?? Presets.Default);
        if (wanted != trained)
            throw new SettingsException($"{Flag} is {wanted}, and differs from the run, which began as {trained}; leave it out, or start a new run.");
    }
}
