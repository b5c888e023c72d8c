using CharRnn.Explaining;

namespace CharRnn.Studio.Explain;

/// <summary>Tensor as a heat map, before, its gradient, and after.</summary>
public sealed record TensorView(
    string Tensor,
    string Name,
    IReadOnlyList<string> Columns,
    IReadOnlyList<HeatRow> Before,
    IReadOnlyList<HeatRow> Gradient,
    IReadOnlyList<HeatRow> After
);

/// <summary>An explanation cut to what fits a page, with the names of rows and columns.</summary>
public sealed class ExplanationView
{
    private readonly Selection _selection;

    /// <summary>Makes one.</summary>
    /// <param name="explanation">The numbers.</param>
    /// <param name="unit">A unit that is shown in any case; null for none.</param>
    internal ExplanationView(Explanation explanation, int? unit = null)
    {
        Explanation = explanation;
        _selection = new Selection(explanation, unit);
        Equations = CellEquations.Of(explanation.Spec.Cell);
        Tensors = [.. explanation.Tensors.Select(View)];
    }

    /// <summary>All numbers.</summary>
    public Explanation Explanation { get; }

    /// <summary>The cell's equations.</summary>
    internal CellEquations Equations { get; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<TensorView> Tensors { get; }

    /// <summary>Whether units or symbols are left out.</summary>
    public bool IsCut => _selection.LeavesOutUnits || _selection.LeavesOutSymbols;

    /// <summary>Name of a symbol.</summary>
    public string Symbol(int id) => TensorNames.OfSymbol(Explanation.Vocabulary, id);

    /// <summary>Heads of a layer's units.</summary>
    public IReadOnlyList<string> Units(int layer) => [.. _selection.UnitsOf(layer).Select(unit => $"unit {unit}")];

    /// <summary>The numbers of a layer at a step.</summary>
    public IReadOnlyList<HeatRow> Layer(int t, int layer, bool isBackward)
    {
        var numbers = Explanation.Steps[t].Layers[layer];
        return
        [
            .. (isBackward ? numbers.Backward : numbers.Forward).Select(row =>
                HeatRow.Of(row.Meaning, row.Values, _selection.UnitsOf(layer))
            ),
        ];
    }

    /// <summary>The symbols that are shown at a step.</summary>
    public int[] Symbols(int t) => _selection.SymbolsOf(Explanation.Steps[t]);

    private TensorView View(ExplainedTensor tensor)
    {
        var names = new TensorNames(Explanation.Spec, Explanation.Vocabulary, tensor);
        int[] rows = _selection.RowsOf(tensor, names),
            columns = _selection.ColumnsOf(tensor, names);
        return new TensorView(
            tensor.Name,
            names.Name,
            // A vector's one column has no name.
            [.. columns.Select(names.Column).Where(name => name.Length > 0)],
            Rows(tensor.Before),
            Rows(tensor.Gradient),
            Rows(tensor.After)
        );

        IReadOnlyList<HeatRow> Rows(double[] values) =>
            [
                .. rows.Select(row => new HeatRow(
                    names.Row(row),
                    [.. columns.Select(column => values[(row * tensor.Columns) + column])],
                    [.. columns.Select(column => (row * tensor.Columns) + column)]
                )),
            ];
    }
}
