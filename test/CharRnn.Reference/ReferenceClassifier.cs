namespace CharRnn.Reference;

/// <summary>
/// The classifier in double, one record at a time, so that there is no padding that anything could depend on. For a record of n characters:
/// <code>
/// x_0[t] = one-hot(id[t]) or embedding[id[t]], or zeros where the character is silenced
/// f_k = cell over x_k[0 … n−1],  g_k = cell over x_k[n−1 … 0],  y_k[t] = [f_k[t] ‖ g_k[n−1−t]]    one direction: y_k = f_k
/// x_{k+1} = dropout(y_k), and of the last layer y = y_{L−1}
/// last       p = [f[n−1] ‖ g[n−1]]
/// mean       p = Σ y[t] / n
/// attention  α = softmax over t of attention.weight · y[t],  p = Σ α[t]·y[t]
/// logits = head.weight · outputDropout(p) + head.bias
/// loss = Σ_records w · (−Σ_k q_k ln softmax(logits)_k) / Σ w,  q = (1 − ε)·1[label] + ε/K
/// </code>
/// Parameters go by PyTorch's names, those of the backward direction with <c>_reverse</c>.
/// </summary>
public sealed class ReferenceClassifier
{
    private readonly IReferenceCell cell;
    private readonly SortedDictionary<string, int[]> shapes = new(StringComparer.Ordinal);

    public ReferenceClassifier(ReferenceClassifierSpec spec)
    {
        Spec = spec;
        cell = ReferenceCells.All[spec.Cell];
        int width = cell.Gates * spec.Hidden;
        if (spec.Embedding > 0)
            shapes["embedding.weight"] = [spec.Vocabulary, spec.Embedding];
        for (int layer = 0; layer < spec.Layers; layer++)
        for (int direction = 0; direction < spec.Directions; direction++)
        {
            string suffix = Suffix(layer, direction);
            int first = spec.Embedding > 0 ? spec.Embedding : spec.Vocabulary;
            shapes[$"rnn.weight_ih_{suffix}"] = [width, layer == 0 ? first : spec.Joined];
            shapes[$"rnn.weight_hh_{suffix}"] = [width, spec.Hidden];
            shapes[$"rnn.bias_ih_{suffix}"] = [width];
            if (cell.HasRecurrentBias || spec.HasTwoBiases)
                shapes[$"rnn.bias_hh_{suffix}"] = [width];
        }
        if (spec.Pooling == ReferencePooling.Attention)
            shapes["attention.weight"] = [1, spec.Joined];
        shapes["head.weight"] = [spec.Labels, spec.Joined];
        shapes["head.bias"] = [spec.Labels];
        Parameters = Zeros();
    }

    public ReferenceClassifierSpec Spec { get; }

    /// <summary>By name, all zero until the caller fills them.</summary>
    public SortedDictionary<string, double[]> Parameters { get; }

    public IReadOnlyDictionary<string, int[]> Shapes => shapes;

    /// <summary>Runs a batch forward and backward.</summary>
    /// <param name="records">The records.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="dropout">The multiplier of y at (layer, t, record, unit), t counting characters; null: none.</param>
    /// <param name="outputDropout">The multiplier of p at (record, unit); null: none.</param>
    /// <param name="isSilenced">Whether a record's symbol is read as nothing, at (record, id); null: none is.</param>
    public ReferenceClassifierResult Run(
        IReadOnlyList<ReferenceRecord> records,
        double smoothing = 0,
        Func<int, int, int, int, double>? dropout = null,
        Func<int, int, double>? outputDropout = null,
        Func<int, int, bool>? isSilenced = null
    )
    {
        SortedDictionary<string, double[]> gradients = Zeros();
        double totalWeight = records.Sum(record => record.Weight),
            loss = 0;
        var probabilities = new double[records.Count][];
        for (int b = 0; b < records.Count; b++)
        {
            int record = b;
            var pass = new RecordPass(
                this,
                records[b].Ids,
                gradients,
                (layer, t, unit) => dropout?.Invoke(layer, t, record, unit) ?? 1,
                id => isSilenced?.Invoke(record, id) ?? false
            );
            double[] mask =
            [
                .. Enumerable.Range(0, Spec.Joined).Select(unit => outputDropout?.Invoke(record, unit) ?? 1),
            ];
            double[] input = [.. pass.Pooled.Select((value, unit) => value * mask[unit])];
            double[] logits = InputProjection.Forward(Parameters["head.weight"], Parameters["head.bias"], input);

            double share = records[b].Weight / totalWeight;
            var dLogits = new double[Spec.Labels];
            probabilities[b] = new double[Spec.Labels];
            for (int k = 0; k < Spec.Labels; k++)
            {
                double target = (k == records[b].Label ? 1 - smoothing : 0) + smoothing / Spec.Labels;
                double nats = SoftmaxLoss.Nats(logits, k);
                probabilities[b][k] = Math.Exp(-nats);
                loss += share * target * nats;
                dLogits[k] = share * (probabilities[b][k] - target);
            }
            double[] dInput = InputProjection.Backward(
                Parameters["head.weight"],
                input,
                dLogits,
                gradients["head.weight"],
                gradients["head.bias"]
            );
            pass.Backward([.. dInput.Select((gradient, unit) => gradient * mask[unit])]);
        }
        return new ReferenceClassifierResult(loss, probabilities, gradients);
    }

