using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Keeps the checkpoints of a classifier's run and its best model in its folder; and the best model's weights in
/// memory.
/// </summary>
internal sealed class ClassifierCheckpointManager : IDisposable
{
    private readonly RunFolder? _run;
    private readonly SequenceClassifier _model;
    private readonly TrainingStep _step;
    private readonly LogitAdjustment _shift;
    private readonly Arena _bestWeights;

    /// <summary>Keeps what training makes.</summary>
    /// <param name="run">Where; null for memory alone.</param>
    /// <param name="model">The model that is trained.</param>
    /// <param name="step">What trains it.</param>
    /// <param name="shift">
    /// What a model that is kept has besides; checkpoints, from which training goes on, have it not.
    /// </param>
    public ClassifierCheckpointManager(
        RunFolder? run,
        SequenceClassifier model,
        TrainingStep step,
        LogitAdjustment shift
    )
    {
        (_run, _model, _step, _shift) = (run, model, step, shift);
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
            using (_shift.On(_model))
                _bestWeights.CopyFrom(_model.Weights);
        }
        if (_run is null)
            return;
        double secondsBefore = record.SecondsBefore;
        record.SecondsBefore = seconds;
        var metadata = SequenceClassifierFile.Metadata(_model);
        metadata[TrainingCheckpoint.RecordKey] = record.ToJson();
        record.SecondsBefore = secondsBefore;
        _run.SaveCheckpoint(
            record.Step,
            SequenceClassifierFile.Tensors(_model).Concat(MomentTensors.Of(_model.Layout.Tensors, _step.Moments)),
            metadata
        );
        if (isKept)
        {
            _run.MarkBest(record.Step);
            using (_shift.On(_model))
                _run.SaveModel(SequenceClassifierFile.Tensors(_model), SequenceClassifierFile.Metadata(_model));
        }
        _run.PruneCheckpoints(keep: 0);
    }

    /// <summary>Puts the run back to where its last checkpoint was, and its log with it.</summary>
    /// <param name="notes">Is told what of the log was dropped.</param>
    /// <returns>The run's record.</returns>
    /// <exception cref="ModelException">There is no checkpoint, or one that does not fit.</exception>
    public TrainerState Restore(List<string> notes)
    {
        long last =
            _run!.LastStep
            ?? throw new ModelException($"{_run.Path} has no checkpoint to resume from; start a new run.");
        var file = _run.ReadCheckpoint(last);
        string path = _run.CheckpointPath(last);
        var record = TrainerState.Parse(file.RequireMetadata(TrainingCheckpoint.RecordKey), path);
        long best = record.BestLoss is null ? last : record.BestStep;
        using (var bestModel = SequenceClassifierFile.Read(_run.ReadCheckpoint(best), _run.CheckpointPath(best)))
        {
            RequireSameNetwork(bestModel, _run.CheckpointPath(best));
            // A kill may have come between a better checkpoint and what is made of it.
            if (_run.BestStep != best)
                _run.MarkBest(best);
            _shift.AddTo(bestModel);
            _run.SaveModel(SequenceClassifierFile.Tensors(bestModel), SequenceClassifierFile.Metadata(bestModel));
            _bestWeights.CopyFrom(bestModel.Weights);
        }
        using (var saved = SequenceClassifierFile.Read(file, path))
        {
            RequireSameNetwork(saved, path);
            _model.Weights.CopyFrom(saved.Weights);
        }
        MomentTensors.Read(file, path, _model.Layout.Tensors, _step.Moments);
        _step.WeightsChanged();
        int dropped = _run.CutMetricsBackTo(last);
        if (dropped > 0)
            notes.Add(
                $"{Quantity.Count(dropped, "line")} of metrics from after step {last} were dropped: those steps "
                    + "are done again."
            );
        return record;
    }

    /// <summary>Gives the model the weights that were kept.</summary>
    public void TakeBackBest()
    {
        _model.Weights.CopyFrom(_bestWeights);
        _step.WeightsChanged();
    }

    /// <inheritdoc/>
    public void Dispose() => _bestWeights.Dispose();

    private void RequireSameNetwork(SequenceClassifier saved, string path)
    {
        if (saved.Spec != _model.Spec)
            throw new ModelException(
                $"{path}: its network is {saved.Spec}; the run's configuration needs {_model.Spec}."
            );
    }
}
