using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>The chapter on reading forward, and on the loss.</summary>
internal static class ForwardSection
{
    private const int TermsOfALine = 8;

    /// <summary>The chapter.</summary>
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
