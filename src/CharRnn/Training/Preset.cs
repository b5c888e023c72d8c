namespace CharRnn.Training;

/// <summary>Settings that belong together, under the name they are known by.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Origin">Where it is from, in one line.</param>
/// <param name="Settings">The settings, which know the preset's name.</param>
public sealed record Preset(string Name, string Description, string Origin, TrainingSettings Settings)
{
    /// <summary>What differs from the settings of a run without a preset.</summary>
    public IReadOnlyList<SettingDifference> Differences => SettingDifference.Between(new TrainingSettings(), Settings);
}
