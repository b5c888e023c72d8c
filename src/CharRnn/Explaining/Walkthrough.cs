using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Explaining;

/// <summary>
/// Page of an explanation, section by section: each number of the training step with the words and equations that lead
/// to it.
/// </summary>
internal static class Walkthrough
{
    /// <summary>The blocks of the page.</summary>
    public static IReadOnlyList<PageBlock> Of(Explanation explanation)
    {
        var selection = new Selection(explanation);
        return
        [
            .. Opening(explanation, selection),
            .. TextAsNumbers(explanation, selection),
            .. Parameters(explanation, selection),
            .. ForwardSection.Of(explanation, selection),
            .. BackwardSection.Of(explanation, selection),
            .. UpdateSection.Of(explanation),
            .. Reach(explanation),
        ];
    }

    /// <summary>Name of a symbol on the page.</summary>
    internal static string Symbol(Explanation explanation, int id) => TensorNames.OfSymbol(explanation.Vocabulary, id);

    /// <summary>Names of symbols, or units, as columns.</summary>
    internal static string[] SymbolColumns(Explanation explanation, IEnumerable<int> ids) =>
        [.. ids.Select(id => Symbol(explanation, id))];

    /// <inheritdoc cref="SymbolColumns"/>
    internal static string[] UnitColumns(IEnumerable<int> units) => [.. units.Select(unit => $"unit {unit}")];

    /// <summary>A row with selected numbers.</summary>
    internal static TableRow Row(string name, double[] values, IEnumerable<int> which) =>
        new(name, [.. which.Select(i => NumberText.Of(values[i]))]);

    private static IEnumerable<PageBlock> Opening(Explanation explanation, Selection selection)
    {
        var spec = explanation.Spec;
        string layers = spec.NumLayers > 1 ? $"{spec.NumLayers} layers of " : "";
        yield return new Heading(1, "One training step, number by number");
        yield return new Paragraph(
            $"A network of the kind {spec.Cell}, with {layers}{NumberText.Of(spec.HiddenSize)} hidden units "
                + $"and {NumberText.Of(explanation.Tensors.Sum(tensor => tensor.Before.Length))} parameters, "
                + $"reads the text {Quoted(explanation)} once and learns from it once. It reads forward and expects "
                + "a character after each one, "
                + "goes backward to find how each of its numbers should have been different, and changes its "
                + "parameters a little."
        );
        if (selection.LeavesOutUnits)
        {
            yield return new Paragraph(
                $"Not everything fits a page: of {NumberText.Of(spec.HiddenSize)} units in each layer "
                    + $"{selection.UnitsOf(0).Length} are shown, those whose state is largest in this text. "
                    + "All of them take part in every number."
            );
        }
        if (selection.LeavesOutSymbols)
            yield return new Paragraph(
                $"Of {NumberText.Of(spec.VocabularySize)} symbols only the likeliest are shown at each step, and "
                    + "the one that came."
            );
    }

    private static string Quoted(Explanation explanation)
    {
        int[] ids = [.. explanation.Steps.Select(step => step.Input), explanation.Steps[^1].Target];
        return $"'{TextEscape.ForTerminal(explanation.Vocabulary.Decode(ids), keepLineFeedsAndTabs: false)}'";
    }

    private static IEnumerable<PageBlock> TextAsNumbers(Explanation explanation, Selection selection)
    {
        var spec = explanation.Spec;
        yield return new Heading(2, "1. The text as numbers");
        yield return new Paragraph("The network knows a character by its place in the sorted alphabet, its id:");
        yield return new Table(
            "character",
            SymbolColumns(explanation, selection.Symbols),
            [new TableRow("id", [.. selection.Symbols.Select(NumberText.Of)])]
        );
        yield return new Paragraph("At each step it reads one character, and should expect the one that comes next:");
        yield return new Table(
            "step",
            ["reads", "should expect"],
            [
                .. explanation.Steps.Select(
                    (step, t) =>
                        new TableRow($"t = {t}", [Symbol(explanation, step.Input), Symbol(explanation, step.Target)])
                ),
            ]
        );
        string activated =
            spec.EmbeddingActivation == Activation.None
                ? ""
                : $", each taken through {spec.EmbeddingActivation.ToString().ToLowerInvariant()}";
        yield return new Paragraph(
            spec.EmbeddingSize == 0
                ? "A character goes in as x: a 0 for each character of the alphabet, but a 1 at its own id "
                    + "(one-hot). Multiplying it by W therefore picks the column of W that belongs to the character."
                : $"A character goes in as x, its row of the embedding: {NumberText.Of(spec.EmbeddingSize)} numbers "
                    + $"that are learnt as all parameters are{activated}."
        );
    }

