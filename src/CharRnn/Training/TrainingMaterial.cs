using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn;

/// <summary>What a run is given besides its text and settings. Nothing of it is needed.</summary>
public sealed record TrainingMaterial
{
    /// <summary>
    /// A text of its own to validate on, read with the vocabulary of the training text; the training text then gives
    /// none (<c>ValFrac</c> is 0).
    /// </summary>
    public Corpus? Validation { get; init; }

    /// <summary>
    /// A model to begin from; the settings have its network (<see cref="TrainingSettings.WithNetworkOf"/>), the
    /// vocabulary all of its symbols.
    /// </summary>
    public StartingModel? InitFrom { get; init; }

    /// <summary>What simple means make of the text, for the run's configuration.</summary>
    public Baselines? Baselines { get; init; }

    /// <summary>What the user is told when the run begins, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
