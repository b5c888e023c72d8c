using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// Checkpoints of a run and its best model: in the run's folder, or without one the best model's weights in memory. A
/// checkpoint is the model's file with the optimizer's moments, the carried state and the trainer's state added.
/// </summary>
internal sealed class CheckpointManager : IDisposable
{
    private const string StateKey = "training";

    private readonly RunFolder? _run;
    private readonly TrainingTask _task;
    private readonly RecurrentModel _network;
    private readonly Arena? _bestWeights;

    /// <summary>Saves and restores a task.</summary>
    /// <param name="run">Folder of the run; null for memory.</param>
    /// <param name="task">Task of the run.</param>
    public CheckpointManager(RunFolder? run, TrainingTask task)
    {
        (_run, _task, _network) = (run, task, task.Network);
        if (run is null)
            _bestWeights = new Arena(_network.Layout.Arena);
    }

    /// <summary>
    /// Saves a checkpoint; and the model, when it is the best or nothing was scored yet to choose by.
    /// </summary>
    /// <param name="state">The trainer's state.</param>
    /// <param name="seconds">Time trained.</param>
    /// <param name="isBest">Whether the model was just scored, and is the best.</param>
    public void Save(TrainerState state, double seconds, bool isBest)
    {
        bool isKept = isBest || state.BestLoss is null;
        if (isKept)
        {
            state.BestStep = state.Step;
            using (_task.Adjusted())
                _bestWeights?.CopyFrom(_network.Weights);
        }
        if (_run is null)
            return;
        double secondsBefore = state.SecondsBefore;
        state.SecondsBefore = seconds;
        var metadata = _network.Metadata;
        metadata[StateKey] = state.ToJson();
        state.SecondsBefore = secondsBefore;
        var tensors = _network
            .Tensors.Concat(MomentTensors.Of(_network.Layout.Tensors, _task.Moments))
            .Concat(_task.StateTensors());
        _run.SaveCheckpoint(state.Step, tensors, metadata);
        if (isKept)
        {
            _run.MarkBest(state.Step);
            using (_task.Adjusted())
                _run.SaveModel(_network.Tensors, _network.Metadata);
        }
        _run.PruneCheckpoints(keep: 0);
    }

    /// <summary>Puts the run back to where its last checkpoint was, and its logs with it.</summary>
    /// <returns>The trainer's state.</returns>
    /// <exception cref="ModelException">There is no checkpoint, or one that does not fit.</exception>
    public TrainerState Restore()
    {
        long last =
            _run!.LastStep
            ?? throw new ModelException($"{_run.Path} has no checkpoint to resume from; start a new run.");
        var state = Read(_run.ReadCheckpoint(last), _run.CheckpointPath(last));
        long best = state.BestLoss is null ? last : state.BestStep;
        using (var bestNetwork = ReadSameNetwork(_run.ReadCheckpoint(best), _run.CheckpointPath(best)))
        {
            // A kill may have come between a better checkpoint and what is made of it.
            if (_run.BestStep != best)
                _run.MarkBest(best);
            _task.Adjust(bestNetwork);
            _run.SaveModel(bestNetwork.Tensors, bestNetwork.Metadata);
        }
        // A checkpoint holds what samples after its step show, but not those before the next one's update, which are
        // written again.
        bool samplesComeBeforeUpdates = _task.SamplesFrom == SampleStart.State;
        int dropped = _run.CutMetricsBackTo(last) + _run.CutSamplesBackTo(samplesComeBeforeUpdates ? last - 1 : last);
        if (dropped > 0)
            _task.Notes.Add(
                $"{_task.DescribeLines(dropped)} from after step {last} were dropped: those steps are done again."
            );
        return state;
    }

    /// <summary>Gives the model the weights that were kept.</summary>
    public void TakeBackBest()
    {
        if (_bestWeights is not null)
        {
            _network.Weights.CopyFrom(_bestWeights);
            return;
        }
        using var best = _task.ReadNetwork(SafetensorsFile.Read(_run!.ModelPath), _run.ModelPath);
        _network.Weights.CopyFrom(best.Weights);
    }

    /// <inheritdoc/>
    public void Dispose() => _bestWeights?.Dispose();

    private TrainerState Read(SafetensorsFile file, string path)
    {
        using (var saved = ReadSameNetwork(file, path))
            _network.Weights.CopyFrom(saved.Weights);
        MomentTensors.Read(file, path, _network.Layout.Tensors, _task.Moments);
        _task.RestoreState(file, path);
        _task.WeightsChanged();
        return TrainerState.Parse(file.RequireMetadata(StateKey), path);
    }

    private RecurrentModel ReadSameNetwork(SafetensorsFile file, string path)
    {
        var saved = _task.ReadNetwork(file, path);
        if (DifferenceTo(saved) is not { } difference)
            return saved;
        saved.Dispose();
        throw new ModelException($"{path}: {difference}.");
    }

    // Weights and moments are taken over place by place, so symbols and labels must have the same ids too.
    private string? DifferenceTo(RecurrentModel saved)
    {
        if (!saved.Layout.Network.Equals(_network.Layout.Network))
            return $"its network is {saved.Layout.Network}; the run's configuration needs {_network.Layout.Network}";
        if (!saved.Vocabulary.Symbols.SequenceEqual(_network.Vocabulary.Symbols))
            return "its vocabulary is not the run's, symbol by symbol in the same order; put the run's own checkpoint "
                + "there again";
        if (!saved.Labels.SequenceEqual(_network.Labels, StringComparer.Ordinal))
            return "its labels are not the run's in the same order; put the run's own checkpoint there again";
        return null;
    }
}

/// <summary>An optimizer's moments in a checkpoint: for each a tensor beside each of the model's.</summary>
internal static class MomentTensors
{
    /// <summary>The moments as tensors.</summary>
    public static IEnumerable<Tensor> Of(IReadOnlyList<ParameterTensor> parameters, IReadOnlyList<Arena> moments) =>
        moments.SelectMany(
            (moment, index) =>
                parameters.Select(tensor =>
                    Tensor.FromSource(
                        NameOf(index, tensor.Name),
                        values => tensor.CopyFrom(moment, values),
                        [.. tensor.Shape]
                    )
                )
        );

    /// <summary>Puts the moments of a checkpoint back.</summary>
    /// <exception cref="ModelException">They do not fit the network or the optimizer.</exception>
    public static void Read(
        SafetensorsFile file,
        string path,
        IReadOnlyList<ParameterTensor> parameters,
        IReadOnlyList<Arena> moments
    )
    {
        for (int index = 0; index < moments.Count; index++)
        {
            foreach (var tensor in parameters)
            {
                string name = NameOf(index, tensor.Name);
                float[] values = Values(file, path, name, tensor.Count);
                if (Array.Exists(values, float.IsNaN))
                    throw new ModelException(
                        $"{path}: a number of {name} is not a number: the checkpoint is damaged; put the run's own there "
                            + "again."
                    );
                tensor.CopyTo(values, moments[index]);
            }
        }
    }

    /// <summary>The values of one tensor of a checkpoint.</summary>
    /// <exception cref="ModelException">It is missing, or has another length.</exception>
    public static float[] Values(SafetensorsFile file, string path, string name, int count)
    {
        float[] values = file.Require(name).ToSingles();
        return values.Length == count
            ? values
            : throw new ModelException(
                $"{path}: {name} has {values.Length} values; the run's configuration needs {count}."
            );
    }

    private static string NameOf(int index, string tensor) => $"{ModelTensors.MomentPrefix}{index + 1}.{tensor}";
}