    private static IEnumerable<PageBlock> Parameters(Explanation explanation, Selection selection)
    {
        var spec = explanation.Spec;
        var equations = CellEquations.Of(spec.Cell);
        yield return new Heading(2, "2. The parameters");
        yield return new Paragraph(
            "What is learnt is in these numbers. The step's equations say what they are for: x is the input, "
                + "h the state before the step, h' the state after it; "
                + "⊙ multiplies unit by unit"
                + (spec.Cell == "rnn" ? "." : ", and σ(a) = 1 / (1 + e^−a) lies between 0 and 1: a gate, shut or open.")
        );
        yield return new Equations([
            .. equations.ForwardEquations,
            .. OutputEquation(spec),
            $"logits = W_head {HeadInput(spec)} + b_head",
        ]);
        if (spec.Biases == BiasMode.Double)
            yield return new Paragraph(
                "Each gate has two biases, and b stands for their sum, b + "
                    + $"b_hh{(spec.CellKind.SplitGates > 0 ? "; b_hn is the last part of b_hh" : "")}."
            );
        if (spec.NumLayers > 1)
            yield return new Paragraph(
                $"There are {spec.NumLayers} layers, each with parameters of its own: the first one's x is the "
                    + "character, a later one's is what the layer below puts "
                    + $"out{(ChangesOutput(spec) ? ", its y" : ", its h'")}."
            );
        foreach (var tensor in explanation.Tensors)
        {
            var names = new TensorNames(spec, explanation.Vocabulary, tensor);
            yield return Matrix(names, tensor, selection.RowsOf(tensor, names), selection.ColumnsOf(tensor, names));
        }
    }

    /// <summary>Input of the head, as in the equations.</summary>
    internal static string HeadInput(ModelSpec spec)
    {
        string output = ChangesOutput(spec) ? "y" : "h'";
        return spec.HeadActivation == Activation.None
            ? output
            : $"{spec.HeadActivation.ToString().ToLowerInvariant()}({output})";
    }

    /// <summary>Equation of a layer's output, if that is not its h'.</summary>
    private static IEnumerable<string> OutputEquation(ModelSpec spec)
    {
        if (!ChangesOutput(spec))
            yield break;
        string own = spec.ProjectionSize > 0 ? "P h'" : "h'";
        yield return spec.Residual && spec.NumLayers > 1
            ? $"y = {own} in the first layer, x + {own} in every later one"
            : $"y = {own}";
    }

    private static bool ChangesOutput(ModelSpec spec) =>
        spec.ProjectionSize > 0 || (spec.Residual && spec.NumLayers > 1);

    private static Table Matrix(TensorNames names, ExplainedTensor tensor, int[] rows, int[] columns)
    {
        string size = tensor.Columns == 1 ? $"({tensor.Rows})" : $"({tensor.Rows} × {tensor.Columns})";
        string corner = $"{names.Name} {size}";
        // Vectors read better along a line: a line for each gate.
        if (tensor.Columns == 1 && names.IsGated)
        {
            int hidden = tensor.Rows / names.Gates.Count;
            int[] units = [.. rows.Where(row => row < hidden)];
            return new(
                corner,
                UnitColumns(units),
                [.. names.Gates.Select((gate, i) => Row(gate, tensor.Before, units.Select(unit => i * hidden + unit)))]
            );
        }
        if (tensor.Columns == 1 && rows.Length <= Selection.MaxColumns)
            return new(corner, [.. rows.Select(names.Row)], [Row("", tensor.Before, rows)]);
        return new(
            corner,
            [.. columns.Select(names.Column)],
            [
                .. rows.Select(row => new TableRow(
                    names.Row(row),
                    [.. columns.Select(column => NumberText.Of(tensor.Before[row * tensor.Columns + column]))]
                )),
            ]
        );
    }

    /// <summary>Distances listed: all near ones, every tenth of the others, and the last.</summary>
    private static IEnumerable<int> DistancesShown(int count)
    {
        const int Near = 10;
        return Enumerable.Range(0, count).Where(back => back < Near || back % Near == 0 || back == count - 1);
    }

    private static string Length(double[] norms, int back)
    {
        // It is computed from gradients in single precision, which have no more digits.
        double smallest = 1e-6 * norms.Max();
        return norms[back] < smallest ? $"< {NumberText.Of(smallest)}" : NumberText.Of(norms[back]);
    }

    private static IEnumerable<PageBlock> Reach(Explanation explanation)
    {
        if (explanation.Steps.Count < 2)
            yield break;
        yield return new Heading(2, "8. How far back the last loss reaches");
        string state = CellEquations.Of(explanation.Spec.Cell).HasCellState ? "state (h' and c')" : "state h'";
        yield return new Paragraph(
            $"The loss of the last step alone, and the length of its gradient in the {state} of that step and "
                + "of those before it. Where it shrinks from step to step the network cannot learn that "
                + "what it read back there mattered: the gradient vanishes."
        );
        string[] columns =
            explanation.Reach.Count == 1 ? ["length"] : [.. explanation.Reach.Select((_, layer) => $"layer {layer}")];
        yield return new Table(
            "steps back",
            columns,
            [
                .. DistancesShown(explanation.Steps.Count)
                    .Select(back => new TableRow(
                        $"{back}",
                        [.. explanation.Reach.Select(norms => Length(norms, back))]
                    )),
            ]
        );
    }
}
