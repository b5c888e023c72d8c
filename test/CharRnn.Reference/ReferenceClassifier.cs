namespace CharRnn.Reference;

/// <summary>
/// Reference classifier in double precision, one record at a time, so that no result can depend on padding. For a
/// record of n characters:
/// <code>
/// x_0[t] = one-hot(id[t]) or embedding[id[t]], or zeros if the character is dropped
/// f_k = cell over x_k[0 … n−1],  g_k = cell over x_k[n−1 … 0]
/// y_k[t] = [f_k[t] ‖ g_k[n−1−t]], or with one direction, y_k = f_k
/// x_{k+1} = dropout(y_k), and of the last layer y = y_{L−1}
/// last       p = [f[n−1] ‖ g[n−1]]
/// mean       p = Σ y[t] / n
/// attention  α = softmax over t of attention.weight · y[t],  p = Σ α[t]·y[t]
/// logits = head.weight · outputDropout(p) + head.bias
/// loss = Σ_records w · (−Σ_k q_k ln softmax(logits)_k) / Σ w,  q = (1 − ε)·1[label] + ε/K
/// </code>
/// and with several labels a record:
/// <code>
/// loss = Σ_records w · Σ_k (−q_k ln σ(logits_k) − (1 − q_k) ln (1 − σ(logits_k))) / Σ w,  q = (1 − ε)·1[label] + ε/2
/// </code>
/// Parameters have PyTorch's names, those of the reverse direction with <c>_reverse</c>.
/// </summary>
public sealed class ReferenceClassifier
{
    private readonly IReferenceCell _cell;
    private readonly SortedDictionary<string, int[]> _shapes = new(StringComparer.Ordinal);

    public ReferenceClassifier(ReferenceClassifierSpec spec)
    {
        Spec = spec;
        _cell = ReferenceCells.All[spec.Cell];
        int width = _cell.Gates * spec.Hidden;
        if (spec.Embedding > 0)
            _shapes["embedding.weight"] = [spec.Vocabulary, spec.Embedding];
        for (int layer = 0; layer < spec.Layers; layer++)
        for (int direction = 0; direction < spec.Directions; direction++)
        {
            string suffix = Suffix(layer, direction);
            int first = spec.Embedding > 0 ? spec.Embedding : spec.Vocabulary;
            _shapes[$"rnn.weight_ih_{suffix}"] = [width, layer == 0 ? first : spec.OutputSize];
            _shapes[$"rnn.weight_hh_{suffix}"] = [width, spec.Hidden];
            _shapes[$"rnn.bias_ih_{suffix}"] = [width];
            if (_cell.HasRecurrentBias || spec.HasTwoBiases)
                _shapes[$"rnn.bias_hh_{suffix}"] = [width];
        }
        if (spec.Pooling == ReferencePooling.Attention)
            _shapes["attention.weight"] = [1, spec.OutputSize];
        _shapes["head.weight"] = [spec.Labels, spec.OutputSize];
        _shapes["head.bias"] = [spec.Labels];
        Parameters = Zeros();
    }

    public ReferenceClassifierSpec Spec { get; }

    /// <summary>Parameters by name; all are zero until the caller sets them.</summary>
    public SortedDictionary<string, double[]> Parameters { get; }

    public IReadOnlyDictionary<string, int[]> Shapes => _shapes;

