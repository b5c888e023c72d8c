using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Input of the first layer: the products of its symbols and, where there are labels, of these.</summary>
/// <param name="Symbols">The symbols'.</param>
/// <param name="Labels">The labels', added to those; null for none.</param>
internal readonly record struct FirstLayerInput(InputProjection Symbols, InputProjection? Labels)
{
    /// <summary>Whether the window's products are yet to be computed.</summary>
    public bool NeedsBuild => !Symbols.HoldsAll || Labels is not null;

    /// <summary>Whether one thread computes them sooner than several would have met at a barrier afterwards.</summary>
    public bool IsQuicklyBuilt => Labels is null && Symbols.IsQuicklyBuilt;

    /// <summary>Computes some columns of the products.</summary>
    public void Build(PanelRange panels)
    {
        Symbols.Build(panels);
        Labels?.Build(panels);
    }
}

/// <summary>
/// Input projection of the first layer, x·Wᵀ + b, by table. A window has few distinct symbols, so each one's product is
/// computed once and rows are gathered; backward, the gates' gradients are first summed for each symbol, in row order,
/// and then pass through the weights once:
/// <code>
/// forward                                   backward
/// table = act(E)·Wᵀ + b                     dTable[s] = Σ dGates[t, b] over positions with symbol s
/// gates[t, b] = table[symbol at (t, b)]     dW = dTableᵀ·act(E), db = Σ dTable, dE = dTable·W ⊙ act'(E)
/// </code>
/// Symbols that are fed one-hot have no embedding E: their table is rows of W. Labels have a table of their own,
/// without the bias, whose rows are added to what was gathered.
/// </summary>
internal sealed class InputProjection : IDisposable
{
    // Looking at this many symbols of the vocabulary takes as long as sorting one.
    private const int VocabularyWalk = 16;

    private const int MaxQuickTable = 1 << 15;

    // Rows of the embeddings whose gradients are taken together: enough for a product's tiles.
    private const int GroupRows = 24;

    private readonly RecurrentLayout _layout;
    private readonly ForwardWeights _weights;
    private readonly int _layer;
    private readonly InputFeature _feature;
    private readonly MatrixPool _pool = new();

    // Null for labels.
    private readonly LayerBias? _bias;

    // (distinct ids, E) after the activation, and their gradients; (distinct ids, G·H).
    private readonly Matrix _embeddings,
        _dEmbeddings,
        _table;

    // By id: its row of the table, and the number of the collection that last had it.
    private readonly int[] _tableRowOf,
        _stampOf;

    // By table row: its id. By row of the window: its table row.
    private readonly int[] _distinct,
        _tableRows;
    private int _stamp;

    private InputProjection(
        RecurrentLayout layout,
        int layer,
        InputFeature feature,
        bool hasBias,
        ForwardWeights weights,
        int rows
    )
    {
        (_layout, _layer, _feature, _weights) = (layout, layer, feature, weights);
        // Silence is one more.
        int maxDistinct = Math.Min(feature.Count + 1, rows);
        _embeddings = _pool.Allocate(maxDistinct, Padding.RoundUp(feature.EmbeddingSize));
        _dEmbeddings = _pool.Allocate(maxDistinct, Padding.RoundUp(feature.EmbeddingSize));
        _table = _pool.Allocate(maxDistinct, layout.Network.CellKind.Gates * layout.HiddenWidth);
        if (hasBias)
            _bias = new LayerBias(layout, weights, layer, copies: 1, _pool);
        (_tableRows, _distinct) = (new int[rows], new int[maxDistinct]);
        (_tableRowOf, _stampOf) = (new int[feature.Count + 1], new int[feature.Count + 1]);
    }

    /// <summary>The symbols' table, for windows of up to <paramref name="rows"/> positions.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="rows">Number of positions.</param>
    /// <param name="layer">The number of the layer that reads them.</param>
    public static InputProjection OfSymbols(RecurrentLayout layout, ForwardWeights weights, int rows, int layer = 0) =>
        new(layout, layer, layout.Symbols(layer), hasBias: true, weights, rows);

