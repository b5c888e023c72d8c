namespace CharRnn.Reference;

/// <summary>
/// Reference language model in double precision, written as plainly as possible; tests compare the engine with it.
/// <code>
/// x_0 = one-hot(id) or embeddingActivation(embedding[id])
///       with labels, [that ‖ one-hot(label) or label_embedding[label]]
/// h_k = cell(x_k, h_k before)                          the state that is carried is h_k
/// s_k = projection_k · h_k, or if P = 0,               s_k = h_k
/// y_k = dropout(s_k),       or if residual and k ≥ 1,  y_k = x_k + dropout(s_k)
/// x_{k+1} = y_k,  logits = head.weight · outputDropout(headActivation(y_{L−1})) + head.bias
/// loss = lossScale · Σ_{t,b} −ln softmax(logits)[target]
/// </code>
/// Parameters have PyTorch's names, and are row-major:
/// <code>
/// embedding.weight         (V, E)        if E > 0
/// label_embedding.weight   (K, ·)        if labels are embedded
/// rnn.weight_ih_l{k}       (G·H, I)      first layer: I = V or E, plus the size of a label's input; others: H or P
/// rnn.weight_hh_l{k}       (G·H, H)
/// rnn.bias_ih_l{k}         (G·H)
/// rnn.bias_hh_l{k}         (G·H)         for gru, or with two biases; with one, only its last third is used
/// projection.weight_l{k}   (P, H)        if P > 0
/// head.weight, head.bias   (V, H or P), (V)
/// </code>
/// Before each reset id in the input, h and c are set to zero, and take no gradient. If the model is conditioned on the
/// first symbol, they are also zero after that step, and the step has no loss. If F units are fed back, U (G·H, F)
/// reads h[0 … F). With dropout of logits, the logits are dropout(head.weight · … + head.bias).
/// </summary>
public sealed class ReferenceModel
{
    private const string EmbeddingName = "embedding.weight";
    private const string LabelEmbeddingName = "label_embedding.weight";
    private const string HeadWeightName = "head.weight";
    private const string HeadBiasName = "head.bias";

    private readonly IReferenceCell _cell;
    private readonly SortedDictionary<string, int[]> _shapes = new(StringComparer.Ordinal);

    public ReferenceModel(ReferenceSpec spec)
    {
        if (!ReferenceCells.All.TryGetValue(spec.Cell, out var found))
            throw new ArgumentException(
                $"No reference cell is named '{spec.Cell}'; there are {string.Join(", ", ReferenceCells.All.Keys)}.",
                nameof(spec)
            );
        Spec = spec;
        _cell = found;

        int width = _cell.Gates * spec.Hidden;
        if (spec.Embedding > 0)
            _shapes[EmbeddingName] = [spec.Vocabulary, spec.Embedding];
        if (spec.LabelEmbedding > 0)
            _shapes[LabelEmbeddingName] = [spec.Labels, spec.LabelEmbedding];
        for (int layer = 0; layer < spec.Layers; layer++)
        {
            _shapes[InputWeightName(layer)] = [width, layer == 0 ? spec.SymbolInput + spec.LabelInput : spec.Output];
            _shapes[RecurrentWeightName(layer)] = [width, spec.Feedback > 0 ? spec.Feedback : spec.Hidden];
            _shapes[InputBiasName(layer)] = [width];
            if (_cell.HasRecurrentBias || spec.HasTwoBiases)
                _shapes[RecurrentBiasName(layer)] = [width];
            if (spec.Projection > 0)
                _shapes[ProjectionName(layer)] = [spec.Projection, spec.Hidden];
        }
        _shapes[HeadWeightName] = [spec.Vocabulary, spec.Output];
        _shapes[HeadBiasName] = [spec.Vocabulary];
        Parameters = Zeros();
    }

    public ReferenceSpec Spec { get; }

    /// <summary>Parameters by name; all are zero until the caller sets them.</summary>
    public SortedDictionary<string, double[]> Parameters { get; }

    public IReadOnlyDictionary<string, int[]> Shapes => _shapes;

    /// <summary>The zero state of B streams.</summary>
    public ReferenceState NewState(int b)
    {
        double[][] Zeros(int size) => [.. Enumerable.Range(0, Spec.Layers).Select(_ => new double[size])];
        return new ReferenceState(Zeros(b * Spec.Hidden), Zeros(_cell.HasCellState ? b * Spec.Hidden : 0));
    }

