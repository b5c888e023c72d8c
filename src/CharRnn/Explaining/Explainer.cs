using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Explaining;

/// <summary>
/// Recorder of every number of one training step, run on a copy of a model by the training engine.
/// </summary>
public static class Explainer
{
    /// <summary>Max characters of an explained text.</summary>
    public const int MaxCharacters = 101;

    /// <summary>
    /// Explains one window: the inputs are the text without its last character, read from a state of zeros, and the
    /// targets the text without its first.
    /// </summary>
    /// <param name="model">The model; it is not changed. Dropout is left out.</param>
    /// <param name="text">
    /// The text, at least two characters of the model's vocabulary and at most <see cref="MaxCharacters"/>.
    /// </param>
    /// <param name="optimizer">The optimiser of the update. Gradients are not clipped.</param>
    /// <param name="learningRate">Its learning rate.</param>
    /// <exception cref="SettingsException">
    /// The text is too short or too long, has a character that the vocabulary lacks, or the optimiser cannot be used.
    /// </exception>
    /// <exception cref="ModelException">
    /// The model has labels or is conditioned on the starts of records, or its loss is not finite.
    /// </exception>
    public static Explanation Explain(
        LanguageModel model,
        string text,
        OptimizerSettings optimizer,
        double learningRate
    )
    {
        if (model.Labels.Count > 0)
            throw new ModelException(
                "the model has learnt texts by their labels, and an explanation covers symbols alone; explain a "
                    + "model that was trained without labels."
            );
        if (model.Spec.ConditionOnFirstSymbol)
            throw new ModelException(
                "the model is given the starts of records, which an explanation does not cover; explain a model that "
                    + "was trained without 'ConditionOnFirstSymbol'."
            );
        int[] ids = model.Encode(text);
        if (ids.Length is < 2 or > MaxCharacters)
            throw new SettingsException(
                $"the text has {Quantity.Count(ids.Length, "character")}; from 2 to {MaxCharacters} can be "
                    + "explained, since each but the last is a step."
            );
        using var copy = CopyOf(model);
        int[] inputs = ids[..^1],
            targets = ids[1..];

        double[][] before = Snapshot(copy, copy.Weights);
        double[] logitsBefore = Logits(copy, inputs);
        var withoutLast =
            inputs.Length > 1
                ? RunStep(
                    copy,
                    inputs[..^1],
                    targets[..^1],
                    new OptimizerSettings { Name = "sgd" },
                    learningRate: 0,
                    out _,
                    out _
                )
                : null;
        var recorded = RunStep(
            copy,
            inputs,
            targets,
            optimizer,
            learningRate,
            out double[][]? gradients,
            out double loss
        );
        if (!double.IsFinite(loss))
            throw new ModelException(
                "the model's loss on the text is not a finite number: its weights are damaged, or it diverged."
            );
        double[][] after = Snapshot(copy, copy.Weights);
        double[] logitsAfter = Logits(copy, inputs);

        int symbols = copy.Spec.VocabularySize;
        var steps = new ExplainedStep[inputs.Length];
        double lossAfter = 0;
        for (int t = 0; t < steps.Length; t++)
        {
            double[] logits = logitsBefore[(t * symbols)..((t + 1) * symbols)];
            double[] probabilities = Softmax(logits),
                dLogits = [.. probabilities];
            dLogits[targets[t]] -= 1;
            double probabilityAfter = Softmax(logitsAfter[(t * symbols)..((t + 1) * symbols)])[targets[t]];
            lossAfter -= Math.Log(probabilityAfter);
            var layers = Enumerable
                .Range(0, copy.Spec.NumLayers)
                .Select(layer => Describe(copy.Spec, recorded[layer, t], layer));
            steps[t] = new(
                inputs[t],
                targets[t],
                [.. layers],
                logits,
                probabilities,
                -Math.Log(probabilities[targets[t]]),
                dLogits,
                probabilityAfter
            );
        }

        return new()
        {
            Spec = copy.Spec,
            Vocabulary = copy.Vocabulary,
            Optimizer = optimizer,
            LearningRate = learningRate,
            Tensors =
            [
                .. copy.Layout.Tensors.Select(
                    (tensor, i) =>
                        new ExplainedTensor(tensor.Name, tensor.Rows, tensor.Columns, before[i], gradients[i], after[i])
                ),
            ],
            Steps = steps,
            Loss = loss,
            LossAfter = lossAfter,
            Reach =
            [
                .. Enumerable
                    .Range(0, copy.Spec.NumLayers)
                    .Select(layer => Reach(layer, inputs.Length, recorded, withoutLast)),
            ],
        };
    }

