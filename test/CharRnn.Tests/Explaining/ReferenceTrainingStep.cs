using CharRnn.Checkpoints;
using CharRnn.Explaining;
using CharRnn.Networks;
using CharRnn.Reference;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>
/// An explanation made of the reference's numbers: the same text and weights, in double. Losses and gradients are those
/// of <see cref="ReferenceModel"/>; what goes on within a step is found by taking its cell's steps one by one. Layers
/// are plain: no residuals, projections or activations.
/// </summary>
internal sealed class ReferenceTrainingStep
{
    private readonly ReferenceModel _model;
    private readonly IReferenceCell _cell;
    private readonly int[] _inputs,
        _targets;
    private readonly int _hidden,
        _layers,
        _steps;

    // [layer][t]: what a step takes in, and what it makes.
    private readonly double[][][] _x,
        _fromInput,
        _saved,
        _hiddens,
        _cells;

    private ReferenceTrainingStep(LanguageModel model, int[] ids)
    {
        var spec = model.Spec;
        (_inputs, _targets) = (ids[..^1], ids[1..]);
        (_hidden, _layers, _steps) = (spec.HiddenSize, spec.NumLayers, ids.Length - 1);
        _cell = ReferenceCells.All[spec.Cell];
        _model = new ReferenceModel(
            new ReferenceSpec(spec.Cell, spec.VocabularySize, _hidden, _layers, spec.EmbeddingSize)
        );
        foreach (var tensor in model.Layout.Tensors)
        {
            double[] values = Array.ConvertAll(tensor.CopyFrom(model.Weights), value => (double)value);
            string name = tensor.Name.Replace("bias_hn", "bias_hh");
            values.CopyTo(_model.Parameters[name], _model.Parameters[name].Length - values.Length);
        }
        double[][][] Rows(int rows) => [.. Enumerable.Range(0, _layers).Select(_ => new double[rows][])];
        (_x, _fromInput, _saved, _hiddens, _cells) = (
            Rows(_steps),
            Rows(_steps),
            Rows(_steps),
            Rows(_steps + 1),
            Rows(_steps + 1)
        );
        Forward();
    }

    /// <summary>The engine's explanation with every number replaced by the reference's.</summary>
    public static Explanation TwinOf(Explanation engine, LanguageModel model, string text)
    {
        var reference = new ReferenceTrainingStep(model, model.Vocabulary.Encode(text));
        var all = reference.Run();
        double[] dLogits = reference.DLogits(all);
        var backward = reference.Backward(dLogits);
        int symbols = model.Spec.VocabularySize,
            steps = reference._steps;
        double[] onlyLast = [.. new double[(steps - 1) * symbols], .. dLogits[((steps - 1) * symbols)..]];
        var lastAlone = reference.Backward(onlyLast);
        ExplainedLayer[][] layers =
        [
            .. engine.Steps.Select(
                (step, t) =>
                    step
                        .Layers.Select(
                            (layer, k) =>
                                new ExplainedLayer(
                                    Replaced(layer.Forward, reference.ForwardRows(k, t)),
                                    Replaced(layer.Backward, reference.BackwardRows(k, t, backward[k][t]))
                                )
                        )
                        .ToArray()
            ),
        ];
        var before = reference._model.Parameters.ToDictionary(
            parameter => parameter.Key,
            parameter => (double[])parameter.Value.Clone()
        );
        reference.Update(all, engine.Optimizer.Name, engine.LearningRate);
        var after = reference.Run();

        double[] Tensor(IDictionary<string, double[]> byName, ExplainedTensor tensor) =>
            byName[tensor.Name.Replace("bias_hn", "bias_hh")][^tensor.Before.Length..];
        return engine with
        {
            Tensors =
            [
                .. engine.Tensors.Select(tensor =>
                    tensor with
                    {
                        Before = Tensor(before, tensor),
                        Gradient = Tensor(all.Gradients, tensor),
                        After = Tensor(reference._model.Parameters, tensor),
                    }
                ),
            ],
            Steps =
            [
                .. engine.Steps.Select(
                    (step, t) =>
                        step with
                        {
                            Logits = all.Logits[(t * symbols)..((t + 1) * symbols)],
                            Probabilities =
                            [
                                .. dLogits[(t * symbols)..((t + 1) * symbols)]
                                    .Select((gradient, id) => gradient + (id == step.Target ? 1 : 0)),
                            ],
                            DLogits = dLogits[(t * symbols)..((t + 1) * symbols)],
                            Loss = all.Nats[t],
                            TargetProbabilityAfter = Math.Exp(-after.Nats[t]),
                            Layers = layers[t],
                        }
                ),
            ],
            Loss = all.Loss,
            LossAfter = after.Loss,
            Reach =
            [
                .. Enumerable
                    .Range(0, reference._layers)
                    .Select(layer =>
                        lastAlone[layer]
                            .Reverse()
                            .Select(back => Norm([.. back.DHidden, .. back.DCellFromLater]))
                            .ToArray()
                    ),
            ],
        };
    }

