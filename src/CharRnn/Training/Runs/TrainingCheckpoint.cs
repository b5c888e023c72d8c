using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>
/// A checkpoint: the model's file with the optimiser's moments, the carried state and the trainer's record added.
/// </summary>
internal static class TrainingCheckpoint
{
    internal const string RecordKey = "training";

    /// <summary>What a checkpoint's file holds.</summary>
    public static (IEnumerable<Tensor> Tensors, SortedDictionary<string, string> Metadata) Write(
        LanguageModel model,
        TrainingStep step,
        Window window,
        TrainerState record
    )
    {
        var metadata = LanguageModelFile.Metadata(model);
        metadata[RecordKey] = record.ToJson();
        var tensors = LanguageModelFile
            .Tensors(model)
            .Concat(MomentTensors.Of(model.Layout.Tensors, step.Moments))
            .Concat(StateTensors(window.CopyState(), model.Spec.HiddenSize));
        return (tensors, metadata);
    }

    /// <summary>Puts a checkpoint back.</summary>
    /// <exception cref="ModelException">It does not fit the network or the optimiser.</exception>
    public static TrainerState Read(
        SafetensorsFile file,
        string path,
        LanguageModel model,
        TrainingStep step,
        Window window
    )
    {
        using (var saved = LanguageModelFile.Read(file, path))
        {
            if (saved.Spec != model.Spec)
                throw new ModelException(
                    $"{path}: its network is {saved.Spec}; the run's configuration needs {model.Spec}."
                );
            model.Weights.CopyFrom(saved.Weights);
        }
        MomentTensors.Read(file, path, model.Layout.Tensors, step.Moments);
        var state = new NetworkState(model.Spec, window.Tiles.Streams);
        for (int layer = 0; layer < state.Layers; layer++)
        {
            MomentTensors
                .Values(file, path, $"state.hidden_l{layer}", state.Hidden(layer).Length)
                .CopyTo(state.Hidden(layer));
            if (state.HasCell)
                MomentTensors
                    .Values(file, path, $"state.cell_l{layer}", state.Cell(layer).Length)
                    .CopyTo(state.Cell(layer));
        }
        window.SetState(state);
        step.WeightsChanged();
        return TrainerState.Parse(file.RequireMetadata(RecordKey), path);
    }

    private static IEnumerable<Tensor> StateTensors(NetworkState state, int hiddenSize)
    {
        for (int layer = 0; layer < state.Layers; layer++)
        {
            yield return Tensor.FromSingles(
                $"state.hidden_l{layer}",
                state.Hidden(layer).ToArray(),
                state.Streams,
                hiddenSize
            );
            if (state.HasCell)
                yield return Tensor.FromSingles(
                    $"state.cell_l{layer}",
                    state.Cell(layer).ToArray(),
                    state.Streams,
                    hiddenSize
                );
        }
    }
}