    private static string Suffix(int layer, int direction) => $"l{layer}{(direction == 1 ? "_reverse" : "")}";

    private SortedDictionary<string, double[]> Zeros() =>
        new(
            shapes.ToDictionary(
                shape => shape.Key,
                shape => new double[shape.Value.Aggregate((product, size) => product * size)]
            ),
            StringComparer.Ordinal
        );

    /// <summary>One record from its characters to its pooled vector, and back.</summary>
    private sealed class RecordPass
    {
        private readonly ReferenceClassifier model;
        private readonly ReferenceClassifierSpec spec;
        private readonly int[] ids;
        private readonly bool[] silenced;
        private readonly SortedDictionary<string, double[]> gradients;
        private readonly Func<int, int, int, double> mask;
        private readonly double[][] x;
        private readonly Recurrence[,] recurrences;
        private readonly double[] attention;

        public RecordPass(
            ReferenceClassifier model,
            int[] ids,
            SortedDictionary<string, double[]> gradients,
            Func<int, int, int, double> dropout,
            Func<int, bool> isSilenced
        )
        {
            (this.model, this.ids, this.gradients) = (model, ids, gradients);
            spec = model.Spec;
            mask = (layer, t, unit) => layer < spec.Layers - 1 ? dropout(layer, t, unit) : 1;
            silenced = Array.ConvertAll(ids, id => isSilenced(id));
            x = new double[spec.Layers + 1][];
            x[0] = Vectors();
            recurrences = new Recurrence[spec.Layers, spec.Directions];
            for (int layer = 0; layer < spec.Layers; layer++)
                x[layer + 1] = Layer(layer);
            attention = Attention();
            Pooled = Pool();
        }

        public double[] Pooled { get; }

        private int Steps => ids.Length;

        private double[] States => x[spec.Layers];

        public void Backward(double[] dPooled)
        {
            double[] dOutput = PoolBackward(dPooled);
            for (int layer = spec.Layers - 1; layer >= 0; layer--)
                dOutput = LayerBackward(layer, dOutput);
            if (spec.Embedding == 0)
                return;
            for (int t = 0; t < Steps; t++)
                if (!silenced[t])
                    Dense.AddScaled(
                        1,
                        dOutput.AsSpan(t * spec.Embedding, spec.Embedding),
                        gradients["embedding.weight"].AsSpan(ids[t] * spec.Embedding, spec.Embedding)
                    );
        }

        /// <summary>x_0 (n, E or V).</summary>
        private double[] Vectors()
        {
            int size = spec.Embedding > 0 ? spec.Embedding : spec.Vocabulary;
            var vectors = new double[Steps * size];
            for (int t = 0; t < Steps; t++)
            {
                if (silenced[t])
                    continue;
                if (spec.Embedding == 0)
                    vectors[t * size + ids[t]] = 1;
                else
                    model.Parameters["embedding.weight"].AsSpan(ids[t] * size, size).CopyTo(vectors.AsSpan(t * size));
            }
            return vectors;
        }

        /// <summary>dropout(y) (n, D·H).</summary>
        private double[] Layer(int layer)
        {
            var output = new double[Steps * spec.Joined];
            for (int direction = 0; direction < spec.Directions; direction++)
            {
                string suffix = Suffix(layer, direction);
                double[] bias = [.. model.Parameters[$"rnn.bias_ih_{suffix}"]];
                if (spec.HasTwoBiases)
                    Dense.AddScaled(1, model.Parameters[$"rnn.bias_hh_{suffix}"].AsSpan(0, SharedBiases), bias);
                double[] fromInput = InputProjection.Forward(
                    model.Parameters[$"rnn.weight_ih_{suffix}"],
                    bias,
                    InOrder(x[layer], direction)
                );
                var recurrence = recurrences[layer, direction] = new Recurrence(
                    model.cell,
                    Recurrent(model.Parameters, suffix),
                    fromInput,
                    new double[spec.Hidden],
                    new double[model.cell.HasCellState ? spec.Hidden : 0],
                    Steps,
                    b: 1,
                    new bool[Steps]
                );
                double[] states = InOrder(recurrence.Hiddens.ToArray(), direction);
                for (int t = 0; t < Steps; t++)
                for (int j = 0; j < spec.Hidden; j++)
                {
                    int unit = direction * spec.Hidden + j;
                    output[t * spec.Joined + unit] = mask(layer, t, unit) * states[t * spec.Hidden + j];
                }
            }
            return output;
        }

