using CharRnn.Kernels;
using CharRnn.Memory;

namespace CharRnn.Models;

/// <summary>
/// The first layer's input products. A window holds few distinct symbols, so each one's product with the input weights is computed once,
/// <c>table = act(E)·Wᵀ + b</c> (or read from W, when symbols are fed one-hot), and rows are gathered from it; on the way back gradients are
/// first summed for each symbol, in row order, and then pass through the weights once: <c>dW = dTableᵀ·act(E), dE = dTable·W ⊙ act'(E)</c>.
/// </summary>
internal sealed class InputTable : IDisposable
{
    // Looking at this many symbols of the vocabulary takes as long as sorting one.
    private const int VocabularyWalk = 16;

    private readonly RecurrentLayout _layout;
    private readonly Arena _weights;
    private readonly int _layer;
    private readonly LayerBias _bias;
    private readonly AlignedBuffer _embeddingBuffer, _tableBuffer;
    private readonly Matrix _embeddings, _table;
    private readonly int[] _tableRowOf, _distinct, _stampOf;
    private readonly int[] _tableRows;
    private int _stamp;

    /// <summary>Makes room for windows of up to <paramref name="rows"/> symbols.</summary>
    public InputTable(RecurrentLayout layout, Arena weights, int rows, int layer = 0)
    {
        (_layout, _weights, _layer) = (layout, weights, layer);
        _bias = new LayerBias(layout, weights, layer, rooms: 1);
        var spec = layout.Network;
        int most = Math.Min(spec.VocabularySize + 1, rows);
        int embeddingWidth = Padding.RoundUp(spec.EmbeddingSize);
        int gateWidth = spec.CellKind.Gates * layout.HiddenWidth;
        _embeddingBuffer = new AlignedBuffer((long)most * embeddingWidth);
        _embeddings = new Matrix(_embeddingBuffer, most, embeddingWidth);
        _tableBuffer = new AlignedBuffer((long)most * gateWidth);
        _table = new Matrix(_tableBuffer, most, gateWidth);
        (_tableRows, _distinct) = (new int[rows], new int[most]);
        (_tableRowOf, _stampOf) = (new int[spec.VocabularySize + 1], new int[spec.VocabularySize + 1]);
    }

    /// <summary>The window's distinct ids, ascending.</summary>
    public ReadOnlySpan<int> Distinct => _distinct.AsSpan(0, DistinctCount);

    /// <summary>How many distinct ids the window has.</summary>
    public int DistinctCount { get; private set; }

    /// <summary>The id that stands for no symbol, past those of all symbols: an embedding of zeros.</summary>
    public static int SilenceOf(INetworkSpec network) => network.VocabularySize;

    /// <summary>How many of the distinct ids are symbols: all but that of silence, which is the last if it is there.</summary>
    public int KnownCount { get; private set; }

    private bool IsOneHot => _layout.Network.EmbeddingSize == 0;

    /// <summary>Finds the distinct ids of a window and which table row each position reads.</summary>
    /// <param name="ids">(T, B), index t·B + b.</param>
    /// <param name="tiles">The window's rows.</param>
    public void Index(ReadOnlySpan<int> ids, StreamTiles tiles)
    {
        Collect(ids);
        Map(ids, tiles);
    }

    /// <summary>Takes in the whole vocabulary, so that the table serves for any symbols as long as the weights stay as they are.</summary>
    public void IndexAll() => Collect([.. Enumerable.Range(0, _layout.Network.VocabularySize)]);

    /// <summary>Finds which table row each position reads, where the table holds all of its symbols already.</summary>
    /// <inheritdoc cref="Index"/>
    public void Map(ReadOnlySpan<int> ids, StreamTiles tiles)
    {
        tiles.Arrange(ids, _tableRows);
        for (int row = 0; row < ids.Length; row++) _tableRows[row] = _tableRowOf[_tableRows[row]];
    }

    /// <summary>Computes some of the table's columns, a range of panels.</summary>
    public void Build(int firstPanel, int endPanel)
    {
        if (endPanel <= firstPanel || DistinctCount == 0) return;
        int start = firstPanel * Padding.Unit, width = (endPanel - firstPanel) * Padding.Unit;
        var table = _table.RowRange(0, DistinctCount).ColumnRange(start, width);
        var bias = _bias.Columns(start, width, room: 0);
        if (IsOneHot)
        {
            var symbolRows = _layout.SymbolRows(_weights, _layer).ColumnRange(start, width);
            for (int i = 0; i < KnownCount; i++)
                Rows.Sum(symbolRows.RowRange(_distinct[i], 1), bias, table.RowRange(i, 1));
            if (KnownCount < DistinctCount) bias.CopyTo(table.RowRange(KnownCount, 1));
            return;
        }
        var weights = _layout.InputWeights(_weights, _layer).OutputRange(start, width);
        MatrixProducts.MultiplyAddBias(_embeddings.RowRange(0, DistinctCount), weights, bias, table);
    }

