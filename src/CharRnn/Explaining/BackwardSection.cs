using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>The chapter on going backward through time, and what each parameter is told by it.</summary>
internal static class BackwardSection
{
    /// <summary>The chapter.</summary>
    public static IEnumerable<PageBlock> Of(Explanation explanation, Selection selection)
    {
        var story = CellEquations.Of(explanation.Spec.Cell);
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
        yield return new Equations([.. story.BackwardEquations]);
        yield return new Paragraph(
            "A state counts for everything that is read after it. So the steps are gone through from the "
                + "last, which nothing follows, to the first, and dh is handed on to the step before as a part of its dh'"
                + (story.HasCellState ? ", dc as a part of its dc'." : ".")
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

        // One of them written out: how the character that came last depends on the first unit.
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