    /// <summary>The labels' table; null where there are none.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="rows">Number of positions.</param>
    public static InputProjection? OfLabels(ParameterLayout layout, ForwardWeights weights, int rows) =>
        layout.Labels is { } labels ? new(layout, layer: 0, labels, hasBias: false, weights, rows) : null;

    /// <summary>
    /// (1, G·H): addition to every row of the table, where all positions have it in common; empty for nothing.
    /// </summary>
    public Matrix Shift { get; set; }

    /// <summary>
    /// Whether the table holds all ids there are, so that no window needs a build (<see cref="BuildAll"/>).
    /// </summary>
    public bool HoldsAll { get; private set; }

    /// <summary>Whether the window's table is a few microseconds' copy of weights.</summary>
    public bool IsQuicklyBuilt => _feature.IsOneHot && (long)DistinctCount * Width <= MaxQuickTable;

    /// <summary>G·H: columns of the table.</summary>
    public int Width => _table.Columns;

    /// <summary>Whether all ids fit the table.</summary>
    public bool CanHoldAll => _feature.Count <= _table.Rows;

    /// <summary>The window's distinct ids, ascending.</summary>
    public ReadOnlySpan<int> Distinct => _distinct.AsSpan(0, DistinctCount);

    /// <summary>Number of the window's distinct ids.</summary>
    public int DistinctCount { get; private set; }

    /// <summary>The id that stands for no symbol, past those of all symbols: an embedding of zeros.</summary>
    public int Silence => _feature.Count;

    /// <summary>
    /// Number of the distinct ids that are symbols: all but <see cref="Silence"/>, which is the last if it is there.
    /// </summary>
    public int KnownCount { get; private set; }

    /// <summary>
    /// Takes in a window: finds its distinct ids, unless the table holds all, and which table row each position reads.
    /// </summary>
    /// <param name="ids">(T, B), index t·B + b: symbols, or labels.</param>
    /// <param name="tiles">The window's rows.</param>
    public void Index(ReadOnlySpan<int> ids, StreamTiles tiles)
    {
        if (!HoldsAll)
            Collect(ids);
        tiles.Arrange(ids, _tableRows);
        for (int row = 0; row < ids.Length; row++)
            _tableRows[row] = _tableRowOf[_tableRows[row]];
    }

    /// <summary>
    /// Builds the table of all ids, which serves for any window as long as the weights stay as they are: until it is
    /// rebuilt, or <see cref="BuildByWindow"/>.
    /// </summary>
    public void BuildAll()
    {
        HoldsAll = false;
        Collect([.. Enumerable.Range(0, _feature.Count)]);
        Build(new PanelRange(0, Width / Padding.Unit));
        HoldsAll = true;
    }

    /// <summary>Lets the table be built for each window; so it is at first.</summary>
    public void BuildByWindow() => HoldsAll = false;

    /// <summary>Computes some of the table's columns, a range of panels.</summary>
    public void Build(PanelRange panels)
    {
        if (HoldsAll || panels.IsEmpty || DistinctCount == 0)
            return;
        var table = panels.Of(_table.RowRange(0, DistinctCount));
        var bias = _bias is null ? default : _bias.Columns(panels.FirstColumn, panels.Columns, copy: 0);
        if (_feature.IsOneHot)
            CopyRows(_feature.Rows(_weights), panels.FirstColumn, bias, table);
        else if (bias.IsEmpty)
            MatrixProducts.Multiply(
                _embeddings.RowRange(0, DistinctCount),
                panels.Of(_feature.Weights(_weights)),
                table
            );
        else
            MatrixProducts.MultiplyAddBias(
                _embeddings.RowRange(0, DistinctCount),
                panels.Of(_feature.Weights(_weights)),
                bias,
                table
            );
        if (Shift.IsEmpty)
            return;
        var shift = panels.Of(Shift);
        for (int i = 0; i < DistinctCount; i++)
            RowOperations.Add(shift, table.RowRange(i, 1));
    }

