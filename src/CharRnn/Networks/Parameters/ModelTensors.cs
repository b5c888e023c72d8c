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
    /// <summary>First part of the names of an optimizer's moments in a checkpoint.</summary>
    public const string MomentPrefix = "optimizer.moment";

    /// <summary>First part of the names of a carried state's tensors in a checkpoint.</summary>
    public const string StatePrefix = "state.";

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

    /// <summary>
    /// Refuses a file that lacks a tensor of the network, has it in another shape or of a kind that is no weight, or
    /// has one that the network does not use: its metadata then describes another network than its weights.
    /// </summary>
    /// <exception cref="ModelException">Says which.</exception>
    public static void Check(SafetensorsFile file, string path, RecurrentLayout layout)
    {
        var unused = new HashSet<string>(file.Tensors.Keys);
        foreach (var (name, shape) in NamesAndShapes(layout))
        {
            unused.Remove(name);
            if (!file.Tensors.TryGetValue(name, out var tensor))
                throw new ModelException(
                    $"{path} holds no tensor {OneLine.Quote(name)} among its {file.Tensors.Count}, which the network "
                        + "described in its metadata needs; it was made by another program or for another purpose."
                );
            if (!tensor.Type.IsWeight())
                throw new ModelException(
                    $"{path}: {name} holds {tensor.Type}, which is no type of weights; {TensorTypes.Weights} is needed: "
                        + "convert it first."
                );
            if (!tensor.Shape.SequenceEqual(shape))
                throw new ModelException(
                    $"{path}: {name} has the shape ({string.Join(", ", tensor.Shape)}); the network described in the "
                        + $"metadata needs ({string.Join(", ", shape)})."
                );
        }
        unused.RemoveWhere(IsOfCheckpoint);
        if (unused.Count > 0)
            throw new ModelException(
                $"{path}: the network described in the metadata does not use the file's {Named(unused)}; the metadata "
                    + "must describe the network that the weights are of."
            );
    }

    /// <summary>The types of number that the tensors of a network have in a file that was checked, each once.</summary>
    public static IReadOnlyList<TensorType> Types(SafetensorsFile file, RecurrentLayout layout) =>
        [.. NamesAndShapes(layout).Select(tensor => file.Require(tensor.Name).Type).Distinct().Order()];

    /// <summary>Puts the tensors of a file, which were checked, in their places.</summary>
    /// <exception cref="ModelException">They cannot be read, or one of the weights is not a finite number.</exception>
    public static void Read(SafetensorsFile file, string path, RecurrentLayout layout, Arena weights)
    {
        ReadTensors(file, layout, weights, read: () => { });
        ReadBiases(file, layout, weights);
        if (!double.IsFinite(SumOfSquares(weights)))
            throw NotNumbers(file, path, layout);
    }

    /// <summary>
    /// The same into compact weights, of which one tensor at a time is floats.
    /// </summary>
    /// <inheritdoc cref="Read(SafetensorsFile, string, RecurrentLayout, Arena)"/>
    public static void Read(SafetensorsFile file, string path, RecurrentLayout layout, CompactArena weights)
    {
        using var staged = new StagedSlices(weights);
        ReadTensors(file, layout, staged, staged.StoreMatrices);
        ReadBiases(file, layout, staged);
        staged.StoreVectors();
        if (!staged.WereFinite)
            throw NotNumbers(file, path, layout);
    }

    /// <summary>
    /// Reads one tensor after another through one buffer, which is given back to the system: arrays of that size would
    /// stay with the garbage collector, and may be more than compact weights are.
    /// </summary>
    private static void ReadTensors(SafetensorsFile file, RecurrentLayout layout, IArenaFloats weights, Action read)
    {
        using var buffer = new AlignedBuffer(layout.Tensors.Max(tensor => tensor.Count));
        foreach (var tensor in layout.Tensors.Where(IsInFile))
        {
            var values = buffer.Slice(0, tensor.Count);
            file.Require(tensor.Name).ConvertToSingles(values);
            tensor.CopyTo(values, weights);
            read();
        }
    }

    /// <summary>Brings the biases of a file, of which each layer has two, to those that the network trains.</summary>
    private static void ReadBiases(SafetensorsFile file, RecurrentLayout layout, IArenaFloats weights)
    {
        var network = layout.Network;
        int sharedLength = network.CellKind.SharedGates * network.HiddenSize;
        for (int layer = 0; layer < layout.LayerCount && network.Biases == BiasMode.Single; layer++)
        {
            float[] recurrent = file.Require(RecurrentBiasName(layout, layer)).ConvertToSingles();
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

    /// <summary>The tensors that a file of a network has.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<long> Shape)> NamesAndShapes(RecurrentLayout layout)
    {
        foreach (var tensor in layout.Tensors)
        {
            // Where both biases are trained, the second is among the tensors.
            if (!IsSplitBias(tensor.Name) && !IsRecurrentBias(tensor.Name))
                yield return (tensor.Name, tensor.Shape);
        }
        long biases = layout.Network.CellKind.Gates * (long)layout.Network.HiddenSize;
        for (int layer = 0; layer < layout.LayerCount; layer++)
            yield return (RecurrentBiasName(layout, layer), [biases]);
    }

    private static bool IsOfCheckpoint(string name) =>
        name.StartsWith(MomentPrefix, StringComparison.Ordinal)
        || name.StartsWith(StatePrefix, StringComparison.Ordinal);

    private static string Named(HashSet<string> names)
    {
        const int Most = 4;
        var sorted = names.Order(StringComparer.Ordinal).Take(Most).Select(name => OneLine.Quote(name));
        string first = string.Join(", ", sorted);
        string more = names.Count > Most ? $" and {names.Count - Most} more" : "";
        return $"{(names.Count == 1 ? "tensor" : "tensors")} {first}{more}";
    }

    /// <summary>Σ w²: not finite when any weight is not, and quicker than a look at each.</summary>
    private static double SumOfSquares(Arena weights)
    {
        const int ChunkLength = 1 << 20;
        double squares = 0;
        for (long start = 0; start < weights.Length; start += ChunkLength)
            squares += Norms.SumOfSquares(weights.Span(start, (int)Math.Min(ChunkLength, weights.Length - start)));
        return squares;
    }

    private static ModelException NotNumbers(SafetensorsFile file, string path, RecurrentLayout layout)
    {
        const string Damaged = "its weights are damaged, or training had diverged; use an earlier checkpoint.";
        foreach (var (name, _) in NamesAndShapes(layout))
        {
            float[] values = file.Require(name).ConvertToSingles();
            int index = Array.FindIndex(values, value => !float.IsFinite(value));
            if (index >= 0)
                return new ModelException(
                    $"{path}: a weight of {name}, number {index + 1} of {values.Length}, is "
                        + $"{(float.IsNaN(values[index]) ? "not a number" : "infinite")}: {Damaged}"
                );
        }
        return new ModelException($"{path}: the sum of two biases is infinite: {Damaged}");
    }

    private static ParameterTensor? SplitBias(RecurrentLayout layout, int layer) =>
        layout.Tensors.SingleOrDefault(tensor => tensor.Name == layout.SplitBiasName(layer));

    /// <summary>Whether a file has a tensor by its own name.</summary>
    private static bool IsInFile(ParameterTensor tensor) => !IsSplitBias(tensor.Name);

    private static bool IsSplitBias(string name) => name.StartsWith("rnn.bias_hn_", StringComparison.Ordinal);

    private static bool IsRecurrentBias(string name) => name.StartsWith("rnn.bias_hh_", StringComparison.Ordinal);

    private static string RecurrentBiasName(RecurrentLayout layout, int layer) =>
        $"rnn.bias_hh_{layout.SuffixOf(layer)}";
}
