using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// The first layer's input products. A window holds few distinct symbols, so each one's product with the input weights
/// is computed once, <c>table = act(E)·Wᵀ + b</c> (or read from W, when symbols are fed one-hot), and rows are gathered
/// from it; on the way back gradients are first summed for each symbol, in row order, and then pass through the weights
/// once: <c>dW = dTableᵀ·act(E), dE = dTable·W ⊙ act'(E)</c>. Labels have a table of their own, without the bias, whose
/// rows are added to what was gathered.
/// </summary>
internal sealed class InputProjection : IDisposable
{
    // Looking at this many symbols of the vocabulary takes as long as sorting one.
    private const int VocabularyWalk = 16;

    private readonly RecurrentLayout _layout;
    private readonly Arena _weights;
    private readonly int _layer;
    private readonly InputFeature _part;

    // Labels have none.
    private readonly LayerBias? _bias;
    private readonly AlignedBuffer _embeddingBuffer,
        _tableBuffer;
    private readonly Matrix _embeddings,
        _table;
    private readonly int[] _tableRowOf,
        _distinct,
        _stampOf;
    private readonly int[] _tableRows;
    private int _stamp;

    private InputProjection(
        RecurrentLayout layout,
        int layer,
        InputFeature part,
        LayerBias? bias,
        Arena weights,
        int rows
    )
    {
        (_layout, _layer, _part, _bias, _weights) = (layout, layer, part, bias, weights);
        // Silence is one more.
        int most = Math.Min(part.Count + 1, rows);
        int embeddingWidth = Padding.RoundUp(part.EmbeddingSize);
        int gateWidth = layout.Network.CellKind.Gates * layout.HiddenWidth;
        _embeddingBuffer = new AlignedBuffer((long)most * embeddingWidth);
        _embeddings = new Matrix(_embeddingBuffer, most, embeddingWidth);
        _tableBuffer = new AlignedBuffer((long)most * gateWidth);
        _table = new Matrix(_tableBuffer, most, gateWidth);
        (_tableRows, _distinct) = (new int[rows], new int[most]);
        (_tableRowOf, _stampOf) = (new int[part.Count + 1], new int[part.Count + 1]);
    }

    /// <summary>The symbols' table, with room for windows of up to <paramref name="rows"/> positions.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="rows">How many positions.</param>
    /// <param name="layer">The number of the layer that reads them.</param>
    public static InputProjection OfSymbols(RecurrentLayout layout, Arena weights, int rows, int layer = 0) =>
        new(layout, layer, layout.Symbols(layer), new LayerBias(layout, weights, layer, rooms: 1), weights, rows);

    /// <summary>The labels' table; null where there are none.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="rows">How many positions.</param>
    public static InputProjection? OfLabels(ParameterLayout layout, Arena weights, int rows) =>
        layout.Labels is { } labels ? new(layout, layer: 0, labels, bias: null, weights, rows) : null;

    /// <summary>
    /// (1, G·H): what is added to every row that is built, where all positions have it in common; empty for nothing.
    /// </summary>
    public Matrix Shift { get; set; }

    /// <summary>The window's distinct ids, ascending.</summary>
    public ReadOnlySpan<int> Distinct => _distinct.AsSpan(0, DistinctCount);

    /// <summary>How many distinct ids the window has.</summary>
    public int DistinctCount { get; private set; }

    /// <summary>The id that stands for no symbol, past those of all symbols: an embedding of zeros.</summary>
    public int Silence => _part.Count;

    /// <summary>
    /// How many of the distinct ids are symbols: all but <see cref="Silence"/>, which is the last if it is there.
    /// </summary>
    public int KnownCount { get; private set; }

    /// <summary>Finds the distinct ids of a window and which table row each position reads.</summary>
    /// <param name="ids">(T, B), index t·B + b: symbols, or labels.</param>
    /// <param name="tiles">The window's rows.</param>
    public void Index(ReadOnlySpan<int> ids, StreamTiles tiles)
    {
        Collect(ids);
        Map(ids, tiles);
    }

    /// <summary>
    /// Takes in all that there are, so that the table serves for any window as long as the weights stay as they are.
    /// </summary>
    public void IndexAll() => Collect([.. Enumerable.Range(0, _part.Count)]);

    /// <summary>Finds which table row each position reads, where the table holds all of its symbols already.</summary>
    /// <inheritdoc cref="Index"/>
    public void Map(ReadOnlySpan<int> ids, StreamTiles tiles)
    {
        tiles.Arrange(ids, _tableRows);
        for (int row = 0; row < ids.Length; row++)
            _tableRows[row] = _tableRowOf[_tableRows[row]];
    }

