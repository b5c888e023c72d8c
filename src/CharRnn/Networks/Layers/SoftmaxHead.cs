using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Some rows of one tile, taken together by the head.</summary>
/// <param name="Tile">The tile.</param>
/// <param name="Start">First row within the tile.</param>
/// <param name="Count">How many rows.</param>
/// <param name="RoomStart">Their first row in the head's room for logits.</param>
internal readonly record struct HeadBlock(int Tile, int Start, int Count, int RoomStart);

/// <summary>
/// The output layer, logits = y·Wᵀ + b, with softmax and cross-entropy. Rows are taken in fixed blocks and blocks in
/// fixed groups, so that (T·B, V) is never held whole when it is large; the blocks depend on the window's shape alone.
/// </summary>
internal sealed class SoftmaxHead : IDisposable
{
    private const int MaxBlockRows = MatrixProducts.TermBlock;

    // A window of few rows still gives several workers something to do, down to the rows of one tile of a product.
    private const int MinBlocks = 4;
    private const int SmallestBlock = 6;
    private const long MaxBlockLogits = 1 << 20;
    private const long MaxGroupLogits = 1 << 21;

    private readonly ParameterLayout _layout;
    private readonly Arena _weights;
    private readonly StreamTiles _tiles;
    private readonly HeadBlock[][] _groups;
    private readonly AlignedBuffer _logitsBuffer;
    private readonly Matrix _logits;
    private readonly double[] _losses;
    private readonly bool[] _hits;
    private readonly int[] _targets,
        _inputs;

    /// <summary>Makes room for a window.</summary>
    public SoftmaxHead(ParameterLayout layout, Arena weights, StreamTiles tiles)
    {
        (_layout, _weights, _tiles) = (layout, weights, tiles);
        int symbolWidth = Padding.RoundUp(layout.Spec.VocabularySize);
        _groups = Group(tiles, symbolWidth);
        int maxRows = _groups.Max(group => group.Sum(block => block.Count));
        _logitsBuffer = new AlignedBuffer((long)maxRows * symbolWidth);
        _logits = new Matrix(_logitsBuffer, maxRows, symbolWidth);
        (_losses, _hits, _targets) = (new double[tiles.Rows], new bool[tiles.Rows], new int[tiles.Rows]);
        _inputs = layout.Spec.ConditionOnFirstSymbol ? new int[tiles.Rows] : [];
    }

    /// <summary>How many groups of blocks a window takes.</summary>
    public int GroupCount => _groups.Length;

    /// <summary>Panels of logits, in which the work on the weight gradient is shared out.</summary>
    public int SymbolPanels => _logits.Columns / Padding.Unit;

    /// <summary>
    /// How wide blocks of <see cref="MatrixProducts.TermBlock"/> rows are that take as much room as the largest block
    /// of logits: V, padded, or less where V is so large that its blocks have few rows.
    /// </summary>
    public int BlockWidth =>
        (int)(((Math.Min(_logits.Rows, MaxBlockRows) * (long)_logits.Columns) + MaxBlockRows - 1) / MaxBlockRows);

    /// <summary>The loss of each row, in nats; 0 of a row that does not count.</summary>
    public ReadOnlySpan<double> Losses => _losses;

    /// <summary>
    /// Whether the likeliest symbol of each row was the one that came; set by <see cref="Evaluate"/>.
    /// </summary>
    public ReadOnlySpan<bool> Hits => _hits;

    /// <summary>How many blocks a group has.</summary>
    public int BlockCount(int group) => _groups[group].Length;

    /// <summary>Notes what came after each position.</summary>
    /// <param name="inputs">(T, B), index t·B + b.</param>
    /// <param name="targets">(T, B).</param>
    public void SetTargets(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        _tiles.Arrange(targets, _targets);
        if (_inputs.Length > 0)
            _tiles.Arrange(inputs, _inputs);
    }

    /// <summary>Whether a row counts in the loss.</summary>
    public bool Counts(int row) => _inputs.Length == 0 || _layout.Spec.Counts(_inputs[row]);

    /// <summary>
    /// Loss and gradients of some blocks: fills <see cref="Losses"/>, leaves dLogits in the head's room, and writes
    /// dOutput.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="share">Blocks [start, end) of the group.</param>
    /// <param name="lossScale">What each position's loss counts.</param>
    /// <param name="mask">What is silenced of the logits.</param>
    /// <param name="top">The last layer.</param>
    /// <param name="transposed">(V, P or H) panels: the head's weights turned around.</param>
    /// <param name="dOutput">(T·B, P or H), written.</param>
    public void ForwardBackward(
        int group,
        (int Start, int End) share,
        float lossScale,
        in Dropout mask,
        RecurrentLayer top,
        Panels transposed,
        Matrix dOutput
    )
    {
        int symbols = _layout.Spec.VocabularySize;
        for (int next = share.Start; next < share.End; )
        {
            var block = Joined(group, ref next, share.End);
            var logits = Logits(block, top);
            int firstRow = _tiles.RowStart(block.Tile) + block.Start;
            if (mask.IsOn)
                mask.Multiply(logits, firstRow, firstUnit: 0, logits);
            for (int i = 0; i < block.Count; i++)
            {
                if (Counts(firstRow + i))
                    _losses[firstRow + i] = Softmax.CrossEntropyGradient(
                        logits.Row(i),
                        symbols,
                        _targets[firstRow + i],
                        lossScale
                    );
                else
                    LeaveOut(firstRow + i, logits.Row(i));
            }
            if (mask.IsOn)
                mask.Multiply(logits, firstRow, firstUnit: 0, logits);
            MatrixProducts.Multiply(logits, transposed, dOutput.RowRange(firstRow, block.Count));
        }
    }

