using System.Text.Json.Serialization;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn;

/// <summary>Way of taking windows from the text.</summary>
public enum WindowSampling
{
    /// <summary>B parallel streams, read on from window to window with the state carried.</summary>
    Stateful,

    /// <summary>Windows from random places, each from a state of zeros.</summary>
    Random,
}

/// <summary>Starting point of a run's samples.</summary>
public enum SampleStart
{
    /// <summary>From a state of zeros and the prompt, after the step's update.</summary>
    Prompt,

    /// <summary>
    /// From the carried state of the first stream and the first character of the window that comes next, before its
    /// update, as in min-char-rnn.
    /// </summary>
    State,
}

/// <summary>Reduction of a window's losses before they are differentiated.</summary>
public enum LossReduction
{
    /// <summary>Their mean over steps and streams.</summary>
    Mean,

    /// <summary>Their sum over steps, and the mean over streams, as min-char-rnn and char-rnn have it.</summary>
    Sum,
}

/// <summary>Place of the validation part in the text.</summary>
public enum ValSplit
{
    /// <summary>At the text's end, before the test part.</summary>
    Tail,

    /// <summary>At the end of each of the B streams that the text is read in, as char-rnn has it.</summary>
    Interleaved,
}

/// <summary>A moment at which the planned number of steps was set or changed.</summary>
/// <param name="Step">Steps done when it was.</param>
/// <param name="PlannedSteps">Planned number of steps from then on.</param>
/// <param name="FromStart">
/// Whether the steps done count as their share of the planned ones, so that a resumed run with other limits goes on as
/// if it had had them from its start; otherwise progress goes on from what it was.
/// </param>
public readonly record struct PlanChange(
    long Step,
    long PlannedSteps,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool FromStart = false
);

/// <summary>
/// Settings of a language model's training. The defaults train any text of 50 kB to 10 MB to something readable.
/// Without a limit of any kind a run takes <see cref="DefaultMaxTime"/>, or <see cref="DefaultMaxTimeOfLongText"/>.
/// </summary>
public sealed record TrainingSettings : RunSettings
{
    /// <summary>The share held out for validation when none is asked for.</summary>
    public const double DefaultValFrac = 0.1;

    /// <summary>
    /// Time to train on a text of up to <see cref="ShortText"/> characters when no limit of any kind is given.
    /// </summary>
    public static readonly TimeSpan DefaultMaxTime = TimeSpan.FromMinutes(1);

    /// <summary>The same for longer texts.</summary>
    public static readonly TimeSpan DefaultMaxTimeOfLongText = TimeSpan.FromMinutes(3);

    /// <summary>The most characters of a text that <see cref="DefaultMaxTime"/> is for.</summary>
    public const int ShortText = 500_000;

    /// <summary>The defaults.</summary>
    public TrainingSettings()
    {
        NumLayers = 2;
        (Dropout, OutputDropout) = (0.15, 0.3);
        (LearningRate, Schedule) = (6e-3, LearningRateShape.Linear);
    }

    /// <summary>
    /// Whether each layer has one unit more for each symbol, which is not fed back but goes up alone.
    /// </summary>
    public bool SymbolUnits { get; init; }

    /// <summary>Whether layers add to their input.</summary>
    public bool Residual { get; init; }

    /// <summary>The share of the logits that are set to 0.</summary>
    public double LogitDropout { get; init; }

    /// <summary>Activation of embeddings before the first layer.</summary>
    public Activation EmbeddingActivation { get; init; }

    /// <summary>Activation of the last layer's output before the head.</summary>
    public Activation HeadActivation { get; init; }

    /// <summary>P: size that each layer's output is projected to before it goes on; 0 leaves it as it is.</summary>
    public int ProjectionSize { get; init; }

    /// <summary>Numbers in a label's embedding, where texts have labels; 0 feeds labels one-hot.</summary>
    public int LabelEmbeddingSize { get; init; } = 64;

    /// <summary>
    /// Whether labelled texts are learnt as if they had no labels, cut into the same parts: what labels are worth is
    /// the difference.
    /// </summary>
    public bool IgnoreLabels { get; init; }

    /// <summary>
    /// Extra weight of rare labels among the draws, with <see cref="WindowSampling.Random"/>: 0 draws all
    /// records alike, 1 all labels.
    /// </summary>
    public double LabelWeights { get; init; }

    /// <summary>
    /// Whether a text that comes several times under its label is learnt as often as it comes. What is held out has it
    /// once in any case, so that losses can be compared.
    /// </summary>
    public bool KeepRepeats { get; init; }

