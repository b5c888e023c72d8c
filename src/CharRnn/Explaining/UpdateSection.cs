namespace CharRnn.Explaining;

/// <summary>The chapters on the update, and on what it was good for.</summary>
internal static class UpdateSection
{
    // Tensors up to this size are shown whole; of others the elements that move most.
    private const int MaxWhole = 48,
        MaxMoved = 8;

    /// <summary>The chapters.</summary>
    public static IEnumerable<PageBlock> Of(Explanation explanation)
    {
        yield return new Heading(2, "6. One update");
        yield return new Paragraph(
            "Each parameter takes a step against its gradient, with the learning rate "
                + $"{explanation.LearningRate.ToString(System.Globalization.CultureInfo.InvariantCulture)} "
                + $"({explanation.Optimizer.Name}):"
        );
        yield return new Equations(Rule(explanation.Optimizer.Name));
        foreach (var tensor in explanation.Tensors)
        {
            foreach (var block in Moved(explanation, tensor))
                yield return block;
        }

        yield return new Heading(2, "7. What it was good for");
        yield return new Paragraph("The same text, read again with the new parameters:");
        yield return new Table(
            "p of the character that came",
            ["before", "after"],
            [
                .. explanation.Steps.Select(
                    (step, t) =>
                        new TableRow(
                            $"t = {t}: {Walkthrough.Symbol(explanation, step.Target)}",
                            [NumberText.Of(step.Probabilities[step.Target]), NumberText.Of(step.TargetProbabilityAfter)]
                        )
                ),
                new TableRow("loss", [NumberText.Of(explanation.Loss), NumberText.Of(explanation.LossAfter)]),
            ]
        );
        yield return new Paragraph(
            NumberText.Of(explanation.LossAfter) == NumberText.Of(explanation.Loss)
                ? "It would be surprised as much: the step changed next to nothing."
            : explanation.LossAfter < explanation.Loss
                ? "It would be less surprised. Training is this, over and over, on other pieces of text each time."
            : "It would be more surprised: the step went too far. A smaller learning rate goes down."
        );
    }

    private static IEnumerable<PageBlock> Moved(Explanation explanation, ExplainedTensor tensor)
    {
        var names = new TensorNames(explanation.Spec, explanation.Vocabulary, tensor);
        int count = tensor.Before.Length;
        double Step(int i) => tensor.After[i] - tensor.Before[i];
        bool isWhole = count <= MaxWhole;
        int[] elements = isWhole
            ? [.. Enumerable.Range(0, count)]
            : [.. Enumerable.Range(0, count).OrderByDescending(i => Math.Abs(Step(i))).Take(MaxMoved)];
        string corner = isWhole ? names.Name : $"{names.Name}: the {MaxMoved} that move most of {NumberText.Of(count)}";
        yield return new Table(
            corner,
            ["before", "gradient", "step", "after"],
            [
                .. elements.Select(i => new TableRow(
                    names.Element(i / tensor.Columns, i % tensor.Columns),
                    [
                        NumberText.Of(tensor.Before[i]),
                        NumberText.Of(tensor.Gradient[i]),
                        NumberText.Of(Step(i)),
                        NumberText.Of(tensor.After[i]),
                    ]
                )),
            ]
        );
    }

    private static string[] Rule(string optimizer) =>
        optimizer switch
        {
            "sgd" => ["step = −rate · gradient"],
            "adagrad" =>
            [
                "squares = Σ gradient², over all updates so far; this is the first",
                "step    = −rate · gradient / √(squares + ε)",
            ],
            "rmsprop" =>
            [
                "squares = α · squares + (1 − α) · gradient², from 0",
                "step    = −rate · gradient / (√squares + ε)",
            ],
            _ =>
            [
                "m    = β₁ · m + (1 − β₁) · gradient,   v = β₂ · v + (1 − β₂) · gradient²,   from 0",
                "step = −rate · (m / (1 − β₁ⁿ)) / (√(v / (1 − β₂ⁿ)) + ε),   n = 1 at the first update",
            ],
        };
}