    /// <summary>The forward and, by default, the backward pass over a window, by BPTT truncated at its start.</summary>
    /// <param name="inputs">(T, B) ids, index t·B + b.</param>
    /// <param name="targets">(T, B) ids, index t·B + b.</param>
    /// <param name="t">T.</param>
    /// <param name="b">B.</param>
    /// <param name="state">The state before the window; it is not changed, and takes no gradient.</param>
    /// <param name="lossScale">Factor of the sum of nats: 1 for the sum, 1/(T·B) for the mean.</param>
    /// <param name="dropout">
    /// The multiplier of s at (layer, t, b, unit): 0 or 1/(1−p); null: no dropout.
    /// </param>
    /// <param name="backward">Whether to compute gradients.</param>
    /// <param name="outputDropout">The multiplier of the head's input, at (t, b, unit); null: none.</param>
    /// <param name="labels">(T, B) labels, index t·B + b, for a model with labels.</param>
    /// <param name="logitDropout">The multiplier of a logit, at (t, b, symbol); null: none.</param>
    public ReferenceResult Run(
        int[] inputs,
        int[] targets,
        int t,
        int b,
        ReferenceState state,
        double lossScale,
        Func<int, int, int, int, double>? dropout = null,
        bool backward = true,
        Func<int, int, int, double>? outputDropout = null,
        int[]? labels = null,
        Func<int, int, int, double>? logitDropout = null
    )
    {
        CheckIds(inputs, t, b, nameof(inputs));
        CheckIds(targets, t, b, nameof(targets));
        int layers = Spec.Layers;
        // One-hot symbols are written out only to be concatenated with a label's input; otherwise they stay ids.
        bool oneHot = Spec.Embedding == 0 && Spec.Labels == 0;
        labels ??= [];

        // x[k] (T·B, I) is the input of layer k, x[L] (T·B, H or P) the output of the last; a one-hot x[0] stays ids.
        double[][] x = new double[layers + 1][];
        double[][] masks = new double[layers][];
        var recurrences = new Recurrence[layers];
        x[0] =
            oneHot ? []
            : Spec.Labels == 0 ? Spec.EmbeddingActivation.Apply(Embed(inputs))
            : Concatenate(SymbolVectors(inputs), LabelVectors(labels), t * b);
        bool[] resets = Array.ConvertAll(inputs, id => id == Spec.ResetId);
        for (int layer = 0; layer < layers; layer++)
        {
            double[] weight = Parameters[InputWeightName(layer)];
            double[] bias = InputBias(layer);
            double[] fromInput =
                layer == 0 && oneHot
                    ? InputProjection.ForwardOneHot(weight, bias, inputs)
                    : InputProjection.Forward(weight, bias, x[layer]);
            recurrences[layer] = new Recurrence(
                _cell,
                Recurrent(Parameters, layer),
                fromInput,
                state.Hidden[layer],
                state.Cell[layer],
                t,
                b,
                resets,
                Spec.ConditionOnFirstSymbol
            );
            masks[layer] = Mask(dropout, layer, t, b);
            x[layer + 1] = Output(layer, x[layer], Project(layer, recurrences[layer]), masks[layer]);
        }

        double[] outputMask = Mask(
            outputDropout is null ? null : (_, step, stream, unit) => outputDropout(step, stream, unit),
            layers,
            t,
            b
        );
        double[] headInput = [.. Spec.HeadActivation.Apply(x[layers]).Select((value, i) => value * outputMask[i])];
        double[] logits = InputProjection.Forward(Parameters[HeadWeightName], Parameters[HeadBiasName], headInput);
        double[] logitMask =
        [
            .. logits.Select(
                (_, i) =>
                    logitDropout?.Invoke(i / (b * Spec.Vocabulary), i / Spec.Vocabulary % b, i % Spec.Vocabulary) ?? 1
            ),
        ];
        for (int i = 0; i < logits.Length; i++)
            logits[i] *= logitMask[i];
        double[] nats = new double[t * b];
        for (int row = 0; row < nats.Length; row++)
            nats[row] = HasNoLoss(inputs[row]) ? 0 : SoftmaxLoss.Nats(LogitRow(logits, row), targets[row]);

        var next = new ReferenceState(
            [.. recurrences.Select(recurrence => recurrence.LastHidden)],
            [.. recurrences.Select(recurrence => recurrence.LastCell)]
        );
        var gradients = backward
            ? Backward(
                inputs,
                labels,
                targets,
                logits,
                logitMask,
                lossScale,
                x,
                headInput,
                masks,
                outputMask,
                recurrences
            )
            : new(StringComparer.Ordinal);
        return new ReferenceResult(lossScale * nats.Sum(), nats, logits, next, gradients)
        {
            SaturatedShare = recurrences.Average(recurrence => recurrence.SaturatedShare()),
        };
    }