    /// <summary>
    /// Whether a record's first symbol is given, and not learnt (<see cref="ModelSpec.ConditionOnFirstSymbol"/>).
    /// </summary>
    [JsonPropertyName("given_starts")]
    public bool ConditionOnFirstSymbol { get; init; }

    /// <summary>
    /// Whether each stream of a window is one record that is drawn at random, whole, and nothing besides: T is then as
    /// long as the longest record, and boundaries fill up the rest. Needs <see cref="WindowSampling.Random"/>, and
    /// <see cref="ConditionOnFirstSymbol"/>, by which boundaries count nothing.
    /// </summary>
    public bool WholeRecords { get; init; }

    /// <summary>Reduction of a window's losses to the one that is differentiated.</summary>
    public LossReduction LossReduction { get; init; }

    /// <summary>
    /// First value of the bias of an lstm's forget gate. 0 by default: with windows of 64 steps and the default rate, 1
    /// learns markedly slower (docs/training.md has the figures).
    /// </summary>
    public double ForgetBias { get; init; }

    /// <summary>T; null for <see cref="DefaultSeqLength"/>.</summary>
    public int? SeqLength { get; init; }

    /// <summary>B; null for <see cref="DefaultBatchSize"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>T when none is asked for; shrunk for a small text.</summary>
    [JsonPropertyName("usual_seq_length")]
    public int DefaultSeqLength { get; init; } = 64;

    /// <summary>B when none is asked for; shrunk for a small text.</summary>
    [JsonPropertyName("usual_batch_size")]
    public int DefaultBatchSize { get; init; } = 32;

    /// <summary>Sampling of windows from the text.</summary>
    public WindowSampling Sampling { get; init; }

    /// <summary>Start of the streams in an epoch, with <see cref="WindowSampling.Stateful"/>.</summary>
    public EpochStart EpochStart { get; init; }

    /// <summary>Reach of the state that streams carry.</summary>
    public CarryState CarryState { get; init; }

    /// <summary>
    /// Whether a run without a limit of any kind goes on until it is stopped, instead of for the default time.
    /// </summary>
    public bool UntilStopped { get; init; }

    /// <summary>
    /// The plan of another run (<c>plan</c> in its <c>config.json</c>), to train just as long with just its schedule,
    /// to the same bits; other limits then count for nothing. Null for a run of its own.
    /// </summary>
    public IReadOnlyList<PlanChange>? Replay { get; init; }

    /// <summary>
    /// The share of the text held out for validation, taken before the test part at its end; null for a tenth, or
    /// nothing when the text is tiny.
    /// </summary>
    public double? ValFrac { get; init; }

    /// <summary>Place of the validation part in the text.</summary>
    public ValSplit ValSplit { get; init; }

    /// <summary>
    /// The share of the training part, from its beginning, that is trained on; what is held out stays the same.
    /// </summary>
    public double TrainFraction { get; init; } = 1;

    /// <summary>
    /// Cadence of scoring the validation part; null for twenty times a run, or fewer in a short run that ends by the clock.
    /// </summary>
    public Cadence? EvalEvery { get; init; }

    /// <summary>
    /// The most characters of the validation part that are scored each time while training, spread evenly over it; 0
    /// for all. The figure at the end does not depend on it.
    /// </summary>
    public long EvalChars { get; init; } = 1_000_000;

    /// <summary>Cadence of checkpoints; null for twenty times a run.</summary>
    public Cadence? SaveEvery { get; init; }

    /// <summary>
    /// Cadence of samples; null for steps 100, 300, 500, 700, 1200 and 2000, and ten times a run.
    /// </summary>
    public Cadence? SampleEvery { get; init; }

    /// <summary>Start of samples: the prompt, or the state that training carries.</summary>
    public SampleStart SampleFrom { get; init; }

    /// <summary>Characters in each of those samples.</summary>
    public int SampleLength { get; init; } = 200;

    /// <summary>Prompt of samples that begin with one.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The network for a vocabulary.</summary>
    /// <param name="vocabularySize">V.</param>
    /// <param name="labelCount">Number of labels of the texts; 0 for none.</param>
    public ModelSpec ModelSpec(int vocabularySize, int labelCount = 0) =>
        new()
        {
            LabelCount = labelCount,
            LabelEmbeddingSize = labelCount > 0 ? LabelEmbeddingSize : 0,
            Cell = Cell,
            VocabularySize = vocabularySize,
            HiddenSize = HiddenSize + (SymbolUnits ? vocabularySize : 0),
            FeedbackSize = SymbolUnits ? HiddenSize : 0,
            NumLayers = NumLayers,
            EmbeddingSize = EmbeddingSize,
            Residual = Residual,
            Dropout = Dropout,
            OutputDropout = OutputDropout,
            LogitDropout = LogitDropout,
            ConditionOnFirstSymbol = ConditionOnFirstSymbol,
            EmbeddingActivation = EmbeddingActivation,
            HeadActivation = HeadActivation,
            ProjectionSize = ProjectionSize,
            Biases = Biases,
        };

