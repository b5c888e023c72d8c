namespace CharRnn.Explaining;

/// <summary>
/// Selection of the units and symbols displayed on a page: all if they are few, otherwise the most important.
/// </summary>
internal sealed class Selection
{
    /// <summary>Max columns of a table.</summary>
    public const int MaxColumns = 7;

    private const int FewColumns = 5,
        MaxRows = 28;

    private readonly Explanation _explanation;
    private readonly int? _unit;
    private readonly int[][] _units;
    private readonly int[] _symbols;

    /// <summary>Selects from an explanation.</summary>
    /// <param name="explanation">The explanation.</param>
    /// <param name="unit">A unit that is among those of every layer; null for none.</param>
    public Selection(Explanation explanation, int? unit = null)
    {
        (_explanation, _unit) = (explanation, unit);
        _units = [.. Enumerable.Range(0, explanation.Spec.NumLayers).Select(MostActiveUnits)];
        _symbols = All(explanation.Spec.VocabularySize) ?? [.. OfText(explanation).Distinct().Take(FewColumns).Order()];
    }

    /// <summary>Whether some units are left out.</summary>
    public bool LeavesOutUnits => _units[0].Length < _explanation.Spec.HiddenSize;

    /// <summary>Whether some symbols are left out.</summary>
    public bool LeavesOutSymbols => _symbols.Length < _explanation.Spec.VocabularySize;

    /// <summary>The units of a layer, ascending: if there are many, those whose h' is largest over the steps.</summary>
    public int[] UnitsOf(int layer) => _units[layer];

    /// <summary>The symbols of tensors: if there are many, the first of the text.</summary>
    public int[] Symbols => _symbols;

    /// <summary>
    /// The symbols of a step: if there are many, the likeliest, likeliest first, and the target.
    /// </summary>
    public int[] SymbolsOf(ExplainedStep step)
    {
        if (!LeavesOutSymbols)
            return _symbols;
        int[] likeliest =
        [
            .. Enumerable
                .Range(0, step.Probabilities.Length)
                .OrderByDescending(id => step.Probabilities[id])
                .Take(FewColumns),
        ];
        return likeliest.Contains(step.Target) ? likeliest : [.. likeliest, step.Target];
    }

    /// <summary>The rows of a tensor.</summary>
    public int[] RowsOf(ExplainedTensor tensor, TensorNames names)
    {
        if (names.HasSymbolRows)
            return _symbols;
        if (!names.IsGated)
            return All(tensor.Rows, MaxRows) ?? Few(tensor.Rows);
        int hidden = _explanation.Spec.HiddenSize;
        return
        [
            .. Enumerable
                .Range(0, tensor.Rows / hidden)
                .SelectMany(gate => _units[names.Layer].Select(unit => gate * hidden + unit)),
        ];
    }

    /// <summary>The columns of a tensor.</summary>
    public int[] ColumnsOf(ExplainedTensor tensor, TensorNames names)
    {
        if (names.HasSymbolColumns)
            return _symbols;
        // The recurrent weights have no columns for units that are not fed back.
        if (names.HasUnitColumns)
            return [.. _units[names.Layer].Where(unit => unit < tensor.Columns)];
        return All(tensor.Columns) ?? Few(tensor.Columns);
    }

    private static int[]? All(int count, int most = MaxColumns) =>
        count <= most ? [.. Enumerable.Range(0, count)] : null;

    private static int[] Few(int count) => [.. Enumerable.Range(0, Math.Min(count, FewColumns))];

    private static IEnumerable<int> OfText(Explanation explanation) =>
        explanation.Steps.SelectMany(step => new[] { step.Input, step.Target });

    private int[] MostActiveUnits(int layer)
    {
        int hidden = _explanation.Spec.HiddenSize;
        if (All(hidden) is { } all)
            return all;
        double Activity(int unit) => _explanation.Steps.Sum(step => Math.Abs(step.Layers[layer].Hidden[unit]));
        return
        [
            .. Enumerable
                .Range(0, hidden)
                .OrderByDescending(unit => unit == _unit)
                .ThenByDescending(Activity)
                .Take(FewColumns)
                .Order(),
        ];
    }
}
