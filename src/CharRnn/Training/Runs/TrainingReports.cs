using CharRnn.Training;

namespace CharRnn;

/// <summary>Overview of a language model's run, before its first step.</summary>
/// <param name="Characters">Characters in the text.</param>
/// <param name="Distinct">Distinct characters in the text.</param>
/// <param name="TrainCharacters">Characters trained on.</param>
/// <param name="ValidationCharacters">Characters held out for validation.</param>
/// <param name="TestCharacters">Characters held out for the test.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Spec">The network.</param>
/// <param name="SeqLength">T.</param>
/// <param name="BatchSize">B.</param>
/// <param name="Threads">Worker threads.</param>
/// <param name="StepsPerEpoch">Windows in an epoch.</param>
/// <param name="ResumedAtStep">Step that a resumed run goes on from; null for a new one.</param>
/// <param name="Notes">Notes on what was fitted or left out, a line each.</param>
public sealed record TrainingOverview(
    long Characters,
    int Distinct,
    long TrainCharacters,
    long ValidationCharacters,
    long TestCharacters,
    long Parameters,
    ModelSpec Spec,
    int SeqLength,
    int BatchSize,
    int Threads,
    long StepsPerEpoch,
    long? ResumedAtStep,
    IReadOnlyList<string> Notes
)
{
    /// <summary>How a resumed run goes on, where that is not as it would have without the stop; null otherwise.</summary>
    public string? ResumptionNote { get; init; }
}

/// <summary>Progress of a run.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Loss">
/// Average training loss over about the last hundred steps, nats per character; 0 before the first.
/// </param>
/// <param name="LearningRate">The last step's rate.</param>
/// <param name="GradientNorm">The last step's gradient norm, before clipping.</param>
/// <param name="CharsPerSecond">Characters trained on each second, lately.</param>
/// <param name="Seconds">Time trained, evaluations and saving included.</param>
/// <param name="Progress">Share of the planned run that is done, 0 … 1; null without a plan.</param>
/// <param name="SecondsLeft">Time left, by the plan; null without one.</param>
/// <param name="BestValidationLoss">The best validation loss so far; null where there is none.</param>
public readonly record struct TrainingProgress(
    long Step,
    double Epoch,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double CharsPerSecond,
    double Seconds,
    double? Progress,
    double? SecondsLeft,
    double? BestValidationLoss
)
{
    /// <summary>The last step's loss as it was, nats per character.</summary>
    public double StepLoss { get; init; }

    /// <summary>
    /// min-char-rnn's figure: the loss summed over a window's T steps, smoothed over about a thousand windows,
    /// beginning at T · ln V; nats.
    /// </summary>
    public double SmoothedWindowLoss { get; init; }

    /// <summary>
    /// Health of the gradients at the last measurement, which is when a line of metrics is written.
    /// </summary>
    public GradientHealth Health { get; init; }
}

/// <summary>One evaluation in training.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Loss">Validation loss, nats per character; of a classifier, nats per record.</param>
/// <param name="IsBest">
/// Whether it is the best so far. The best classifier is chosen by accuracy: log-loss is at its best long before, when
/// fewer labels are recognized, rare ones above all; and macro accuracy rests on the few records that validation has of
/// rare labels, so that the highest of many epochs is mostly chance.
/// </param>
public sealed record ValidationReport(TrainingProgress Progress, double Loss, bool IsBest)
{
    /// <summary>A classifier's figures; null of a language model.</summary>
    public ClassificationReport? Classification { get; init; }

    /// <summary>
    /// Figures of a classifier of several labels a text, whose best model is chosen by micro F1; null of any other.
    /// </summary>
    public LabelSetReport? LabelSets { get; init; }
}

/// <summary>One sample in training.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Prompt">
/// Prompt; of a sample from the carried state, the first character of the window that came next.
/// </param>
/// <param name="Temperature">Temperature of the draws.</param>
/// <param name="Text">Text that was written, without the prompt.</param>
public sealed record SampleReport(long Step, string Prompt, double Temperature, string Text);

/// <summary>Progress of the scoring at a run's end.</summary>
/// <param name="Part">Part that is scored: validation or test.</param>
/// <param name="Characters">Characters read.</param>
/// <param name="Total">Number of characters to read.</param>
public readonly record struct ScoringProgress(string Part, long Characters, long Total);

/// <summary>Reason for a run's end.</summary>
public enum StopReason
{
    /// <summary>The planned steps were done.</summary>
    MaxSteps,

    /// <summary>The planned epochs were done.</summary>
    MaxEpochs,

    /// <summary>The time was up.</summary>
    MaxTime,

    /// <summary>The validation loss no longer got better.</summary>
    Patience,

    /// <summary>It was canceled.</summary>
    Interrupted,

    /// <summary>
    /// The loss or the gradients were no longer numbers, or the loss had tripled; the last good model is kept.
    /// </summary>
    Diverged,
}

