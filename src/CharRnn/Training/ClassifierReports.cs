namespace CharRnn;

/// <summary>What a classifier's run begins with.</summary>
/// <param name="Data">All records.</param>
/// <param name="TrainRecords">Records trained on.</param>
/// <param name="ValidationRecords">Records held out for validation.</param>
/// <param name="TestRecords">Records held out for the test.</param>
/// <param name="Parameters">How many numbers are trained.</param>
/// <param name="Spec">The network.</param>
/// <param name="BatchSize">Records in the largest batch.</param>
/// <param name="StepsPerEpoch">Batches in an epoch.</param>
/// <param name="Threads">Worker threads.</param>
/// <param name="ResumedAtStep">Where a resumed run goes on; null for a new one.</param>
/// <param name="Notes">What was left out or has no effect, a line each.</param>
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
);

/// <summary>One scoring of the validation part.</summary>
/// <param name="Progress">How far the run is.</param>
/// <param name="Report">The figures.</param>
/// <param name="IsBest">Whether the accuracy is the best so far. The best model is chosen by accuracy: log-loss is at
/// its best long before, when fewer labels are told, rare ones above all; and macro accuracy rests on the few records
/// that validation has of rare labels, so that the highest of many epochs is mostly chance.</param>
public sealed record ClassifierValidation(TrainingProgress Progress, ClassificationReport Report, bool IsBest);

/// <summary>What a classifier's run reached.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Seconds">Time trained.</param>
/// <param name="TrainLoss">
/// Smoothed training loss at the end, label smoothing and weights included; null when no step was done.
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
);

/// <summary>
/// Is told how the training of a classifier goes, on the training thread. Every method does nothing by default.
/// </summary>
public interface IClassifierObserver
{
    /// <summary>Before the first step.</summary>
    void OnStarted(ClassifierOverview overview) { }

    /// <summary>
    /// After every step. Losses are nats per record; the best validation loss is the share that was told wrong.
    /// </summary>
    void OnStep(in TrainingProgress progress) { }

    /// <summary>After the validation part was scored, at the end of every epoch.</summary>
    void OnEvaluated(ClassifierValidation validation) { }
}