    /// <summary>
    /// A blend of labels, whose table holds them all: the sum of their rows by weight, which is the row of their
    /// blended embeddings.
    /// </summary>
    /// <param name="blend">The blend.</param>
    /// <param name="row">(1, G·H), overwritten. Of a single label it is the very row.</param>
    public void Blend(LabelBlend blend, Matrix row)
    {
        if (blend.Single is { } single)
        {
            _table.RowRange(_tableRowOf[single], 1).CopyTo(row);
            return;
        }
        row.Clear();
        var sums = row.Row(0);
        foreach (var (label, weight) in blend.Parts)
        {
            var part = _table.Row(_tableRowOf[label]);
            for (int i = 0; i < sums.Length; i++)
                sums[i] += (float)weight * part[i];
        }
    }

    /// <summary>Puts the products of some rows' symbols into their gates.</summary>
    /// <param name="firstRow">The first row's number among T·B.</param>
    /// <param name="firstColumn">The first column's number among G·H.</param>
    /// <param name="gates">(rows, some of G·H).</param>
    public void Gather(int firstRow, int firstColumn, Matrix gates) =>
        RowOperations.Gather(
            _table.ColumnRange(firstColumn, gates.Columns),
            _tableRows.AsSpan(firstRow, gates.Rows),
            gates
        );

    /// <summary>The same, added to what the gates hold.</summary>
    /// <inheritdoc cref="Gather"/>
    public void AddGathered(int firstRow, int firstColumn, Matrix gates) =>
        RowOperations.AddGathered(
            _table.ColumnRange(firstColumn, gates.Columns),
            _tableRows.AsSpan(firstRow, gates.Rows),
            gates
        );

    /// <summary>
    /// Backward of some columns: sums the gates' gradients for each symbol, which take the table's place, then gives
    /// those of the weights and the bias.
    /// </summary>
    /// <param name="dGates">(T·B, ≥ G·H).</param>
    /// <param name="panels">The columns.</param>
    /// <param name="scratch">The worker's packing scratch.</param>
    /// <param name="gradients">Receives the gradients.</param>
    public void BackwardColumns(Matrix dGates, PanelRange panels, PackingScratch scratch, Arena gradients)
    {
        if (panels.IsEmpty)
            return;
        var dTable = panels.Of(_table.RowRange(0, DistinctCount));
        dTable.Clear();
        RowOperations.AddScattered(panels.Of(dGates), _tableRows.AsSpan(0, dGates.Rows), dTable);
        var dBias = _bias is null ? default : panels.Of(_layout.Bias(gradients, _layer));
        if (!dBias.IsEmpty)
            dBias.Clear();
        if (_feature.IsOneHot)
        {
            if (!dBias.IsEmpty)
                RowOperations.AddColumnSums(dTable, dBias);
            var dRows = panels.Of(_feature.Rows(gradients));
            dRows.Clear();
            for (int i = 0; i < KnownCount; i++)
                dTable.Row(i).CopyTo(dRows.Row(_distinct[i]));
            return;
        }
        var dWeights = panels.Of(_feature.Weights(gradients));
        for (int row = 0, count; row < DistinctCount; row += count)
        {
            count = Math.Min(MatrixProducts.TermBlock, DistinctCount - row);
            var packed = scratch.PackGradients(dTable.RowRange(row, count), dBias);
            MatrixProducts.TransposedProduct(
                scratch.PackInputs(_embeddings.RowRange(row, count)),
                packed,
                overwrite: row == 0,
                dWeights
            );
        }
    }

    /// <summary>
    /// Number of groups that the backward pass into the embeddings is cut into; 0 where ids are fed one-hot.
    /// </summary>
    public int EmbeddingGroups => _feature.IsOneHot ? 0 : (_feature.Count + GroupRows - 1) / GroupRows;

