using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>An optimiser's moments in a checkpoint: for each a tensor beside each of the model's.</summary>
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
    /// <exception cref="ModelException">They do not fit the network or the optimiser.</exception>
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
                tensor.CopyTo(Values(file, path, NameOf(index, tensor.Name), tensor.Count), moments[index]);
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

    private static string NameOf(int index, string tensor) => $"optimizer.moment{index + 1}.{tensor}";
}
