using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Keeps a run's checkpoints and its best model in its folder; of a run without one, the best model's weights in
/// memory.
/// </summary>
internal sealed class CheckpointManager : IDisposable
{
    private readonly RunFolder? _run;
    private readonly LanguageModel _model;
    private readonly TrainingStep _step;
    private readonly Window _window;
    private readonly Arena? _bestWeights;

    /// <summary>Keeps what training makes.</summary>
    /// <param name="run">Where; null for memory.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="step">What trains it.</param>
    /// <param name="window">Holds the carried state.</param>
    public CheckpointManager(RunFolder? run, LanguageModel model, TrainingStep step, Window window)
    {
        (_run, _model, _step, _window) = (run, model, step, window);
        if (run is null)
            _bestWeights = new Arena(model.Layout.Arena);
    }

    /// <summary>
    /// Saves a checkpoint; and the model, when it is the best or nothing was scored yet that would tell.
    /// </summary>
    /// <param name="record">The run's record.</param>
    /// <param name="seconds">Time trained.</param>
    /// <param name="isBest">Whether the model was just scored, and is the best.</param>
    public void Save(TrainerState record, double seconds, bool isBest)
    {
        bool isKept = isBest || record.BestLoss is null;
        if (isKept)
        {
            record.BestStep = record.Step;
            _bestWeights?.CopyFrom(_model.Weights);
        }
        if (_run is null)
            return;
        double secondsBefore = record.SecondsBefore;
        record.SecondsBefore = seconds;
        var (tensors, metadata) = TrainingCheckpoint.Write(_model, _step, _window, record);
        record.SecondsBefore = secondsBefore;
        _run.SaveCheckpoint(record.Step, tensors, metadata);
        if (isKept)
        {
            _run.MarkBest(record.Step);
            _run.SaveModel(LanguageModelFile.Tensors(_model), LanguageModelFile.Metadata(_model));
        }
        _run.PruneCheckpoints(keep: 0);
    }

    /// <summary>Puts the run back to where its last checkpoint was, and its logs with it.</summary>
    /// <param name="samplesComeBeforeUpdates">Whether a sample shows the model before its step's update.</param>
    /// <param name="notes">Is told what of the logs was dropped.</param>
    /// <returns>The run's record.</returns>
    /// <exception cref="ModelException">There is no checkpoint, or one that does not fit.</exception>
    public TrainerState Restore(bool samplesComeBeforeUpdates, List<string> notes)
    {
        long last =
            _run!.LastStep
            ?? throw new ModelException($"{_run.Path} has no checkpoint to resume from; start a new run.");
        var record = TrainingCheckpoint.Read(
            _run.ReadCheckpoint(last),
            _run.CheckpointPath(last),
            _model,
            _step,
            _window
        );
        long best = record.BestLoss is null ? last : record.BestStep;
        using (var bestModel = LanguageModelFile.Read(_run.ReadCheckpoint(best), _run.CheckpointPath(best)))
        {
            // A kill may have come between a better checkpoint and what is made of it.
            if (_run.BestStep != best)
                _run.MarkBest(best);
            _run.SaveModel(LanguageModelFile.Tensors(bestModel), LanguageModelFile.Metadata(bestModel));
        }
        // A checkpoint holds what samples after its step show, but not those before the next one's update, which are
        // written again.
        int dropped = _run.CutMetricsBackTo(last) + _run.CutSamplesBackTo(samplesComeBeforeUpdates ? last - 1 : last);
        if (dropped > 0)
            notes.Add(
                $"{dropped} lines of metrics and samples from after step {last} were dropped: those steps are done again."
            );
        return record;
    }

    /// <summary>Gives the model the weights that were kept.</summary>
    public void TakeBackBest()
    {
        if (_bestWeights is not null)
        {
            _model.Weights.CopyFrom(_bestWeights);
            return;
        }
        using var best = LanguageModel.Load(_run!.ModelPath);
        _model.Weights.CopyFrom(best.Weights);
    }

    /// <inheritdoc/>
    public void Dispose() => _bestWeights?.Dispose();
}
