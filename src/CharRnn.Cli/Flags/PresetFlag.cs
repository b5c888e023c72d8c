using System.CommandLine;
using System.CommandLine.Completions;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Flags;

/// <summary><c>--preset</c>: the settings that hold where neither a flag nor a variable says otherwise.</summary>
/// <param name="all">The presets that can be named.</param>
internal class PresetFlag<TPreset>(IReadOnlyList<TPreset> all)
    where TPreset : class, IPreset
{
    protected const string Flag = "--preset";

    private readonly Setting<string?> _name = Named(all);

    public Option Option => _name.Option;

    /// <summary>The chosen preset; null where none is.</summary>
    /// <exception cref="SettingsException">There is no preset of that name.</exception>
    public TPreset? Chosen(SettingSources sources)
    {
        var (chosen, origin) = _name.Resolve(sources);
        return chosen is null ? null : Find(all, chosen, origin == SettingOrigin.Flag ? Flag : _name.Variable);
    }

    private static Setting<string?> Named(IReadOnlyList<TPreset> all)
    {
        var name = new Setting<string?>(
            Flag,
            "Train as this one of 'charrnn presets', but for what other flags say.",
            null,
            text => text,
            "NAME"
        );
        name.Option.CompletionSources.Add([.. all.Select(preset => preset.Name)]);
        return name;
    }

    /// <summary>Refuses to make a run that goes on, or is trained again, into another.</summary>
    /// <param name="trained">The preset that the run began as; null for none.</param>
    /// <param name="sources">The command line.</param>
    /// <exception cref="SettingsException">The flag names another preset.</exception>
    protected void RequireSame(string? trained, SettingSources sources)
    {
        var (chosen, origin) = _name.Resolve(sources);
        if (origin != SettingOrigin.Flag)
            return;
        string wanted = Find(all, chosen!, Flag).Name;
        if (wanted != trained)
            throw new SettingsException(
                $"{Flag} is {wanted}, and differs from the run, which began "
                    + $"{(trained is null ? "without one" : $"as {trained}")}; leave it out, or start a new run."
            );
    }

    /// <summary>The preset of a name.</summary>
    /// <exception cref="SettingsException">There is none.</exception>
    protected static TPreset Find(IReadOnlyList<TPreset> among, string name, string where)
    {
        var names = among.Select(preset => preset.Name).ToList();
        return among.FirstOrDefault(preset => preset.Name == name)
            ?? throw new SettingsException(
                $"{where}: there is no preset '{name}' among "
                    + $"{string.Join(", ", names)}{NearestName.Suggest(name, names)}"
            );
    }
}

/// <summary>The flag of verbs that train language models.</summary>
internal sealed class PresetFlag() : PresetFlag<Preset<TrainingSettings>>(Presets.All)
{
    /// <summary>All names, for messages.</summary>
    public static string Names => string.Join(", ", Presets.All.Select(preset => preset.Name));

    /// <summary>The preset of a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="where">The flag or variable that has it.</param>
    /// <exception cref="SettingsException">There is none.</exception>
    public static Preset<TrainingSettings> Find(string name, string where) => Find(Presets.All, name, where);

    /// <summary>The settings of the chosen preset, or the defaults.</summary>
    /// <exception cref="SettingsException">There is no preset of that name.</exception>
    public TrainingSettings Settings(SettingSources sources) => Chosen(sources)?.Settings ?? new TrainingSettings();

    /// <inheritdoc cref="PresetFlag{TPreset}.RequireSame(string?, SettingSources)"/>
    public void RequireSame(TrainingSettings saved, SettingSources sources) =>
        RequireSame(saved.Preset ?? Presets.Default, sources);
}

/// <summary>The flag of <c>classify train</c>.</summary>
internal sealed class ClassifierPresetFlag() : PresetFlag<Preset<ClassifierSettings>>(Presets.Classifiers)
{
    /// <inheritdoc cref="PresetFlag.Settings"/>
    public ClassifierSettings Settings(SettingSources sources) => Chosen(sources)?.Settings ?? new ClassifierSettings();

    /// <inheritdoc cref="PresetFlag{TPreset}.RequireSame(string?, SettingSources)"/>
    public void RequireSame(ClassifierSettings saved, SettingSources sources) => RequireSame(saved.Preset, sources);
}