    /// <summary>The forward and the backward pass over a batch.</summary>
    /// <param name="records">The records.</param>
    /// <param name="smoothing">ε.</param>
    /// <param name="dropout">
    /// The multiplier of y at (layer, t, record, unit), where t is the index of the character; null: none.
    /// </param>
    /// <param name="outputDropout">The multiplier of p at (record, unit); null: none.</param>
    /// <param name="isDropped">
    /// Whether a symbol's input vector is zero in a record, at (record, id); null: none is.
    /// </param>
    public ReferenceClassifierResult Run(
        IReadOnlyList<ReferenceRecord> records,
        double smoothing = 0,
        Func<int, int, int, int, double>? dropout = null,
        Func<int, int, double>? outputDropout = null,
        Func<int, int, bool>? isDropped = null
    )
    {
        var gradients = Zeros();
        double totalWeight = records.Sum(record => record.Weight),
            loss = 0;
        double[][] probabilities = new double[records.Count][];
        for (int b = 0; b < records.Count; b++)
        {
            int record = b;
            var pass = new RecordPass(
                this,
                records[b].Ids,
                gradients,
                (layer, t, unit) => dropout?.Invoke(layer, t, record, unit) ?? 1,
                id => isDropped?.Invoke(record, id) ?? false
            );
            double[] mask =
            [
                .. Enumerable.Range(0, Spec.OutputSize).Select(unit => outputDropout?.Invoke(record, unit) ?? 1),
            ];
            double[] input = [.. pass.Pooled.Select((value, unit) => value * mask[unit])];
            double[] logits = InputProjection.Forward(Parameters["head.weight"], Parameters["head.bias"], input);

            double weight = records[b].Weight / totalWeight;
            double[] dLogits = new double[Spec.Labels];
            probabilities[b] = new double[Spec.Labels];
            for (int k = 0; k < Spec.Labels; k++)
            {
                if (Spec.HasSeveralLabels)
                {
                    double own = (records[b].Labels.Contains(k) ? 1 - smoothing : 0) + smoothing / 2;
                    double probability = 1 / (1 + Math.Exp(-logits[k]));
                    probabilities[b][k] = probability;
                    loss -= weight * (own * Math.Log(probability) + (1 - own) * Math.Log(1 - probability));
                    dLogits[k] = weight * (probability - own);
                    continue;
                }
                double target = (k == records[b].Label ? 1 - smoothing : 0) + smoothing / Spec.Labels;
                double nats = SoftmaxLoss.Nats(logits, k);
                probabilities[b][k] = Math.Exp(-nats);
                loss += weight * target * nats;
                dLogits[k] = weight * (probabilities[b][k] - target);
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
            _shapes.ToDictionary(
                shape => shape.Key,
                shape => new double[shape.Value.Aggregate((product, size) => product * size)]
            ),
            StringComparer.Ordinal
        );

    /// <summary>The forward and the backward pass of one record, from its characters to its pooled vector.</summary>
    private sealed class RecordPass
    {
        private readonly ReferenceClassifier _model;
        private readonly ReferenceClassifierSpec _spec;
        private readonly int[] _ids;
        private readonly bool[] _dropped;
        private readonly SortedDictionary<string, double[]> _gradients;
        private readonly Func<int, int, int, double> _mask;
        private readonly double[][] _x;
        private readonly Recurrence[,] _recurrences;
        private readonly double[] _attention;

        public RecordPass(
            ReferenceClassifier model,
            int[] ids,
            SortedDictionary<string, double[]> gradients,
            Func<int, int, int, double> dropout,
            Func<int, bool> isDropped
        )
        {
            (_model, _ids, _gradients) = (model, ids, gradients);
            _spec = model.Spec;
            _mask = (layer, t, unit) => layer < _spec.Layers - 1 ? dropout(layer, t, unit) : 1;
            _dropped = Array.ConvertAll(ids, id => isDropped(id));
            _x = new double[_spec.Layers + 1][];
            _x[0] = InputVectors();
            _recurrences = new Recurrence[_spec.Layers, _spec.Directions];
            for (int layer = 0; layer < _spec.Layers; layer++)
                _x[layer + 1] = Layer(layer);
            _attention = Attention();
            Pooled = Pool();
        }

        public double[] Pooled { get; }

        private int Steps => _ids.Length;

        private double[] States => _x[_spec.Layers];

        public void Backward(double[] dPooled)
        {
            double[] dOutput = PoolBackward(dPooled);
            for (int layer = _spec.Layers - 1; layer >= 0; layer--)
                dOutput = LayerBackward(layer, dOutput);
            if (_spec.Embedding == 0)
                return;
            for (int t = 0; t < Steps; t++)
                if (!_dropped[t])
                    Dense.AddScaled(
                        1,
                        dOutput.AsSpan(t * _spec.Embedding, _spec.Embedding),
                        _gradients["embedding.weight"].AsSpan(_ids[t] * _spec.Embedding, _spec.Embedding)
                    );
        }

        /// <summary>The input of the first layer, x_0 (n, E or V).</summary>
        private double[] InputVectors()
        {
            int size = _spec.Embedding > 0 ? _spec.Embedding : _spec.Vocabulary;
            double[] vectors = new double[Steps * size];
            for (int t = 0; t < Steps; t++)
            {
                if (_dropped[t])
                    continue;
                if (_spec.Embedding == 0)
                    vectors[t * size + _ids[t]] = 1;
                else
                    _model.Parameters["embedding.weight"].AsSpan(_ids[t] * size, size).CopyTo(vectors.AsSpan(t * size));
            }
            return vectors;
        }

        /// <summary>The output of a layer, dropout(y) (n, D·H).</summary>
        private double[] Layer(int layer)
        {
            double[] output = new double[Steps * _spec.OutputSize];
            for (int direction = 0; direction < _spec.Directions; direction++)
            {
                string suffix = Suffix(layer, direction);
                double[] bias = [.. _model.Parameters[$"rnn.bias_ih_{suffix}"]];
                if (_spec.HasTwoBiases)
                    Dense.AddScaled(1, _model.Parameters[$"rnn.bias_hh_{suffix}"].AsSpan(0, SharedBiases), bias);
                double[] fromInput = InputProjection.Forward(
                    _model.Parameters[$"rnn.weight_ih_{suffix}"],
                    bias,
                    InOrder(_x[layer], direction)
                );
                var recurrence = _recurrences[layer, direction] = new Recurrence(
                    _model._cell,
                    Recurrent(_model.Parameters, suffix),
                    fromInput,
                    new double[_spec.Hidden],
                    new double[_model._cell.HasCellState ? _spec.Hidden : 0],
                    Steps,
                    streams: 1,
                    new bool[Steps]
                );
                double[] states = InOrder(recurrence.HiddenStates.ToArray(), direction);
                for (int t = 0; t < Steps; t++)
                for (int j = 0; j < _spec.Hidden; j++)
                {
                    int unit = direction * _spec.Hidden + j;
                    output[t * _spec.OutputSize + unit] = _mask(layer, t, unit) * states[t * _spec.Hidden + j];
                }
            }
            return output;
        }

        private double[] LayerBackward(int layer, double[] dOutput)
        {
            double[] dInput = new double[_x[layer].Length];
            for (int direction = 0; direction < _spec.Directions; direction++)
            {
                string suffix = Suffix(layer, direction);
                double[] dStates = new double[Steps * _spec.Hidden];
                for (int t = 0; t < Steps; t++)
                for (int j = 0; j < _spec.Hidden; j++)
                {
                    int unit = direction * _spec.Hidden + j;
                    dStates[t * _spec.Hidden + j] = _mask(layer, t, unit) * dOutput[t * _spec.OutputSize + unit];
                }
                double[] dBias = _gradients[$"rnn.bias_ih_{suffix}"];
                double[] dFromInput = _recurrences[layer, direction]
                    .Backward(InOrder(dStates, direction), Recurrent(_gradients, suffix));
                double[] dOrdered = InputProjection.Backward(
                    _model.Parameters[$"rnn.weight_ih_{suffix}"],
                    InOrder(_x[layer], direction),
                    dFromInput,
                    _gradients[$"rnn.weight_ih_{suffix}"],
                    dBias
                );
                Dense.AddScaled(1, InOrder(dOrdered, direction), dInput);
                // The gradient of each of two added biases is that of their sum.
                if (_spec.HasTwoBiases)
                    dBias.AsSpan(0, SharedBiases).CopyTo(_gradients[$"rnn.bias_hh_{suffix}"]);
            }
            return dInput;
        }

        /// <summary>Attention weights α (n); empty with other pooling.</summary>
        private double[] Attention()
        {
            if (_spec.Pooling != ReferencePooling.Attention)
                return [];
            double[] scores = new double[Steps];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < _spec.OutputSize; unit++)
                scores[t] += _model.Parameters["attention.weight"][unit] * States[t * _spec.OutputSize + unit];
            return [.. Enumerable.Range(0, Steps).Select(t => Math.Exp(-SoftmaxLoss.Nats(scores, t)))];
        }

        private double[] Pool()
        {
            double[] pooled = new double[_spec.OutputSize];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < _spec.OutputSize; unit++)
                pooled[unit] += PoolingWeight(t, unit) * States[t * _spec.OutputSize + unit];
            return pooled;
        }

        private double[] PoolBackward(double[] dPooled)
        {
            double[] dStates = new double[States.Length];
            for (int t = 0; t < Steps; t++)
            for (int unit = 0; unit < _spec.OutputSize; unit++)
                dStates[t * _spec.OutputSize + unit] = PoolingWeight(t, unit) * dPooled[unit];
            if (_spec.Pooling != ReferencePooling.Attention)
                return dStates;
            double[] dAttention =
            [
                .. Enumerable
                    .Range(0, Steps)
                    .Select(t =>
                        Enumerable
                            .Range(0, _spec.OutputSize)
                            .Sum(unit => dPooled[unit] * States[t * _spec.OutputSize + unit])
                    ),
            ];
            double mean = _attention.Zip(dAttention, (weight, gradient) => weight * gradient).Sum();
            for (int t = 0; t < Steps; t++)
            {
                double dScore = _attention[t] * (dAttention[t] - mean);
                Dense.AddScaled(
                    dScore,
                    _model.Parameters["attention.weight"],
                    dStates.AsSpan(t * _spec.OutputSize, _spec.OutputSize)
                );
                Dense.AddScaled(
                    dScore,
                    States.AsSpan(t * _spec.OutputSize, _spec.OutputSize),
                    _gradients["attention.weight"]
                );
            }
            return dStates;
        }

        /// <summary>The weight of a state's unit in the pooled vector.</summary>
        private double PoolingWeight(int t, int unit) =>
            _spec.Pooling switch
            {
                ReferencePooling.Last => t == (unit < _spec.Hidden ? Steps - 1 : 0) ? 1 : 0,
                ReferencePooling.Mean => 1.0 / Steps,
                _ => _attention[t],
            };

        /// <summary>Rows in the order in which a direction reads them, or from that order back in text order.</summary>
        private double[] InOrder(double[] rows, int direction)
        {
            if (direction == 0)
                return rows;
            int width = rows.Length / Steps;
            return [.. Enumerable.Range(0, Steps).Reverse().SelectMany(t => rows[(t * width)..((t + 1) * width)])];
        }

        private int SharedBiases => _model._cell.SharedGates * _spec.Hidden;

        private RecurrentParameters Recurrent(SortedDictionary<string, double[]> tensors, string suffix) =>
            new(
                tensors[$"rnn.weight_hh_{suffix}"],
                _model._cell.HasRecurrentBias ? tensors[$"rnn.bias_hh_{suffix}"] : []
            );
    }
}
