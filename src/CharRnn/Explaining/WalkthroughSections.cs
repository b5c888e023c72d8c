using System.Globalization;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>Sections on the forward pass and the loss.</summary>
internal static class ForwardSection
{
    private const int TermsOfALine = 8;

    /// <summary>The blocks of the sections.</summary>
    public static IEnumerable<PageBlock> Of(Explanation explanation, Selection selection)
    {
        yield return new Heading(2, "3. Forward: read, and expect");
        string carried = CellEquations.Of(explanation.Spec.Cell).HasCellState ? ", h and c," : " h";
        yield return new Paragraph(
            $"Before the first step nothing has been read: the state{carried} is all zeros. After each step "
                + "the logits, a score for every character, become probabilities by softmax:"
        );
        yield return new Equations(["p_k = e^logit_k / Σ_j e^logit_j", "loss = −ln p of the character that came"]);
        for (int t = 0; t < explanation.Steps.Count; t++)
        {
            foreach (var block in Step(explanation, selection, t))
                yield return block;
        }

        int count = explanation.Steps.Count;
        yield return new Heading(2, "4. The loss");
        yield return new Paragraph("It is the sum over the steps: how surprising the text was.");
        string[][] terms = [.. explanation.Steps.Select(step => NumberText.Of(step.Loss)).Chunk(TermsOfALine)];
        yield return new Equations([
            .. terms[..^1].Select(line => string.Join(" + ", line) + " +"),
            $"{string.Join(" + ", terms[^1])} = {NumberText.Of(explanation.Loss)}",
        ]);
        yield return new Paragraph(
            $"That is {NumberText.Of(explanation.Loss / count)} a character. Who guesses blindly pays ln "
                + $"{NumberText.Of(explanation.Spec.VocabularySize)} = "
                + $"{NumberText.Of(Math.Log(explanation.Spec.VocabularySize))}; who knows what comes, nothing."
        );
    }

    private static IEnumerable<PageBlock> Step(Explanation explanation, Selection selection, int t)
    {
        var step = explanation.Steps[t];
        string Name(int id) => Walkthrough.Symbol(explanation, id);
        yield return new Heading(3, $"t = {t}: reads {Name(step.Input)}, should expect {Name(step.Target)}");
        for (int layer = 0; layer < step.Layers.Count; layer++)
        {
            int[] units = selection.UnitsOf(layer);
            string corner = step.Layers.Count > 1 ? $"layer {layer}" : "";
            yield return new Table(
                corner,
                Walkthrough.UnitColumns(units),
                [.. step.Layers[layer].Forward.Select(row => Walkthrough.Row(row.Meaning, row.Values, units))]
            );
        }
        int[] symbols = selection.SymbolsOf(step);
        yield return new Table(
            "",
            Walkthrough.SymbolColumns(explanation, symbols),
            [
                Walkthrough.Row("logits", step.Logits, symbols),
                Walkthrough.Row("p = softmax(logits)", step.Probabilities, symbols),
            ]
        );
        yield return new Equations([
            $"loss = −ln p({Name(step.Target)}) = −ln {NumberText.Of(step.Probabilities[step.Target])} = "
                + $"{NumberText.Of(step.Loss)}",
        ]);
    }
}

/// <summary>Section on backpropagation through time and the gradients of the parameters.</summary>
internal static class BackwardSection
{
    /// <summary>The blocks of the sections.</summary>
    public static IEnumerable<PageBlock> Of(Explanation explanation, Selection selection)
    {
        var equations = CellEquations.Of(explanation.Spec.Cell);
        yield return new Heading(2, "5. Backward through time");
        yield return new Paragraph(
            "dX is the gradient of the loss in X: by how much the loss grows, for each bit that X grows. It "
                + "begins at the logits, where softmax and logarithm together leave a difference: "
                + "what was expected, less what came."
        );
        string fromHead =
            Walkthrough.HeadInput(explanation.Spec) == "h'"
                ? "W_headᵀ dLogits"
                : $"W_headᵀ dLogits, taken back through {Walkthrough.HeadInput(explanation.Spec)},";
        yield return new Equations([
            "dLogits = p − 1[the character that came]",
            $"dh'     = {fromHead} + what comes from the step after",
        ]);
        yield return new Paragraph("and goes on through the cell:");
        yield return new Equations([.. equations.BackwardEquations]);
        yield return new Paragraph(
            "A state counts for everything that is read after it. So the steps are gone through from the "
                + "last, which nothing follows, to the first, and dh is handed on to the step before as a part of "
                + "its dh'"
                + (equations.HasCellState ? ", dc as a part of its dc'." : ".")
        );
        for (int t = explanation.Steps.Count - 1; t >= 0; t--)
        {
            foreach (var block in Step(explanation, selection, t))
                yield return block;
        }
        foreach (var block in Gradients(explanation))
            yield return block;
    }

    private static IEnumerable<PageBlock> Step(Explanation explanation, Selection selection, int t)
    {
        var step = explanation.Steps[t];
        yield return new Heading(3, $"t = {t}: {Walkthrough.Symbol(explanation, step.Target)} came");
        int[] symbols = selection.SymbolsOf(step);
        yield return new Table(
            "",
            Walkthrough.SymbolColumns(explanation, symbols),
            [Walkthrough.Row("dLogits", step.DLogits, symbols)]
        );
        for (int layer = step.Layers.Count - 1; layer >= 0; layer--)
        {
            int[] units = selection.UnitsOf(layer);
            string corner = step.Layers.Count > 1 ? $"layer {layer}" : "";
            yield return new Table(
                corner,
                Walkthrough.UnitColumns(units),
                [.. step.Layers[layer].Backward.Select(row => Walkthrough.Row(row.Meaning, row.Values, units))]
            );
        }
    }

    private static IEnumerable<PageBlock> Gradients(Explanation explanation)
    {
        var spec = explanation.Spec;
        yield return new Heading(3, "What each parameter is told");
        yield return new Paragraph(
            "A weight multiplies one number and adds the product to another. Its gradient is the gradient of "
                + "the sum times the number it multiplies, added up over the steps; a bias multiplies 1."
        );
        yield return new Equations([
            $"dW_head = Σ_t dLogits {Walkthrough.HeadInput(spec)}ᵀ",
            "db_head = Σ_t dLogits",
            .. CellEquations.Of(spec.Cell).WeightEquations,
        ]);
        if (Walkthrough.HeadInput(spec) != "h'")
            yield break;

        // One element written out: that of the last target and the first unit.
        var (symbol, unit) = (explanation.Steps[^1].Target, 0);
        var head = explanation.Tensors.Single(tensor => tensor.Name == "head.weight");
        string name = $"dW_head[{Walkthrough.Symbol(explanation, symbol)}, unit {unit}]";
        yield return new Paragraph(
            $"One of them written out, {name}: at each step dLogits of the symbol times h' of the unit."
        );
        yield return new Equations([
            .. explanation.Steps.Select(
                (step, t) =>
                    $"t = {t}:  {NumberText.Of(step.DLogits[symbol])} · {NumberText.Of(step.Layers[^1].Hidden[unit])}"
            ),
            $"sum:    {NumberText.Of(head.Gradient[symbol * head.Columns + unit])}",
        ]);
    }
}

/// <summary>Sections on the update and its effect.</summary>
internal static class UpdateSection
{
    // Tensors up to this size are listed whole; of others the elements that move most.
    private const int MaxWhole = 48,
        MaxMoved = 8;

    /// <summary>The blocks of the sections.</summary>
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