    /// <summary>The settings with the network of a model, for a run that starts from it.</summary>
    public TrainingSettings WithNetworkOf(ModelSpec spec) =>
        this with
        {
            Cell = spec.Cell,
            HiddenSize = spec.FeedbackSize > 0 ? spec.FeedbackSize : spec.HiddenSize,
            SymbolUnits = spec.FeedbackSize > 0,
            NumLayers = spec.NumLayers,
            EmbeddingSize = spec.EmbeddingSize,
            Residual = spec.Residual,
            Dropout = spec.Dropout,
            OutputDropout = spec.OutputDropout,
            LogitDropout = spec.LogitDropout,
            ConditionOnFirstSymbol = spec.ConditionOnFirstSymbol,
            EmbeddingActivation = spec.EmbeddingActivation,
            HeadActivation = spec.HeadActivation,
            ProjectionSize = spec.ProjectionSize,
            Biases = spec.Biases,
            LabelEmbeddingSize = spec.LabelCount > 0 ? spec.LabelEmbeddingSize : LabelEmbeddingSize,
        };

    /// <summary>The settings with a limit in time, where they have no limit of any kind and are to have one.</summary>
    /// <param name="characters">Characters in the text.</param>
    internal TrainingSettings WithLimitFor(long characters)
    {
        bool hasLimit =
            UntilStopped || Replay is not null || MaxSteps is not null || MaxEpochs is not null || MaxTime is not null;
        return hasLimit
            ? this
            : this with
            {
                MaxTime = characters <= ShortText ? DefaultMaxTime : DefaultMaxTimeOfLongText,
            };
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PlanChange> PlanToReplay => Replay ?? [];

    /// <inheritdoc/>
    internal override RunCadences Cadences => new(EvalEvery, SampleEvery, SaveEvery);

    /// <inheritdoc/>
    public override void Validate()
    {
        (ModelSpec(vocabularySize: 1, labelCount: 1) with { ResetId = 0 }).Validate();
        ValidateStart();
        ValidateText();
        ValidateRun();
        Require(Replay is null or { Count: > 0 }, "'Replay'", "a run without a plan", "one that has ended");
        Require(TrainFraction > 0 && TrainFraction <= 1, "'TrainFraction'", TrainFraction, "more than 0 and at most 1");
        Require(EvalChars >= 0, "'EvalChars'", EvalChars, "0 or more");
        Require(SampleLength >= 1, "'SampleLength'", SampleLength, "at least 1");
    }

    /// <summary>Checks how the text is read.</summary>
    private void ValidateText()
    {
        Require(double.IsFinite(ForgetBias), "'ForgetBias'", ForgetBias, "a finite number");
        Require(LabelWeights is >= 0 and <= 1, "'LabelWeights'", LabelWeights, "from 0 to 1");
        if (LabelWeights > 0 && Sampling != WindowSampling.Random)
            throw new SettingsException(
                "'LabelWeights' says how often records are drawn, and stateful streams read each once an epoch; "
                    + "give 'Sampling' random too."
            );
        if (SymbolUnits && Init == Initialization.Orthogonal)
            throw new SettingsException(
                "'Init' orthogonal makes square matrices, and with 'SymbolUnits' there are units that are not "
                    + "fed back; give another 'Init'."
            );
        if (WholeRecords && (Sampling != WindowSampling.Random || !ConditionOnFirstSymbol))
            throw new SettingsException(
                "'WholeRecords' draws records at random and fills up windows with boundaries, which count "
                    + "nothing where starts are given; give 'Sampling' random and 'ConditionOnFirstSymbol' too."
            );
        Require(SeqLength is null or >= 1, "'SeqLength'", SeqLength, "at least 1");
        Require(BatchSize is null or >= 1, "'BatchSize'", BatchSize, "at least 1");
        Require(DefaultSeqLength >= 1, "the default 'SeqLength'", DefaultSeqLength, "at least 1");
        Require(DefaultBatchSize >= 1, "the default 'BatchSize'", DefaultBatchSize, "at least 1");
    }
}