    private static IReadOnlyList<ExplainedRow> Replaced(
        IReadOnlyList<ExplainedRow> rows,
        Dictionary<string, double[]> values
    )
    {
        Assert.Equal(values.Keys.Order(), rows.Select(row => row.Key).Order());
        return [.. rows.Select(row => row with { Values = values[row.Key] })];
    }

    private ReferenceResult Run() => _model.Run(_inputs, _targets, _steps, 1, _model.NewState(1), lossScale: 1);

    private double[] DLogits(ReferenceResult result)
    {
        int symbols = _model.Spec.Vocabulary;
        return
        [
            .. result.Logits.Select(
                (logit, i) =>
                    Math.Exp(
                        logit - result.Logits[i / symbols * symbols + _targets[i / symbols]] - result.Nats[i / symbols]
                    ) - (i % symbols == _targets[i / symbols] ? 1 : 0)
            ),
        ];
    }

    private RecurrentParameters Recurrent(SortedDictionary<string, double[]> tensors, int layer) =>
        new(tensors[$"rnn.weight_hh_l{layer}"], tensors.GetValueOrDefault($"rnn.bias_hh_l{layer}") ?? []);

    private void Forward()
    {
        int size = _cell.HasCellState ? _hidden : 0;
        for (int layer = 0; layer < _layers; layer++)
        {
            (_hiddens[layer][0], _cells[layer][0]) = (new double[_hidden], new double[size]);
            double[] weight = _model.Parameters[$"rnn.weight_ih_l{layer}"],
                bias = _model.Parameters[$"rnn.bias_ih_l{layer}"];
            for (int t = 0; t < _steps; t++)
            {
                _x[layer][t] = layer > 0 ? _hiddens[layer - 1][t + 1] : Symbol(_inputs[t]);
                _fromInput[layer][t] = [.. Product(weight, _x[layer][t]).Zip(bias, (product, b) => product + b)];
                (_saved[layer][t], _hiddens[layer][t + 1], _cells[layer][t + 1]) = (
                    new double[_cell.Saved * _hidden],
                    new double[_hidden],
                    new double[size]
                );
                _cell.Forward(
                    _fromInput[layer][t],
                    Recurrent(_model.Parameters, layer),
                    _hiddens[layer][t],
                    _cells[layer][t],
                    _saved[layer][t],
                    _hiddens[layer][t + 1],
                    _cells[layer][t + 1]
                );
            }
        }
    }

    private double[] Symbol(int id)
    {
        int size = _model.Spec.Embedding;
        if (size > 0)
            return _model.Parameters["embedding.weight"][(id * size)..((id + 1) * size)];
        double[] oneHot = new double[_model.Spec.Vocabulary];
        oneHot[id] = 1;
        return oneHot;
    }

    /// <summary>[layer][t].</summary>
    private BackwardStep[][] Backward(double[] dLogits)
    {
        int symbols = _model.Spec.Vocabulary;
        double[][] dAbove =
        [
            .. Enumerable
                .Range(0, _steps)
                .Select(t =>
                    TransposedProduct(_model.Parameters["head.weight"], dLogits[(t * symbols)..((t + 1) * symbols)])
                ),
        ];
        var steps = new BackwardStep[_layers][];
        var scratch = new ReferenceModel(_model.Spec);
        for (int layer = _layers - 1; layer >= 0; layer--)
        {
            steps[layer] = new BackwardStep[_steps];
            double[] dHiddenFromLater = new double[_hidden],
                dCell = new double[_cell.HasCellState ? _hidden : 0];
            for (int t = _steps - 1; t >= 0; t--)
            {
                double[] dHidden = [.. dAbove[t].Zip(dHiddenFromLater, (a, b) => a + b)],
                    dCellFromLater = [.. dCell];
                double[] dFromInput = new double[_cell.Gates * _hidden],
                    dHiddenBefore = new double[_hidden];
                _cell.Backward(
                    _saved[layer][t],
                    Recurrent(_model.Parameters, layer),
                    _hiddens[layer][t],
                    _cells[layer][t],
                    dHidden,
                    dCell,
                    dFromInput,
                    dHiddenBefore,
                    Recurrent(scratch.Parameters, layer)
                );
                steps[layer][t] = new(dAbove[t], dHiddenFromLater, dHidden, dCellFromLater, [.. dCell], dFromInput);
                dHiddenFromLater = dHiddenBefore;
            }
            dAbove =
            [
                .. steps[layer]
                    .Select(step => TransposedProduct(_model.Parameters[$"rnn.weight_ih_l{layer}"], step.DFromInput)),
            ];
        }
        return steps;
    }