    private static LanguageModel CopyOf(LanguageModel model)
    {
        var spec = model.Spec with { Dropout = 0, OutputDropout = 0, LogitDropout = 0 };
        var layout = new ParameterLayout(spec);
        var copy = LanguageModel.OfZeros(
            new(layout, model.Vocabulary, model.Labels, model.Provenance, model.Preparation)
        );
        foreach (var (from, to) in model.Layout.Tensors.Zip(copy.Layout.Tensors))
            to.CopyTo(from.CopyFrom(model.Weights), copy.Weights);
        return copy;
    }

    /// <summary>Runs one training step on one window under observation; the loss is the sum over its steps.</summary>
    private static ScanRecorder RunStep(
        LanguageModel copy,
        int[] inputs,
        int[] targets,
        OptimizerSettings optimizer,
        double learningRate,
        out double[][] gradients,
        out double loss
    )
    {
        using var team = new WorkerTeam(1);
        var unclipped = new ClipLimits(double.PositiveInfinity, double.PositiveInfinity);
        using var pass = new LanguageModelPass(copy.Layout, copy.Weights, inputs.Length, streams: 1, team);
        using var training = new TrainingStep(pass, Optimizer.Create(optimizer), unclipped, team);
        var recorder = new ScanRecorder(pass.Window);
        pass.Prepare(inputs, targets, carryState: false, lossScale: 1, dropoutSeed: 0, step: 1);
        training.Run(step: 1, learningRate, lossCeiling: double.PositiveInfinity);
        gradients = Snapshot(copy, pass.Gradients);
        loss = pass.TotalLoss();
        return recorder;
    }

    private static double[][] Snapshot(LanguageModel copy, Arena arena) =>
        [.. copy.Layout.Tensors.Select(tensor => Array.ConvertAll(tensor.CopyFrom(arena), value => (double)value))];

    /// <summary>(T, V).</summary>
    private static double[] Logits(LanguageModel copy, int[] inputs)
    {
        NetworkState? state = null;
        return Array.ConvertAll(copy.Forward(inputs, inputs.Length, streams: 1, ref state), value => (double)value);
    }

    private static double[] Softmax(double[] logits)
    {
        double largest = logits.Max();
        double[] powers = Array.ConvertAll(logits, logit => Math.Exp(logit - largest));
        double sum = powers.Sum();
        return Array.ConvertAll(powers, power => power / sum);
    }

    private static ExplainedLayer Describe(ModelSpec spec, StepTrace trace, int layer)
    {
        var equations = CellEquations.Of(spec.Cell);
        string above = layer == spec.NumLayers - 1 ? "dh' from the head" : "dh' from the layer above";
        return new(
            [.. equations.Forward(trace)],
            [
                new("d_hidden_from_above", above, trace.DHiddenFromAbove()),
                new("d_hidden_from_later", "dh' from the step after", trace.DHiddenFromLater),
                new("d_hidden", "dh' = their sum", trace.DHidden),
                .. equations.Backward(trace),
            ]
        );
    }

    /// <summary>
    /// Gradients are additive: the difference of the gradients with and without the last loss is the gradient of the
    /// last loss alone.
    /// </summary>
    private static double[] Reach(int layer, int steps, ScanRecorder all, ScanRecorder? withoutLast)
    {
        double[] norms = new double[steps];
        for (int distance = 0; distance < steps; distance++)
        {
            int t = steps - 1 - distance;
            var (with, without) = (all[layer, t], distance == 0 ? null : withoutLast![layer, t]);
            double squares =
                SquaredDistance(with.DHidden, without?.DHidden)
                + SquaredDistance(with.DCellFromLater, without?.DCellFromLater);
            norms[distance] = Math.Sqrt(squares);
        }
        return norms;
    }

    private static double SquaredDistance(double[] from, double[]? to)
    {
        double sum = 0;
        for (int j = 0; j < from.Length; j++)
        {
            double difference = from[j] - (to?[j] ?? 0);
            sum += difference * difference;
        }
        return sum;
    }
}