        private double[] LayerBackward(int layer, double[] dOutput)
        {
            var dInput = new double[x[layer].Length];
            for (int direction = 0; direction < spec.Directions; direction++)
            {
                string suffix = Suffix(layer, direction);
                var dStates = new double[Steps * spec.Hidden];
                for (int t = 0; t < Steps; t++)
                for (int j = 0; j < spec.Hidden; j++)
                {
                    int unit = direction * spec.Hidden + j;
                    dStates[t * spec.Hidden + j] = mask(layer, t, unit) * dOutput[t * spec.Joined + unit];
                }
                double[] dBias = gradients[$"rnn.bias_ih_{suffix}"];
                double[] dFromInput = recurrences[layer, direction]
                    .Backward(InOrder(dStates, direction), Recurrent(gradients, suffix));
                double[] dOrdered = InputProjection.Backward(
                    model.Parameters[$"rnn.weight_ih_{suffix}"],
                    InOrder(x[layer], direction),
                    dFromInput,
                    gradients[$"rnn.weight_ih_{suffix}"],
                    dBias
                );
                Dense.AddScaled(1, InOrder(dOrdered, direction), dInput);
                // Both biases of a sum have the sum's gradient.
                if (spec.HasTwoBiases)
                    dBias.AsSpan(0, SharedBiases).CopyTo(gradients[$"rnn.bias_hh_{suffix}"]);
            }
            return dInput;
        }

        /// <summary>α (n), and nothing with other pooling.</summary>
        private double[] Attention()
        {
            if (spec.Pooling != ReferencePooling.Attention)
                return [];
            var scores = new double[Steps];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < spec.Joined; unit++)
                scores[t] += model.Parameters["attention.weight"][unit] * States[t * spec.Joined + unit];
            return [.. Enumerable.Range(0, Steps).Select(t => Math.Exp(-SoftmaxLoss.Nats(scores, t)))];
        }

        private double[] Pool()
        {
            var pooled = new double[spec.Joined];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < spec.Joined; unit++)
                pooled[unit] += Share(t, unit) * States[t * spec.Joined + unit];
            return pooled;
        }

        private double[] PoolBackward(double[] dPooled)
        {
            var dStates = new double[States.Length];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < spec.Joined; unit++)
                dStates[t * spec.Joined + unit] = Share(t, unit) * dPooled[unit];
            if (spec.Pooling != ReferencePooling.Attention)
                return dStates;
            double[] dAttention =
            [
                .. Enumerable
                    .Range(0, Steps)
                    .Select(t =>
                        Enumerable.Range(0, spec.Joined).Sum(unit => dPooled[unit] * States[t * spec.Joined + unit])
                    ),
            ];
            double mean = attention.Zip(dAttention, (weight, gradient) => weight * gradient).Sum();
            for (int t = 0; t < Steps; t++)
            {
                double dScore = attention[t] * (dAttention[t] - mean);
                Dense.AddScaled(
                    dScore,
                    model.Parameters["attention.weight"],
                    dStates.AsSpan(t * spec.Joined, spec.Joined)
                );
                Dense.AddScaled(dScore, States.AsSpan(t * spec.Joined, spec.Joined), gradients["attention.weight"]);
            }
            return dStates;
        }

        /// <summary>What a state counts in the pooled vector.</summary>
        private double Share(int t, int unit) =>
            spec.Pooling switch
            {
                ReferencePooling.Last => t == (unit < spec.Hidden ? Steps - 1 : 0) ? 1 : 0,
                ReferencePooling.Mean => 1.0 / Steps,
                _ => attention[t],
            };

        /// <summary>Rows in the order in which a direction reads them, and back.</summary>
        private double[] InOrder(double[] rows, int direction)
        {
            if (direction == 0)
                return rows;
            int width = rows.Length / Steps;
            return [.. Enumerable.Range(0, Steps).Reverse().SelectMany(t => rows[(t * width)..((t + 1) * width)])];
        }

        private int SharedBiases => model.cell.SharedGates * spec.Hidden;

        private RecurrentParameters Recurrent(SortedDictionary<string, double[]> tensors, string suffix) =>
            new(
                tensors[$"rnn.weight_hh_{suffix}"],
                model.cell.HasRecurrentBias ? tensors[$"rnn.bias_hh_{suffix}"] : []
            );
    }
}