    private SortedDictionary<string, double[]> Backward(
        int[] inputs,
        int[] labels,
        int[] targets,
        double[] logits,
        double[] logitMask,
        double lossScale,
        double[][] x,
        double[] headInput,
        double[][] masks,
        double[] outputMask,
        Recurrence[] recurrences
    )
    {
        var gradients = Zeros();
        double[] dLogits = new double[logits.Length];
        for (int row = 0; row < targets.Length; row++)
        {
            if (!HasNoLoss(inputs[row]))
                SoftmaxLoss.Backward(LogitRow(logits, row), targets[row], lossScale, LogitRow(dLogits, row));
        }
        for (int i = 0; i < dLogits.Length; i++)
            dLogits[i] *= logitMask[i];

        double[] dOutput = InputProjection.Backward(
            Parameters[HeadWeightName],
            headInput,
            dLogits,
            gradients[HeadWeightName],
            gradients[HeadBiasName]
        );
        dOutput = Spec.HeadActivation.Backward(x[^1], [.. dOutput.Select((gradient, i) => gradient * outputMask[i])]);
        for (int layer = Spec.Layers - 1; layer >= 0; layer--)
        {
            double[] mask = masks[layer];
            double[] dProjected = [.. dOutput.Select((gradient, i) => gradient * mask[i])];
            double[] dHiddens = ProjectBackward(layer, recurrences[layer], dProjected, gradients);
            var dRecurrent = Recurrent(gradients, layer);
            double[] dFromInput = recurrences[layer].Backward(dHiddens, dRecurrent);
            if (Spec.Feedback > 0)
                Columns(dRecurrent.Weight, Spec.Hidden, 0, Spec.Feedback)
                    .CopyTo(gradients[RecurrentWeightName(layer)], 0);

            double[] dWeight = gradients[InputWeightName(layer)];
            double[] dBias = gradients[InputBiasName(layer)];
            if (layer == 0 && Spec.Embedding == 0 && Spec.Labels == 0)
            {
                InputProjection.BackwardOneHot(inputs, dFromInput, dWeight, dBias);
                break;
            }
            double[] dInput = InputProjection.Backward(
                Parameters[InputWeightName(layer)],
                x[layer],
                dFromInput,
                dWeight,
                dBias
            );
            if (HasResidual(layer))
                Dense.AddScaled(1, dOutput, dInput);
            dOutput = dInput;
        }

        // The gradient of each of two added biases is that of their sum.
        for (int layer = 0; Spec.HasTwoBiases && layer < Spec.Layers; layer++)
            gradients[InputBiasName(layer)].AsSpan(0, SharedBiases).CopyTo(gradients[RecurrentBiasName(layer)]);

        if (Spec.LabelEmbedding > 0)
            ScatterAdd(
                Columns(dOutput, Spec.SymbolInput + Spec.LabelInput, Spec.SymbolInput, Spec.LabelInput),
                labels,
                gradients[LabelEmbeddingName]
            );
        if (Spec.Labels > 0)
            dOutput = Columns(dOutput, Spec.SymbolInput + Spec.LabelInput, 0, Spec.SymbolInput);
        if (Spec.Embedding == 0)
            return gradients;
        double[] dVectors = Spec.EmbeddingActivation.Backward(Embed(inputs), dOutput);
        ScatterAdd(dVectors, inputs, gradients[EmbeddingName]);
        return gradients;
    }

    /// <summary>Scatters row gradients: adds each to the gradient of the vector that the row was copied from.</summary>
    private static void ScatterAdd(double[] dRows, int[] ids, double[] dVectors)
    {
        int size = dRows.Length / ids.Length;
        for (int row = 0; row < ids.Length; row++)
            Dense.AddScaled(1, dRows.AsSpan(row * size, size), dVectors.AsSpan(ids[row] * size, size));
    }

    private double[] SymbolVectors(int[] ids) =>
        Spec.Embedding > 0 ? Spec.EmbeddingActivation.Apply(Embed(ids)) : OneHot(ids, Spec.Vocabulary);

    private double[] LabelVectors(int[] labels) =>
        Spec.LabelEmbedding > 0
            ?
            [
                .. labels.SelectMany(label =>
                    Parameters[LabelEmbeddingName][(label * Spec.LabelEmbedding)..((label + 1) * Spec.LabelEmbedding)]
                ),
            ]
            : OneHot(labels, Spec.Labels);

    private static double[] OneHot(int[] ids, int count) =>
        [.. ids.SelectMany(id => Enumerable.Range(0, count).Select(other => other == id ? 1.0 : 0.0))];

    private static double[] Concatenate(double[] left, double[] right, int rows)
    {
        int leftSize = left.Length / rows,
            rightSize = right.Length / rows;
        return
        [
            .. Enumerable
                .Range(0, rows)
                .SelectMany(row =>
                    left[(row * leftSize)..((row + 1) * leftSize)]
                        .Concat(right[(row * rightSize)..((row + 1) * rightSize)])
                ),
        ];
    }

