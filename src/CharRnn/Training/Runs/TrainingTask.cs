using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>The conditions of one training step.</summary>
/// <param name="Number">The step's number, from 1.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="LossCeiling">A loss above which the weights are left alone.</param>
/// <param name="MeasuresHealth">Whether <see cref="TrainingTask.Health"/> may be asked for after it.</param>
internal readonly record struct StepConditions(
    long Number,
    double LearningRate,
    double LossCeiling,
    bool MeasuresHealth
);

/// <summary>The result of scoring the validation part.</summary>
/// <param name="Loss">Nats per character, or of a classifier per record; what the log says.</param>
/// <param name="Criterion">Criterion of the best model, the lower the better.</param>
/// <param name="Report">A classifier's figures; null of a language model.</param>
/// <param name="LabelSets">Those of a classifier of several labels a text; null of any other.</param>
internal readonly record struct ValidationScore(
    double Loss,
    double Criterion,
    ClassificationReport? Report = null,
    LabelSetReport? LabelSets = null
);

/// <summary>
/// Task of a <see cref="TrainingLoop{TTask}"/>: the data, the model and the step of one kind of network.
/// </summary>
internal abstract class TrainingTask : IDisposable
{
    /// <summary>Forward passes that take about as long as a training step.</summary>
    private protected const double ForwardPassesInStep = 3;

    private readonly Stack<IDisposable> _owned = new();

    /// <summary>Notes on what was fitted or left out, a line each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>How a resumed run goes on, where that is not as it would have without the stop; null otherwise.</summary>
    public string? ResumptionNote { get; set; }

    /// <summary>The run's settings, with the limit that was chosen where none was asked for.</summary>
    public abstract RunSettings Settings { get; }

    /// <summary>The run's configuration, without its plan.</summary>
    public abstract SavedConfiguration Configuration { get; }

    /// <summary>The network that is trained, as files have it.</summary>
    public abstract RecurrentModel Network { get; }

    /// <summary>The optimizer's moments: none, one or two.</summary>
    public IReadOnlyList<Arena> Moments => Updates.Moments;

    /// <summary>Steps in an epoch.</summary>
    public abstract long StepsPerEpoch { get; }

    /// <summary>Characters in a step, on average.</summary>
    public abstract double CharactersPerStep { get; }

    /// <summary>Number of steps that take about as long as one evaluation; 0 where nothing is held out.</summary>
    public abstract double StepsPerEvaluation { get; }

    /// <summary>
    /// T where the loss of whole windows is reported (<see cref="TrainingProgress.SmoothedWindowLoss"/>).
    /// </summary>
    public virtual int WindowSteps => 0;

    /// <summary>First value of the slowly smoothed loss; null for the first step's loss.</summary>
    public virtual double? InitialSlowLoss => null;

    /// <summary>Whether something is held out for validation.</summary>
    public abstract bool HasValidation { get; }

    /// <summary>Start of samples; null where the network writes none.</summary>
    public virtual SampleStart? SamplesFrom => null;

    /// <summary>Reports the run's overview to an observer.</summary>
    public abstract void ReportStart(ITrainingObserver observer, long? resumedAtStep);

    /// <summary>Reads the data of a step.</summary>
    /// <param name="step">Steps done before it.</param>
    public abstract void ReadBatch(long step);

    /// <summary>Trains on the data that was read.</summary>
    public abstract StepResult Step(in StepConditions conditions);

    /// <summary>Health of the last step's gradients; null where that is not measured.</summary>
    public virtual GradientHealth? Health() => null;

    /// <summary>Whether all weights are numbers that can be used.</summary>
    public bool HasUsableWeights() => Updates.HasUsableWeights();

    /// <summary>Scores the validation part.</summary>
    public abstract ValidationScore Evaluate();

    /// <summary>Writes a sample.</summary>
    /// <param name="step">Steps done.</param>
    public virtual SampleReport Sample(long step) => throw new NotSupportedException("the network writes no text.");

    /// <summary>Lets the model predict a passage; null where the network predicts none.</summary>
    /// <param name="step">Steps done.</param>
    public virtual PredictionReport? Predict(long step) => null;

    /// <summary>
    /// Adjusts the weights as a model that is scored or kept has them, until the result is disposed; null where there
    /// is nothing to adjust. Checkpoints, from which training goes on, are not adjusted.
    /// </summary>
    public virtual IDisposable? Adjusted() => null;

    /// <summary>Adjusts a network that was read from a checkpoint, for good.</summary>
    public virtual void Adjust(RecurrentModel network) { }

    /// <summary>The carried state, in a checkpoint beside weights and moments.</summary>
    public virtual IEnumerable<Tensor> StateTensors() => [];

    /// <summary>Puts the carried state of a checkpoint back.</summary>
    /// <exception cref="ModelException">It does not fit the network.</exception>
    public virtual void RestoreState(SafetensorsFile file, string path) { }

    /// <summary>Must be called after the weights were changed from outside.</summary>
    public void WeightsChanged() => Updates.WeightsChanged();

    /// <summary>Reads a network of this kind; further tensors of the file (a checkpoint's) are left alone.</summary>
    /// <exception cref="ModelException">The file holds none.</exception>
    public abstract RecurrentModel ReadNetwork(SafetensorsFile file, string path);

    /// <summary>Names lines of the logs that a resumed run has dropped.</summary>
    public abstract string DescribeLines(int count);

    /// <summary>Frees what only training steps need, before the model that was kept is scored.</summary>
    public virtual void EndTraining() { }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_owned.TryPop(out var part))
            part.Dispose();
    }

    /// <summary>The step that updates the network's weights.</summary>
    protected abstract TrainingStep Updates { get; }

    /// <summary>Disposes a part with the task, the last one first.</summary>
    protected T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Push(part);
        return part;
    }
}
