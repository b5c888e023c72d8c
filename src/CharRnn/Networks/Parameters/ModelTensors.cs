using CharRnn.Checkpoints;
using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// A network's parameters as tensors of a file: PyTorch's names, shapes and gate order. Each layer has both of
/// PyTorch's biases. Where one is trained it is in <c>bias_ih</c>, and in <c>bias_hh</c> are zeros, but for the gates
/// that have one of their own.
/// </summary>
internal static class ModelTensors
{
    /// <summary>The tensors of some weights.</summary>
    public static IEnumerable<Tensor> Of(RecurrentLayout layout, Arena weights)
    {
        var network = layout.Network;
        foreach (var tensor in layout.Tensors)
        {
            if (!IsSplitBias(tensor.Name))
                yield return Tensor.FromSource(
                    tensor.Name,
                    values => tensor.CopyFrom(weights, values),
                    [.. tensor.Shape]
                );
        }
        for (int layer = 0; layer < layout.LayerCount && network.Biases == BiasMode.Single; layer++)
        {
            float[] bias = new float[network.CellKind.Gates * network.HiddenSize];
            SplitBias(layout, layer)
                ?.CopyFrom(weights)
                .CopyTo(bias.AsSpan(network.CellKind.SharedGates * network.HiddenSize));
            yield return Tensor.FromSingles(RecurrentBiasName(layout, layer), bias, bias.Length);
        }
    }

    /// <summary>Refuses a file that lacks a tensor of the network, or has it in another shape or type.</summary>
    /// <exception cref="ModelException">Says which.</exception>
    public static void Check(SafetensorsFile file, string path, RecurrentLayout layout)
    {
        foreach (var tensor in layout.Tensors)
        {
            if (!IsSplitBias(tensor.Name))
                Check(file, path, tensor.Name, tensor.Shape);
        }
        long biases = layout.Network.CellKind.Gates * (long)layout.Network.HiddenSize;
        for (int layer = 0; layer < layout.LayerCount; layer++)
            Check(file, path, RecurrentBiasName(layout, layer), [biases]);
    }

    /// <summary>Puts the tensors of a file, which were checked, in their places.</summary>
    public static void Read(SafetensorsFile file, RecurrentLayout layout, Arena weights)
    {
        foreach (var tensor in layout.Tensors)
        {
            if (!IsSplitBias(tensor.Name))
                tensor.CopyTo(file.Require(tensor.Name).ToSingles(), weights);
        }
        var network = layout.Network;
        int sharedLength = network.CellKind.SharedGates * network.HiddenSize;
        for (int layer = 0; layer < layout.LayerCount && network.Biases == BiasMode.Single; layer++)
        {
            float[] recurrent = file.Require(RecurrentBiasName(layout, layer)).ToSingles();
            SplitBias(layout, layer)?.CopyTo(recurrent.AsSpan(sharedLength), weights);
            // Files from elsewhere may train both biases of the other gates; only their sum counts. Adding nothing must
            // not even turn −0 into 0.
            var bias = layout.Tensors.Single(tensor => tensor.Name == $"rnn.bias_ih_{layout.SuffixOf(layer)}");
            float[] values = bias.CopyFrom(weights);
            for (int i = 0; i < sharedLength; i++)
            {
                if (recurrent[i] != 0)
                    values[i] += recurrent[i];
            }
            bias.CopyTo(values, weights);
        }
    }

    private static void Check(SafetensorsFile file, string path, string name, IReadOnlyList<long> shape)
    {
        var tensor = file.Require(name);
        if (tensor.Type != TensorType.F32)
            throw new ModelException(
                $"{path}: {name} holds {tensor.Type}; {TensorType.F32} is needed: convert it first."
            );
        if (!tensor.Shape.SequenceEqual(shape))
            throw new ModelException(
                $"{path}: {name} has the shape ({string.Join(", ", tensor.Shape)}); the network described in the "
                    + $"metadata needs ({string.Join(", ", shape)})."
            );
    }

    private static ParameterTensor? SplitBias(RecurrentLayout layout, int layer) =>
        layout.Tensors.SingleOrDefault(tensor => tensor.Name == layout.SplitBiasName(layer));

    private static bool IsSplitBias(string name) => name.StartsWith("rnn.bias_hn_", StringComparison.Ordinal);

    private static string RecurrentBiasName(RecurrentLayout layout, int layer) =>
        $"rnn.bias_hh_{layout.SuffixOf(layer)}";
}
