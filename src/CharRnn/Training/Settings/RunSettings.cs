using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>
/// Settings of the training of any network: its size, limits, optimizer, learning rate, clipping, seed and
/// threads. <see cref="TrainingSettings"/> are those of a language model, <see cref="ClassifierSettings"/> those of a
/// classifier.
/// </summary>
public abstract record RunSettings
{
    /// <summary>The most worker threads.</summary>
    public const int MaxThreads = 1024;

    // Further kinds of settings would need a kind of training.
    private protected RunSettings() { }

    /// <summary>
    /// The preset that these settings began as, by its name in <see cref="Presets"/>; null for none.
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>The cell's name; lstm by default.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>H, of each direction; 256 by default.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>L; 2 by default, 1 of a classifier.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>E; 0 feeds symbols one-hot. 64 by default.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Number of biases of a layer's gates.</summary>
    public BiasMode Biases { get; init; }

    /// <summary>
    /// Initialization scheme of the weights: pytorch, orthogonal, torch-rnn, linear, uniform:R or normal:S.
    /// </summary>
    public string Init { get; init; } = "pytorch";

    /// <summary>The share of outputs silenced between layers; 0.15 by default, 0.3 of a classifier.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The share of outputs silenced before the head: of the last layer's outputs (0.3 by default), or of a
    /// classifier's pooled vector (0.5).
    /// </summary>
    public double OutputDropout { get; init; }

    /// <summary>The most epochs; null for no such limit.</summary>
    public double? MaxEpochs { get; init; }

    /// <summary>The most steps; null for no such limit.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>The longest time; null for no such limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// Evaluations without a better validation score after which training stops; null for never. A classifier is
    /// scored after each epoch.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>The optimizer.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>The highest learning rate; 6e-3 by default, 3e-3 of a classifier.</summary>
    public double LearningRate { get; init; }

    /// <summary>Shape of the rate's decay; linear by default, half a cosine for a classifier.</summary>
    public LearningRateShape Schedule { get; init; }

    /// <summary>Steps in which the rate rises from 0; 50 by default.</summary>
    public long WarmupSteps { get; init; } = 50;

    /// <summary>Factor of each decay with the step schedule; 0.97 by default.</summary>
    public double LrDecay { get; init; } = 0.97;

    /// <summary>Epochs before the first decay; 10 by default.</summary>
    public double LrDecayStart { get; init; } = 10;

    /// <summary>Epochs from one decay to the next; 1 by default.</summary>
    public double LrDecayEvery { get; init; } = 1;

    /// <summary>The largest magnitude of a gradient's element; null, the default, for no limit.</summary>
    public double? GradClip { get; init; }

    /// <summary>
    /// The largest global norm of the gradients, applied first; null for no limit. 1 by default.
    /// </summary>
    public double? GradClipNorm { get; init; } = 1;

    /// <summary>
    /// The share held out for a test at the end: of a text its end (0 by default), of a classifier's records some of
    /// each label (0.15).
    /// </summary>
    public double TestFrac { get; init; }

    /// <summary>Seed of every random draw; 1 by default.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Worker threads; null for as many as are useful here. The result is the same for any number.</summary>
    public int? Threads { get; init; }

    /// <summary>The plan of another run to train by, with all its changes; empty for a plan of its own.</summary>
    internal virtual IReadOnlyList<PlanChange> PlanToReplay => [];

    /// <summary>Cadences of scoring, sampling and saving.</summary>
    internal abstract RunCadences Cadences { get; }

    /// <summary>Checks every number that does not depend on the data.</summary>
    /// <exception cref="SettingsException">
    /// Names the first that cannot be used, what it is and what it may be.
    /// </exception>
    public abstract void Validate();

    /// <summary>Checks how weights begin and are updated.</summary>
    private protected void ValidateStart()
    {
        _ = Initialization.Parse(Init);
        _ = CharRnn.Optimizer.Create(Optimizer);
    }

    /// <summary>Checks limits, learning rate, clipping and threads.</summary>
    private protected void ValidateRun()
    {
        Require(
            MaxEpochs is null || (MaxEpochs > 0 && double.IsFinite(MaxEpochs.Value)),
            "'MaxEpochs'",
            MaxEpochs,
            "more than 0"
        );
        Require(MaxSteps is null or >= 0, "'MaxSteps'", MaxSteps, "0 or more");
        Require(MaxTime is null || MaxTime > TimeSpan.Zero, "'MaxTime'", MaxTime, "more than 0");
        Require(LearningRate >= 0 && double.IsFinite(LearningRate), "'LearningRate'", LearningRate, "0 or more");
        Require(WarmupSteps >= 0, "'WarmupSteps'", WarmupSteps, "0 or more");
        Require(LrDecay > 0 && LrDecay <= 1, "'LrDecay'", LrDecay, "more than 0 and at most 1");
        Require(LrDecayStart >= 0, "'LrDecayStart'", LrDecayStart, "0 or more");
        Require(LrDecayEvery > 0 && double.IsFinite(LrDecayEvery), "'LrDecayEvery'", LrDecayEvery, "more than 0");
        Require(GradClip is null or > 0, "'GradClip'", GradClip, "more than 0");
        Require(GradClipNorm is null or > 0, "'GradClipNorm'", GradClipNorm, "more than 0");
        Require(Threads is null or (>= 1 and <= MaxThreads), "'Threads'", Threads, $"from 1 to {MaxThreads}");
        Require(Patience is null or >= 1, "'Patience'", Patience, "at least 1");
    }

    private protected static void Require(bool holds, string setting, object? value, string needed)
    {
        if (!holds)
            throw new SettingsException(FormattableString.Invariant($"{setting} is {value}; it must be {needed}."));
    }
}

/// <summary>Intervals of scoring, sampling and saving.</summary>
/// <param name="Evaluate">Cadence of scoring the validation part; null for up to twenty times a run.</param>
/// <param name="Sample">
/// Cadence of samples; null for steps 100, 300, 500, 700, 1200 and 2000, and ten times a run.
/// </param>
/// <param name="Save">Cadence of checkpoints; null for twenty times a run.</param>
/// <param name="EvaluatesEachEpoch">Whether the validation part is scored after each epoch instead.</param>
internal sealed record RunCadences(Cadence? Evaluate, Cadence? Sample, Cadence? Save, bool EvaluatesEachEpoch = false);
