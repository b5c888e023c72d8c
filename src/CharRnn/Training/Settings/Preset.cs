using CharRnn.Training;

namespace CharRnn;

/// <summary>Settings that belong together, under the name they are known by.</summary>
public interface IPreset
{
    /// <summary>The name.</summary>
    string Name { get; }

    /// <summary>What it is, in one line.</summary>
    string Description { get; }

    /// <summary>Where it is from, in one line.</summary>
    string Origin { get; }

    /// <summary>What differs from the settings of a run without a preset.</summary>
    IReadOnlyList<SettingDifference> Differences { get; }
}

/// <summary>Settings of a language model that belong together, under the name they are known by.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Origin">Where it is from, in one line.</param>
/// <param name="Settings">The settings, which know the preset's name.</param>
public sealed record Preset(string Name, string Description, string Origin, TrainingSettings Settings) : IPreset
{
    /// <inheritdoc/>
    public IReadOnlyList<SettingDifference> Differences => SettingDifference.Between(new TrainingSettings(), Settings);
}