    private Dictionary<string, double[]> ForwardRows(int layer, int t)
    {
        double[] fromHidden = Product(_model.Parameters[$"rnn.weight_hh_l{layer}"], _hiddens[layer][t]);
        double[] Input(int gate) => Block(_fromInput[layer][t], gate);
        double[] Recurrent(int gate) => Block(fromHidden, gate);
        double[] Saved(int block) => Block(_saved[layer][t], block);
        var rows = new Dictionary<string, double[]>
        {
            ["hidden_before"] = _hiddens[layer][t],
            ["hidden"] = _hiddens[layer][t + 1],
        };
        switch (_cell.Name)
        {
            case "rnn" or "linear":
                (rows["input_product"], rows["recurrent_product"]) = (Input(0), Recurrent(0));
                break;
            case "gru":
                AddGates("reset", "update");
                (rows["candidate_input_product"], rows["candidate"], rows["recalled"]) = (Input(2), Saved(2), Saved(3));
                break;
            default:
                AddGates("input", "forget", "candidate", "output");
                (rows["cell_before"], rows["cell"]) = (_cells[layer][t], _cells[layer][t + 1]);
                break;
        }
        return rows;

        void AddGates(params string[] names)
        {
            for (int gate = 0; gate < names.Length; gate++)
                (rows[$"{names[gate]}_input_product"], rows[$"{names[gate]}_recurrent_product"], rows[names[gate]]) = (
                    Input(gate),
                    Recurrent(gate),
                    Saved(gate)
                );
        }
    }

    private Dictionary<string, double[]> BackwardRows(int layer, int t, BackwardStep step)
    {
        var rows = new Dictionary<string, double[]>
        {
            ["d_hidden_from_above"] = step.DAbove,
            ["d_hidden_from_later"] = step.DHiddenFromLater,
            ["d_hidden"] = step.DHidden,
        };
        string[] gates = _cell.Name switch
        {
            "rnn" => ["d_preactivation"],
            "linear" => ["d_sum"],
            "gru" => ["d_reset", "d_update", "d_candidate"],
            _ => ["d_input", "d_forget", "d_candidate", "d_output"],
        };
        for (int gate = 0; gate < gates.Length; gate++)
            rows[gates[gate]] = Block(step.DFromInput, gate);
        if (_cell.Name == "gru")
            rows["d_recalled"] = Times(rows["d_candidate"], Block(_saved[layer][t], 0));
        if (_cell.HasCellState)
        {
            (rows["d_cell_from_later"], rows["d_cell_before"]) = (step.DCellFromLater, step.DCellBefore);
            // dc = dc' ⊙ forget, and a forget gate is never quite shut.
            rows["d_cell"] =
            [
                .. step.DCellBefore.Zip(Block(_saved[layer][t], 1), (dCellBefore, forget) => dCellBefore / forget),
            ];
        }
        return rows;
    }

    private void Update(ReferenceResult result, string optimizer, double rate)
    {
        foreach (var (name, parameters) in _model.Parameters)
        {
            double[] gradients = result.Gradients[name],
                first = new double[gradients.Length],
                second = new double[gradients.Length];
            switch (optimizer)
            {
                case "sgd":
                    ReferenceOptimizers.Sgd(parameters, gradients, rate);
                    break;
                case "adagrad":
                    ReferenceOptimizers.Adagrad(parameters, gradients, second, rate);
                    break;
                case "rmsprop":
                    ReferenceOptimizers.RmsProp(parameters, gradients, second, rate, alpha: 0.95);
                    break;
                default:
                    ReferenceOptimizers.Adam(parameters, gradients, first, second, step: 1, rate, beta2: 0.99);
                    break;
            }
        }
    }

    private double[] Block(double[] values, int block) => values[(block * _hidden)..((block + 1) * _hidden)];

    private static double[] Times(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x * y)];

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static double[] Product(double[] matrix, double[] vector) =>
        [
            .. Enumerable
                .Range(0, matrix.Length / vector.Length)
                .Select(row => vector.Select((value, column) => matrix[row * vector.Length + column] * value).Sum()),
        ];

    private static double[] TransposedProduct(double[] matrix, double[] vector)
    {
        int columns = matrix.Length / vector.Length;
        return
        [
            .. Enumerable
                .Range(0, columns)
                .Select(column => vector.Select((value, row) => matrix[row * columns + column] * value).Sum()),
        ];
    }

    private sealed record BackwardStep(
        double[] DAbove,
        double[] DHiddenFromLater,
        double[] DHidden,
        double[] DCellFromLater,
        double[] DCellBefore,
        double[] DFromInput
    );
}
