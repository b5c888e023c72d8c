using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Everything that can be set about the training of a classifier. The defaults are for names and other short texts,
/// from a thousand to a hundred thousand of them.
/// </summary>
public sealed record ClassifierSettings
{
    /// <summary>The most records that a batch may hold.</summary>
    public const int MaxBatch = 1 << 14;

    /// <summary>
    /// Passes over the training part when no limit of any kind is given; more where they would be fewer steps than
    /// <see cref="DefaultLeastSteps"/>.
    /// </summary>
    public const int DefaultMaxEpochs = 25;

    /// <summary>The fewest steps when no limit of any kind is given.</summary>
    public const int DefaultLeastSteps = 2000;

    /// <summary>
    /// The preset that these settings began as, by its name in <see cref="ClassifierPresets"/>; null for none.
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>The cell's name.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>H, of each direction.</summary>
    public int HiddenSize { get; init; } = 256;

    /// <summary>L.</summary>
    public int NumLayers { get; init; } = 1;

    /// <summary>E; 0 feeds symbols one-hot.</summary>
    public int EmbeddingSize { get; init; } = 64;

    /// <summary>Whether records are read backwards too.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>How a record's states become one vector.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>How many biases a layer's gates have.</summary>
    public BiasMode Biases { get; init; }

    /// <summary>How the weights begin; see <see cref="Initialization"/>.</summary>
    public string Init { get; init; } = "pytorch";

    /// <summary>The share of a record's distinct symbols that training reads as nothing.</summary>
    public double EmbeddingDropout { get; init; } = 0.15;

    /// <summary>The share of outputs silenced between layers.</summary>
    public double Dropout { get; init; } = 0.3;

    /// <summary>The share of the pooled vector silenced, before the head.</summary>
    public double OutputDropout { get; init; } = 0.5;

    /// <summary>
    /// The share of characters that training reads as the unknown symbol: the model learns to do without any one of
    /// them, and what to make of those it never saw.
    /// </summary>
    public double CharDropout { get; init; } = 0.02;

    /// <summary>
    /// ε: the target is 1 − ε for a record's label, and ε spread over all labels alike (Szegedy et al. 2016).
    /// </summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>What the records of a label count in the loss.</summary>
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>B: the most records in a batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// The most epochs; null for no such limit, or where there is no other either for <see cref="DefaultMaxEpochs"/>.
    /// </summary>
    public double? MaxEpochs { get; init; }

    /// <summary>The most steps; null for no such limit.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>The longest time; null for no such limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>Epochs without a better validation accuracy after which training stops; null for never.</summary>
    public int? Patience { get; init; }

    /// <summary>The optimiser.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>The highest learning rate.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>How the rate goes down.</summary>
    public LearningRateShape Schedule { get; init; } = LearningRateShape.Cosine;

    /// <summary>Steps in which the rate rises from 0.</summary>
    public long WarmupSteps { get; init; } = 50;

    /// <summary>What the rate is multiplied with, again and again, with the step schedule.</summary>
    public double LrDecay { get; init; } = 0.97;

    /// <summary>How many epochs pass before the first time.</summary>
    public double LrDecayStart { get; init; } = 10;

    /// <summary>How many epochs pass from one time to the next.</summary>
    public double LrDecayEvery { get; init; } = 1;

    /// <summary>The largest magnitude of a gradient's element; null for no limit.</summary>
    public double? GradClip { get; init; }

    /// <summary>The largest global norm of the gradients, applied first; null for no limit.</summary>
    public double? GradClipNorm { get; init; } = 1;

    /// <summary>The share of the records held out for the test, which are looked at once, at the end.</summary>
    public double TestFrac { get; init; } = 0.15;

    /// <summary>The share of the rest held out for validation, by which the best model is chosen.</summary>
    public double ValFrac { get; init; } = 0.05;

    /// <summary>What every random draw is made from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Worker threads; null for as many as are useful here. The result is the same for any number.</summary>
    public int? Threads { get; init; }

    /// <summary>The network for a vocabulary and so many labels.</summary>
    public ClassifierSpec ModelSpec(int vocabularySize, int labelCount) =>
        new()
        {
            Cell = Cell,
            VocabularySize = vocabularySize,
            LabelCount = labelCount,
            HiddenSize = HiddenSize,
            NumLayers = NumLayers,
            EmbeddingSize = EmbeddingSize,
            Bidirectional = Bidirectional,
            Pooling = Pooling,
            EmbeddingDropout = EmbeddingDropout,
            Dropout = Dropout,
            OutputDropout = OutputDropout,
            Biases = Biases,
        };

    /// <summary>Checks every number that does not depend on the records.</summary>
    /// <exception cref="SettingsException">
    /// Names the first that cannot be used, what it is and what it may be.
    /// </exception>
    public void Validate()
    {
        ModelSpec(vocabularySize: 1, labelCount: 2).Validate();
        OfAnyTraining().Validate();
        RequireShare("'CharDropout'", CharDropout);
        RequireShare("'LabelSmoothing'", LabelSmoothing);
        RequireShare("'TestFrac'", TestFrac);
        RequireShare("'ValFrac'", ValFrac);
        if (BatchSize is < 1 or > MaxBatch)
            throw new SettingsException($"'BatchSize' is {BatchSize}; it must be from 1 to {MaxBatch}.");
        if (!(ClassWeights.Power is >= 0 and <= ClassWeighting.MaxPower))
            throw new SettingsException($"'ClassWeights' is {ClassWeights}; it must be {ClassWeighting.Needed}.");
    }

    /// <summary>The settings with a limit in epochs, where they have no limit of any kind.</summary>
    /// <param name="batchesPerEpoch">Batches in an epoch.</param>
    internal ClassifierSettings WithLimitFor(long batchesPerEpoch)
    {
        bool hasLimit = MaxSteps is not null || MaxEpochs is not null || MaxTime is not null;
        return hasLimit
            ? this
            : this with
            {
                MaxEpochs = Math.Max(DefaultMaxEpochs, Math.Ceiling((double)DefaultLeastSteps / batchesPerEpoch)),
            };
    }

    /// <summary>
    /// What any training has: limits, optimiser, learning rate, clipping, seed and threads. What goes by steps there is
    /// never due: a classifier is scored after each epoch.
    /// </summary>
    internal TrainingSettings OfAnyTraining() =>
        new()
        {
            Init = Init,
            MaxEpochs = MaxEpochs,
            MaxSteps = MaxSteps,
            MaxTime = MaxTime,
            Patience = Patience,
            Optimizer = Optimizer,
            LearningRate = LearningRate,
            Schedule = Schedule,
            WarmupSteps = WarmupSteps,
            LrDecay = LrDecay,
            LrDecayStart = LrDecayStart,
            LrDecayEvery = LrDecayEvery,
            GradClip = GradClip,
            GradClipNorm = GradClipNorm,
            EvalEvery = Cadence.Never,
            SampleEvery = Cadence.Never,
            Seed = Seed,
            Threads = Threads,
        };

    private static void RequireShare(string flag, double value)
    {
        if (!(value >= 0 && value < 1))
            throw new SettingsException(
                FormattableString.Invariant($"{flag} is {value}; it must be at least 0 and less than 1.")
            );
    }
}