    /// <summary>Puts the products of some rows' symbols into their gates.</summary>
    /// <param name="firstRow">The first row's number among T·B.</param>
    /// <param name="firstColumn">The first column's number among G·H.</param>
    /// <param name="gates">(rows, some of G·H).</param>
    public void Gather(int firstRow, int firstColumn, Matrix gates) =>
        Rows.Gather(_table.ColumnRange(firstColumn, gates.Columns), _tableRows.AsSpan(firstRow, gates.Rows), gates);

    /// <summary>The way back for some of the columns: sums the gates' gradients for each symbol, then gives those of the weights and the bias. The table is used up.</summary>
    /// <param name="dGates">(T·B, ≥ G·H).</param>
    /// <param name="firstPanel">First panel of the columns.</param>
    /// <param name="endPanel">End of the panels.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go.</param>
    public void BackwardColumns(Matrix dGates, int firstPanel, int endPanel, PackingScratch scratch, Arena gradients)
    {
        if (endPanel <= firstPanel) return;
        int start = firstPanel * Padding.Unit, width = (endPanel - firstPanel) * Padding.Unit;
        var dTable = _table.RowRange(0, DistinctCount).ColumnRange(start, width);
        dTable.Clear();
        Rows.AddScattered(dGates.ColumnRange(start, width), _tableRows.AsSpan(0, dGates.Rows), dTable);
        var dBias = _layout.Bias(gradients, _layer).ColumnRange(start, width);
        dBias.Clear();
        if (IsOneHot)
        {
            Rows.AddColumnSums(dTable, dBias);
            var dSymbolRows = _layout.SymbolRows(gradients, _layer).ColumnRange(start, width);
            dSymbolRows.Clear();
            for (int i = 0; i < KnownCount; i++) dTable.Row(i).CopyTo(dSymbolRows.Row(_distinct[i]));
            return;
        }
        var dWeights = _layout.InputWeights(gradients, _layer).OutputRange(start, width);
        for (int row = 0, count; row < DistinctCount; row += count)
        {
            count = Math.Min(MatrixProducts.TermBlock, DistinctCount - row);
            var packed = scratch.PackGradients(dTable.RowRange(row, count), dBias);
            MatrixProducts.TransposedProduct(scratch.PackInputs(_embeddings.RowRange(row, count)), packed, overwrite: row == 0, dWeights);
        }
    }

    /// <summary>The way back into some of the embeddings, once every column is summed: dE = dTable·W ⊙ act'(E).</summary>
    /// <param name="share">Which of the first <see cref="KnownCount"/> distinct ids.</param>
    /// <param name="transposed">The input weights turned around, gate by gate.</param>
    /// <param name="dEmbedding">(V, E), cleared before; written where the window has the symbol.</param>
    public void BackwardEmbeddings((int Start, int End) share, GateTransposes transposed, Matrix dEmbedding)
    {
        for (int i = share.Start; i < share.End; i++)
        {
            var dRow = dEmbedding.RowRange(_distinct[i], 1);
            transposed.AddProduct(_table.RowRange(i, 1), firstInput: 0, dRow);
            _layout.Network.EmbeddingActivation.MultiplyByDerivative(_embeddings.RowRange(i, 1), scale: 1, dRow);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bias.Dispose();
        _embeddingBuffer.Dispose();
        _tableBuffer.Dispose();
    }

    private void Collect(ReadOnlySpan<int> ids)
    {
        if (++_stamp == 0) throw new InvalidOperationException("the table was indexed more often than it can count.");
        DistinctCount = 0;
        foreach (int id in ids)
        {
            if (_stampOf[id] == _stamp) continue;
            _stampOf[id] = _stamp;
            _distinct[DistinctCount++] = id;
        }
        SortDistinct();
        for (int i = 0; i < DistinctCount; i++) _tableRowOf[_distinct[i]] = i;
        bool hasSilence = DistinctCount > 0 && _distinct[DistinctCount - 1] == SilenceOf(_layout.Network);
        KnownCount = hasSilence ? DistinctCount - 1 : DistinctCount;
        if (IsOneHot) return;
        var embedding = _layout.Embedding(_weights);
        for (int i = 0; i < KnownCount; i++) embedding.Row(_distinct[i]).CopyTo(_embeddings.Row(i));
        if (hasSilence) _embeddings.Row(KnownCount).Clear();
        _layout.Network.EmbeddingActivation.Apply(_embeddings.RowRange(0, DistinctCount));
    }

    /// <summary>Puts the distinct ids in ascending order: by walking the vocabulary where that is shorter than sorting.</summary>
    private void SortDistinct()
    {
        if (_stampOf.Length > DistinctCount * VocabularyWalk)
        {
            Array.Sort(_distinct, 0, DistinctCount);
            return;
        }
        for (int id = 0, count = 0; count < DistinctCount; id++)
        {
            if (_stampOf[id] == _stamp) _distinct[count++] = id;
        }
    }
}