    /// <summary>Computes some of the table's columns, a range of panels.</summary>
    public void Build(int firstPanel, int endPanel)
    {
        if (endPanel <= firstPanel || DistinctCount == 0)
            return;
        int start = firstPanel * Padding.Unit,
            width = (endPanel - firstPanel) * Padding.Unit;
        var table = _table.RowRange(0, DistinctCount).ColumnRange(start, width);
        var bias = _bias is null ? default : _bias.Columns(start, width, room: 0);
        if (_part.IsOneHot)
            CopyRows(_part.Rows(_weights).ColumnRange(start, width), bias, table);
        else if (bias.IsEmpty)
            MatrixProducts.Multiply(
                _embeddings.RowRange(0, DistinctCount),
                _part.Weights(_weights).OutputRange(start, width),
                table
            );
        else
            MatrixProducts.MultiplyAddBias(
                _embeddings.RowRange(0, DistinctCount),
                _part.Weights(_weights).OutputRange(start, width),
                bias,
                table
            );
        if (Shift.IsEmpty)
            return;
        var shift = Shift.ColumnRange(start, width);
        for (int i = 0; i < DistinctCount; i++)
            RowOperations.Add(shift, table.RowRange(i, 1));
    }

    /// <summary>
    /// A blend of labels, whose table holds them all: the sum of their rows by weight, which is the row of their
    /// blended embeddings.
    /// </summary>
    /// <param name="mix">The blend.</param>
    /// <param name="row">(1, G·H), overwritten. Of a single label it is the very row.</param>
    public void Blend(LabelBlend mix, Matrix row)
    {
        if (mix.Single is { } single)
        {
            _table.RowRange(_tableRowOf[single], 1).CopyTo(row);
            return;
        }
        row.Clear();
        var sums = row.Row(0);
        foreach (var (label, weight) in mix.Parts)
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
    /// The way back for some of the columns: sums the gates' gradients for each symbol, then gives those of the weights
    /// and the bias. The table is used up.
    /// </summary>
    /// <param name="dGates">(T·B, ≥ G·H).</param>
    /// <param name="firstPanel">First panel of the columns.</param>
    /// <param name="endPanel">End of the panels.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go.</param>
    public void BackwardColumns(Matrix dGates, int firstPanel, int endPanel, PackingScratch scratch, Arena gradients)
    {
        if (endPanel <= firstPanel)
            return;
        int start = firstPanel * Padding.Unit,
            width = (endPanel - firstPanel) * Padding.Unit;
        var dTable = _table.RowRange(0, DistinctCount).ColumnRange(start, width);
        dTable.Clear();
        RowOperations.AddScattered(dGates.ColumnRange(start, width), _tableRows.AsSpan(0, dGates.Rows), dTable);
        var dBias = _bias is null ? default : _layout.Bias(gradients, _layer).ColumnRange(start, width);
        if (!dBias.IsEmpty)
            dBias.Clear();
        if (_part.IsOneHot)
        {
            if (!dBias.IsEmpty)
                RowOperations.AddColumnSums(dTable, dBias);
            var dRows = _part.Rows(gradients).ColumnRange(start, width);
            dRows.Clear();
            for (int i = 0; i < KnownCount; i++)
                dTable.Row(i).CopyTo(dRows.Row(_distinct[i]));
            return;
        }
        var dWeights = _part.Weights(gradients).OutputRange(start, width);
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
    /// The way back into some of the embeddings, once every column is summed: dE = dTable·W ⊙ act'(E).
    /// </summary>
    /// <param name="share">Which of the first <see cref="KnownCount"/> distinct ids.</param>
    /// <param name="transposed">The input weights turned around, gate by gate.</param>
    /// <param name="dEmbedding">(V, E), cleared before; written where the window has the symbol.</param>
    public void BackwardEmbeddings((int Start, int End) share, TransposedWeights transposed, Matrix dEmbedding)
    {
        for (int i = share.Start; i < share.End; i++)
        {
            var dRow = dEmbedding.RowRange(_distinct[i], 1);
            transposed.AddProduct(_table.RowRange(i, 1), firstInput: 0, dRow);
            _part.Activation.MultiplyByDerivative(_embeddings.RowRange(i, 1), scale: 1, dRow);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bias?.Dispose();
        _embeddingBuffer.Dispose();
        _tableBuffer.Dispose();
    }

    /// <summary>Weights of what is fed one-hot are the products themselves.</summary>
    private void CopyRows(Matrix weights, Matrix bias, Matrix table)
    {
        for (int i = 0; i < KnownCount; i++)
        {
            var (row, product) = (weights.RowRange(_distinct[i], 1), table.RowRange(i, 1));
            if (bias.IsEmpty)
                row.CopyTo(product);
            else
                RowOperations.Sum(row, bias, product);
        }
        if (KnownCount < DistinctCount)
            bias.CopyTo(table.RowRange(KnownCount, 1));
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
        if (_part.IsOneHot)
            return;
        var embedding = _part.Embedding(_weights);
        for (int i = 0; i < KnownCount; i++)
            embedding.Row(_distinct[i]).CopyTo(_embeddings.Row(i));
        if (hasSilence)
            _embeddings.Row(KnownCount).Clear();
        _part.Activation.Apply(_embeddings.RowRange(0, DistinctCount));
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