    /// <summary>
    /// Backward into some rows of the embeddings, once every column is summed: dE = dTable·W ⊙ act'(E), and zeros for
    /// the symbols that the window lacks.
    /// </summary>
    /// <param name="group">One of the <see cref="EmbeddingGroups"/>.</param>
    /// <param name="transposed">The input weights W, transposed.</param>
    /// <param name="gradients">Receives dE, (V, E).</param>
    /// <param name="second">
    /// The other direction's projection of the same window, whose part is added, with its weights; null for none.
    /// </param>
    public void BackwardEmbeddings(
        int group,
        TransposedWeights transposed,
        Arena gradients,
        (InputProjection Table, TransposedWeights Transposed)? second = null
    )
    {
        int start = group * GroupRows,
            end = Math.Min(_feature.Count, start + GroupRows);
        var dEmbedding = _feature.Embedding(gradients);
        dEmbedding.RowRange(start, end - start).Clear();
        // Distinct ids are ascending: those of the group are neighbors.
        int first = FirstDistinctFrom(start),
            count = FirstDistinctFrom(end) - first;
        if (count == 0)
            return;
        var products = _dEmbeddings.RowRange(first, count);
        transposed.Multiply(_table.RowRange(first, count), firstInput: 0, products);
        second?.Transposed.AddProduct(second.Value.Table._table.RowRange(first, count), firstInput: 0, products);
        _feature.Activation.MultiplyByDerivative(_embeddings.RowRange(first, count), scale: 1, products);
        for (int i = 0; i < count; i++)
            products.Row(i).CopyTo(dEmbedding.Row(_distinct[first + i]));
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    /// <summary>Weights of what is fed one-hot are the products themselves.</summary>
    private void CopyRows(WeightRows weights, int firstColumn, Matrix bias, Matrix table)
    {
        for (int i = 0; i < KnownCount; i++)
        {
            weights.CopyRow(_distinct[i], firstColumn, table.Row(i));
            if (!bias.IsEmpty)
                RowOperations.Add(bias, table.RowRange(i, 1));
        }
        if (KnownCount < DistinctCount)
            bias.CopyTo(table.RowRange(KnownCount, 1));
    }

    private int FirstDistinctFrom(int id)
    {
        int found = Array.BinarySearch(_distinct, 0, KnownCount, id);
        return found < 0 ? ~found : found;
    }

    private void Collect(ReadOnlySpan<int> ids)
    {
        if (++_stamp == 0)
            throw new InvalidOperationException("the table was indexed more often than it can count.");
        DistinctCount = 0;
        foreach (int id in ids)
        {
            if (_stampOf[id] == _stamp)
                continue;
            _stampOf[id] = _stamp;
            _distinct[DistinctCount++] = id;
        }
        SortDistinct();
        for (int i = 0; i < DistinctCount; i++)
            _tableRowOf[_distinct[i]] = i;
        bool hasSilence = DistinctCount > 0 && _distinct[DistinctCount - 1] == Silence;
        KnownCount = hasSilence ? DistinctCount - 1 : DistinctCount;
        if (_feature.IsOneHot)
            return;
        var embedding = _feature.Embedding(_weights);
        for (int i = 0; i < KnownCount; i++)
            embedding.CopyRow(_distinct[i], firstColumn: 0, _embeddings.Row(i));
        if (hasSilence)
            _embeddings.Row(KnownCount).Clear();
        _feature.Activation.Apply(_embeddings.RowRange(0, DistinctCount));
    }

    /// <summary>
    /// Puts the distinct ids in ascending order: by walking the vocabulary where that is shorter than sorting.
    /// </summary>
    private void SortDistinct()
    {
        if (_stampOf.Length > DistinctCount * VocabularyWalk)
        {
            Array.Sort(_distinct, 0, DistinctCount);
            return;
        }
        for (int id = 0, count = 0; count < DistinctCount; id++)
        {
            if (_stampOf[id] == _stamp)
                _distinct[count++] = id;
        }
    }
}