    private static double[] Columns(double[] rows, int width, int start, int count) =>
        [.. rows.Where((_, i) => i % width >= start && i % width < start + count)];

    /// <summary>A layer's projected hidden states, s (T·B, H or P).</summary>
    private double[] Project(int layer, Recurrence recurrence)
    {
        double[] hiddens = recurrence.HiddenStates.ToArray();
        return Spec.Projection == 0
            ? hiddens
            : InputProjection.Forward(Parameters[ProjectionName(layer)], new double[Spec.Projection], hiddens);
    }

    private double[] ProjectBackward(
        int layer,
        Recurrence recurrence,
        double[] dProjected,
        SortedDictionary<string, double[]> gradients
    )
    {
        if (Spec.Projection == 0)
            return dProjected;
        // A projection has no bias, so the gradient of one is discarded.
        return InputProjection.Backward(
            Parameters[ProjectionName(layer)],
            recurrence.HiddenStates.ToArray(),
            dProjected,
            gradients[ProjectionName(layer)],
            new double[Spec.Projection]
        );
    }

    private double[] Output(int layer, double[] input, double[] projected, double[] mask)
    {
        double[] output = new double[projected.Length];
        for (int i = 0; i < output.Length; i++)
            output[i] = (HasResidual(layer) ? input[i] : 0) + mask[i] * projected[i];
        return output;
    }

    private double[] Mask(Func<int, int, int, int, double>? dropout, int layer, int t, int b)
    {
        int width = Spec.Output;
        double[] mask = new double[t * b * width];
        for (int i = 0; i < mask.Length; i++)
            mask[i] = dropout is null ? 1 : dropout(layer, i / (b * width), i / width % b, i % width);
        return mask;
    }

    private double[] Embed(int[] ids)
    {
        int size = Spec.Embedding;
        double[] vectors = new double[ids.Length * size];
        for (int row = 0; row < ids.Length; row++)
            Parameters[EmbeddingName].AsSpan(ids[row] * size, size).CopyTo(vectors.AsSpan(row * size));
        return vectors;
    }

    private bool HasResidual(int layer) => Spec.Residual && layer > 0;

    private Span<double> LogitRow(double[] rows, int row) => rows.AsSpan(row * Spec.Vocabulary, Spec.Vocabulary);

    private int SharedBiases => _cell.SharedGates * Spec.Hidden;

    /// <summary>The bias of W x: b_ih, plus b_hh for gates that use the sum of two biases.</summary>
    private double[] InputBias(int layer)
    {
        double[] bias = [.. Parameters[InputBiasName(layer)]];
        if (Spec.HasTwoBiases)
            Dense.AddScaled(1, Parameters[RecurrentBiasName(layer)].AsSpan(0, SharedBiases), bias);
        return bias;
    }

    /// <summary>U (G·H, H), with zeros for units that are not fed back.</summary>
    private RecurrentParameters Recurrent(SortedDictionary<string, double[]> tensors, int layer) =>
        new(
            Spec.Feedback > 0
                ? Concatenate(
                    tensors[RecurrentWeightName(layer)],
                    new double[_cell.Gates * Spec.Hidden * (Spec.Hidden - Spec.Feedback)],
                    _cell.Gates * Spec.Hidden
                )
                : tensors[RecurrentWeightName(layer)],
            _cell.HasRecurrentBias ? tensors[RecurrentBiasName(layer)] : []
        );

    private bool HasNoLoss(int input) => Spec.ConditionOnFirstSymbol && input == Spec.ResetId;

    private SortedDictionary<string, double[]> Zeros() =>
        new(
            _shapes.ToDictionary(
                shape => shape.Key,
                shape => new double[shape.Value.Aggregate((product, size) => product * size)]
            ),
            StringComparer.Ordinal
        );

    private void CheckIds(int[] ids, int t, int b, string name)
    {
        if (ids.Length != t * b)
            throw new ArgumentException($"{name} has {ids.Length} ids; (T={t}, B={b}) needs {t * b}.", name);
        int outside = Array.FindIndex(ids, id => id < 0 || id >= Spec.Vocabulary);
        if (outside >= 0)
            throw new ArgumentException(
                $"{name}[{outside}] is {ids[outside]}; the vocabulary has {Spec.Vocabulary} ids, from 0.",
                name
            );
    }

    private static string InputWeightName(int layer) => $"rnn.weight_ih_l{layer}";

    private static string RecurrentWeightName(int layer) => $"rnn.weight_hh_l{layer}";

    private static string InputBiasName(int layer) => $"rnn.bias_ih_l{layer}";

    private static string RecurrentBiasName(int layer) => $"rnn.bias_hh_l{layer}";

    private static string ProjectionName(int layer) => $"projection.weight_l{layer}";
}