/// <summary>Result of a language model's run.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Chars">Characters trained on.</param>
/// <param name="Seconds">Time trained.</param>
/// <param name="TrainLoss">
/// Average training loss over about the last hundred steps, with dropout and before their updates, nats per character:
/// of the model as it was, not of the one that was kept. Null when no step was done.
/// </param>
/// <param name="ValLoss">
/// Validation loss of the model that was kept, read in one stream if it has up to a million characters; of a run that
/// was interrupted or diverged, <paramref name="BestValLoss"/>. Null without a validation part.
/// </param>
/// <param name="BestValLoss">The best validation loss in training; null without a validation part.</param>
/// <param name="BestStep">The step of the model that was kept.</param>
/// <param name="TestLoss">Test loss of the model that was kept; null without a test part.</param>
/// <param name="Stopped">Why it ended.</param>
public sealed record TrainingResult(
    long Steps,
    long Chars,
    double Seconds,
    double? TrainLoss,
    double? ValLoss,
    double? BestValLoss,
    long BestStep,
    double? TestLoss,
    StopReason Stopped
)
{
    /// <summary>
    /// Loss of the model that was kept on the text that it was trained on, scored at the end where nothing is held out
    /// for validation; null otherwise.
    /// </summary>
    public double? TrainScore { get; init; }

    /// <summary>The kept model's loss: on held-out text, or where there is none on the training text.</summary>
    public double? ModelLoss => ValLoss ?? TrainScore;
}

/// <summary>Overview of a classifier's run, before its first step.</summary>
/// <param name="Data">All records.</param>
/// <param name="TrainRecords">Records trained on.</param>
/// <param name="ValidationRecords">Records held out for validation.</param>
/// <param name="TestRecords">Records held out for the test.</param>
/// <param name="Parameters">Number of trained parameters.</param>
/// <param name="Spec">The network.</param>
/// <param name="BatchSize">Records in the largest batch.</param>
/// <param name="StepsPerEpoch">Batches in an epoch.</param>
/// <param name="Threads">Worker threads.</param>
/// <param name="ResumedAtStep">Step that a resumed run goes on from; null for a new one.</param>
/// <param name="Notes">Notes on what was left out or has no effect, a line each.</param>
public sealed record ClassifierOverview(
    LabeledRecords Data,
    int TrainRecords,
    int ValidationRecords,
    int TestRecords,
    long Parameters,
    ClassifierSpec Spec,
    int BatchSize,
    int StepsPerEpoch,
    int Threads,
    long? ResumedAtStep,
    IReadOnlyList<string> Notes
)
{
    /// <summary>How a resumed run goes on, where that is not as it would have without the stop; null otherwise.</summary>
    public string? ResumptionNote { get; init; }
}

/// <summary>Result of a classifier's run.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Seconds">Time trained.</param>
/// <param name="TrainLoss">
/// Average training loss over about the last hundred steps, label smoothing and weights included; null when no step was
/// done.
/// </param>
/// <param name="BestValAccuracy">
/// The validation accuracy of the model that was kept; null without a validation part.
/// </param>
/// <param name="BestStep">The step of the model that was kept.</param>
/// <param name="Stopped">Why it ended.</param>
/// <param name="Test">
/// The test part under the model that was kept; null without one, and where the run was interrupted or diverged.
/// </param>
public sealed record ClassifierResult(
    long Steps,
    double Epochs,
    double Seconds,
    double? TrainLoss,
    double? BestValAccuracy,
    long BestStep,
    StopReason Stopped,
    ClassificationReport? Test
)
{
    /// <summary>
    /// The same of a classifier of several labels a text, whose <see cref="BestValAccuracy"/> is the micro F1.
    /// </summary>
    public LabelSetReport? TestSets { get; init; }
}

/// <summary>
/// Observer of a run, called on the training thread. Every method does nothing by default. A run of a classifier calls
/// <see cref="OnStarted(ClassifierOverview)"/>, <see cref="OnStep"/> and <see cref="OnEvaluated"/> alone.
/// </summary>
public interface ITrainingObserver
{
    /// <summary>Before the first step of a language model.</summary>
    void OnStarted(TrainingOverview overview) { }

    /// <summary>Before the first step of a classifier.</summary>
    void OnStarted(ClassifierOverview overview) { }

    /// <summary>
    /// After every step. A classifier's losses are nats per record, and its best validation loss is the share of
    /// records that were given another label than their own, or of several labels a text 1 − micro F1.
    /// </summary>
    void OnStep(in TrainingProgress progress) { }

    /// <summary>After every evaluation; of a classifier, at the end of every epoch.</summary>
    void OnEvaluated(ValidationReport report) { }

    /// <summary>After every sample.</summary>
    void OnSampled(SampleReport report) { }

    /// <summary>While the model that was kept is scored at the end, several times a second.</summary>
    void OnScoring(ScoringProgress progress) { }

    /// <summary>
    /// Whether <see cref="OnPredicted"/> is to be called; no by default, since predictions take time.
    /// </summary>
    internal bool WantsPredictions => false;

    /// <summary>After every evaluation, or after every sample where nothing is held out to be scored.</summary>
    internal void OnPredicted(PredictionReport report) { }
}

/// <summary>The observer of a run without one.</summary>
internal sealed class NoObserver : ITrainingObserver;