    /// <summary>Loss and arg-max hits of some blocks, without gradients.</summary>
    public void Evaluate(int group, (int Start, int End) share, RecurrentLayer top)
    {
        int symbols = _layout.Spec.VocabularySize;
        for (int next = share.Start; next < share.End; )
        {
            var block = Joined(group, ref next, share.End);
            var logits = Logits(block, top);
            int firstRow = _tiles.RowStart(block.Tile) + block.Start;
            for (int i = 0; i < block.Count; i++)
            {
                int target = _targets[firstRow + i];
                if (!Counts(firstRow + i))
                {
                    _hits[firstRow + i] = false;
                    LeaveOut(firstRow + i, logits.Row(i));
                    continue;
                }
                _hits[firstRow + i] = Softmax.ArgMax(logits.Row(i), symbols) == target;
                _losses[firstRow + i] = Softmax.CrossEntropy(logits.Row(i), symbols, target);
            }
        }
    }

    /// <summary>
    /// The weight and bias gradients that a group's blocks add, for some panels of symbols; blocks in order.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="share">Panels [start, end) of <see cref="SymbolPanels"/>.</param>
    /// <param name="top">The last layer.</param>
    /// <param name="scratch">The worker's packing room.</param>
    /// <param name="gradients">Where the gradients go; the first group replaces what is there.</param>
    public void WeightGradients(
        int group,
        (int Start, int End) share,
        RecurrentLayer top,
        PackingScratch scratch,
        Arena gradients
    )
    {
        if (share.End <= share.Start)
            return;
        int start = share.Start * Padding.Unit,
            width = (share.End - share.Start) * Padding.Unit;
        var dWeights = _layout.Head(gradients).OutputRange(start, width);
        var dBias = _layout.HeadBias(gradients).ColumnRange(start, width);
        if (group == 0)
            dBias.Clear();
        bool overwrite = group == 0;
        for (int next = 0; next < _groups[group].Length; )
        {
            var block = Joined(group, ref next, _groups[group].Length);
            var dLogits = _logits.RowRange(block.RoomStart, block.Count).ColumnRange(start, width);
            var packed = scratch.PackGradients(dLogits, dBias);
            MatrixProducts.TransposedProduct(
                scratch.PackHidden(top.OutputOf(block.Tile).RowRange(block.Start, block.Count)),
                packed,
                overwrite,
                dWeights
            );
            overwrite = false;
        }
    }

    /// <summary>The logits of a block, (rows, V padded), in the head's room.</summary>
    public Matrix Logits(in HeadBlock block, RecurrentLayer top)
    {
        var logits = Room(block);
        MatrixProducts.MultiplyAddBias(
            top.OutputOf(block.Tile).RowRange(block.Start, block.Count),
            _layout.Head(_weights),
            _layout.HeadBias(_weights),
            logits
        );
        return logits;
    }

    /// <summary>
    /// Where a block's logits are, once computed: (rows, V padded), until another group's take their place.
    /// </summary>
    public Matrix Room(in HeadBlock block) => _logits.RowRange(block.RoomStart, block.Count);

    /// <summary>One block of a group.</summary>
    public HeadBlock Block(int group, int index) => _groups[group][index];

    /// <inheritdoc/>
    public void Dispose() => _logitsBuffer.Dispose();

    /// <summary>A block with its neighbours of the same tile, as many as may be taken together.</summary>
    public HeadBlock Joined(int group, ref int next, int end)
    {
        var blocks = _groups[group];
        var joined = blocks[next++];
        while (next < end && blocks[next].Tile == joined.Tile && joined.Count + blocks[next].Count <= MaxBlockRows)
            joined = joined with { Count = joined.Count + blocks[next++].Count };
        return joined;
    }

    /// <summary>A row that does not count: no loss, and no gradient in the place of its logits.</summary>
    private void LeaveOut(int row, Span<float> logits)
    {
        _losses[row] = 0;
        logits.Clear();
    }

    private static HeadBlock[][] Group(StreamTiles tiles, int symbolWidth)
    {
        int maxRows = (int)Math.Clamp(MaxBlockLogits / symbolWidth, 1, MaxBlockRows);
        maxRows = Math.Min(maxRows, Math.Max(SmallestBlock, (tiles.Rows + MinBlocks - 1) / MinBlocks));
        var groups = new List<HeadBlock[]>();
        var current = new List<HeadBlock>();
        int room = 0;
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int rows = tiles.RowCount(tile),
                blocks = (rows + maxRows - 1) / maxRows;
            for (int i = 0; i < blocks; i++)
            {
                int start = (int)((long)rows * i / blocks),
                    count = (int)((long)rows * (i + 1) / blocks) - start;
                if (current.Count > 0 && (room + count) * (long)symbolWidth > MaxGroupLogits)
                {
                    groups.Add([.. current]);
                    current.Clear();
                    room = 0;
                }
                current.Add(new HeadBlock(tile, start, count, room));
                room += count;
            }
        }
        groups.Add([.. current]);
        return [.. groups];
    }
}
