using System.Text.Json.Serialization;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn;

/// <summary>
/// Settings of a classifier's training. The defaults are for names and other short texts, from a thousand to a hundred
/// thousand of them. Without a limit of any kind a run takes <see cref="DefaultMaxEpochs"/>.
/// </summary>
public sealed record ClassifierSettings : RunSettings
{
    /// <summary>The most records that a batch may hold.</summary>
    public const int MaxBatch = 1 << 14;

    /// <summary>
    /// Passes over the training part when no limit of any kind is given; more where they would be fewer steps than
    /// <see cref="DefaultMinSteps"/>.
    /// </summary>
    public const int DefaultMaxEpochs = 25;

    /// <summary>The fewest steps when no limit of any kind is given.</summary>
    public const int DefaultMinSteps = 2000;

    /// <summary>The defaults.</summary>
    public ClassifierSettings()
    {
        (Dropout, OutputDropout) = (0.3, 0.5);
        (LearningRate, Schedule) = (3e-3, LearningRateShape.Cosine);
        TestFrac = 0.15;
    }

    /// <summary>Whether records are read backwards too.</summary>
    public bool Bidirectional { get; init; } = true;

    /// <summary>Pooling of a record's states to one vector.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>The share of a record's distinct symbols that training reads as nothing.</summary>
    public double EmbeddingDropout { get; init; } = 0.15;

    /// <summary>
    /// The share of characters that training reads as the unknown symbol: the model learns to do without any one of
    /// them, and what to make of those it never saw.
    /// </summary>
    public double CharDropout { get; init; } = 0.02;

    /// <summary>
    /// ε: the target is 1 − ε for a record's label, and ε spread over all labels alike (Szegedy et al. 2016).
    /// </summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Weights of the labels in the loss.</summary>
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>
    /// Whether a text may have several labels: each then has a probability of its own. Texts under several labels have
    /// all of them, and a label of the form <c>a|b</c> stands for both. False by default.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool MultiLabel { get; init; }

    /// <summary>
    /// Separator of the labels of a text, with <see cref="MultiLabel"/>; null, the default, is <c>|</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LabelSeparator { get; init; }

    /// <summary>The fewest records of a label that is learnt; labels with fewer are left out. 0, for none, by default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int MinRecords { get; init; }

    /// <summary>B: the most records in a batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The share of the rest held out for validation, by which the best model is chosen.</summary>
    public double ValFrac { get; init; } = 0.05;

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
            MultiLabel = MultiLabel,
        };

    /// <summary>The settings with the network of a model, for a run that starts from it; dropout stays.</summary>
    public ClassifierSettings WithNetworkOf(ClassifierSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return this with
        {
            Cell = spec.Cell,
            HiddenSize = spec.HiddenSize,
            NumLayers = spec.NumLayers,
            EmbeddingSize = spec.EmbeddingSize,
            Bidirectional = spec.Bidirectional,
            Pooling = spec.Pooling,
            Biases = spec.Biases,
            MultiLabel = spec.MultiLabel,
        };
    }

    /// <inheritdoc/>
    internal override RunCadences Cadences => new(Cadence.Never, Cadence.Never, Save: null, EvaluatesEachEpoch: true);

    /// <inheritdoc/>
    public override void Validate()
    {
        ModelSpec(vocabularySize: 1, labelCount: 2).Validate();
        ValidateStart();
        ValidateRun();
        RequireShare("'CharDropout'", CharDropout);
        RequireShare("'LabelSmoothing'", LabelSmoothing);
        RequireShare("'TestFrac'", TestFrac);
        RequireShare("'ValFrac'", ValFrac);
        if (MultiLabel && ClassWeights.Power != 0)
            throw new SettingsException(
                "'ClassWeights' weighs records by their one label, and with 'MultiLabel' they may have several; leave one "
                    + "of them out."
            );
        if (LabelSeparator is not null && (!MultiLabel || LabelSeparator.Trim().Length == 0))
            throw new SettingsException(
                MultiLabel
                    ? "'LabelSeparator' is empty; it must be what stands between the labels of a text."
                    : "'LabelSeparator' stands between the labels of a text, which has one; give 'MultiLabel' too."
            );
        Require(MinRecords >= 0, "'MinRecords'", MinRecords, "at least 0");
        Require(BatchSize is >= 1 and <= MaxBatch, "'BatchSize'", BatchSize, $"from 1 to {MaxBatch}");
        Require(
            ClassWeights.Power is >= 0 and <= ClassWeighting.MaxPower,
            "'ClassWeights'",
            ClassWeights,
            ClassWeighting.Needed
        );
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
                MaxEpochs = Math.Max(DefaultMaxEpochs, Math.Ceiling((double)DefaultMinSteps / batchesPerEpoch)),
            };
    }

    private static void RequireShare(string setting, double value) =>
        Require(value >= 0 && value < 1, setting, value, "at least 0 and less than 1");
}
