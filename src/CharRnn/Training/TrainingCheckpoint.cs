using CharRnn.Checkpoints;
using CharRnn.Memory;
using CharRnn.Models;

namespace CharRnn.Training;

/// <summary>A checkpoint: the model's file with the optimiser's moments, the carried state and the trainer's record added.</summary>
internal static class TrainingCheckpoint
{
    private const string RecordKey = "training";

    /// <summary>What a checkpoint's file holds.</summary>
    public static (IEnumerable<Tensor> Tensors, SortedDictionary<string, string> Metadata) Write(LanguageModel model, TrainingStep step, TrainingRecord record)
    {
        var metadata = LanguageModelFile.Metadata(model);
        metadata[RecordKey] = record.ToJson();
        var tensors = LanguageModelFile.Tensors(model)
            .Concat(step.Moments.SelectMany((moment, index) => MomentTensors(model.Layout, moment, index)))
            .Concat(StateTensors(step.Backpropagation.Window.CopyState(), model.Spec.HiddenSize));
        return (tensors, metadata);
    }

    /// <summary>Puts a checkpoint back.</summary>
    /// <exception cref="ModelException">It does not fit the network or the optimiser.</exception>
    public static TrainingRecord Read(SafetensorsFile file, string path, LanguageModel model, TrainingStep step)
    {
        using (var saved = LanguageModelFile.Read(file, path))
        {
            if (saved.Spec != model.Spec) throw new ModelException($"{path}: its network is {saved.Spec}; the run's configuration needs {model.Spec}.");
            model.Weights.CopyFrom(saved.Weights);
        }
        for (int index = 0; index < step.Moments.Count; index++)
        {
            foreach (var tensor in model.Layout.Tensors)
                tensor.CopyTo(Values(file, path, MomentName(index, tensor.Name), tensor.Count), step.Moments[index]);
        }
        var window = step.Backpropagation.Window;
        var state = new NetworkState(model.Spec, window.Tiles.Streams);
        for (int layer = 0; layer < state.Layers; layer++)
        {
            Values(file, path, $"state.hidden_l{layer}", state.Hidden(layer).Length).CopyTo(state.Hidden(layer));
            if (state.HasCell) Values(file, path, $"state.cell_l{layer}", state.Cell(layer).Length).CopyTo(state.Cell(layer));
        }
        window.SetState(state);
        step.WeightsChanged();
        return TrainingRecord.Parse(file.RequireMetadata(RecordKey), path);
    }

    private static IEnumerable<Tensor> MomentTensors(ParameterLayout layout, Arena moment, int index) =>
        layout.Tensors.Select(tensor => Tensor.FromSource(MomentName(index, tensor.Name), values => tensor.CopyFrom(moment, values), [.. tensor.Shape]));

    private static IEnumerable<Tensor> StateTensors(NetworkState state, int hiddenSize)
    {
        for (int layer = 0; layer < state.Layers; layer++)
        {
            yield return Tensor.FromSingles($"state.hidden_l{layer}", state.Hidden(layer).ToArray(), state.Streams, hiddenSize);
            if (state.HasCell) yield return Tensor.FromSingles($"state.cell_l{layer}", state.Cell(layer).ToArray(), state.Streams, hiddenSize);
        }
    }

    private static string MomentName(int index, string tensor) => $"optimizer.moment{index + 1}.{tensor}";

    private static float[] Values(SafetensorsFile file, string path, string name, int count)
    {
        float[] values = file.Require(name).ToSingles();
        return values.Length == count ? values : throw new ModelException($"{path}: {name} has {values.Length} values; the run's configuration needs {count}.");
    }
}
