using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Some rows of one tile, taken together by the head.</summary>
/// <param name="Tile">The tile.</param>
/// <param name="Start">First row within the tile.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="LogitsStart">Their first row in the head's logits.</param>
internal readonly record struct HeadBlock(int Tile, int Start, int Count, int LogitsStart);

/// <summary>
/// Softmax head: linear layer, dropout of logits, softmax, cross-entropy. With y the last connector's output, s what
/// each position's loss counts:
/// <code>
/// forward                               backward
/// logits = mask ⊙ (W·y + b)             dy = Wᵀ·dLogits    dW = Σ dLogits·yᵀ    db = Σ dLogits
/// loss   = −ln softmax(logits)[target]  dLogits = mask ⊙ s·(softmax(logits) − 1[target])
/// </code>
/// Rows are taken in fixed blocks and blocks in fixed groups, so that (T·B, V) is never held whole when it is large;
/// the blocks depend on the window's shape alone.
/// </summary>
internal sealed class SoftmaxHead
{
    private const int MaxBlockRows = MatrixProducts.TermBlock;

    // A window of few rows still gives several workers something to do, down to the rows of one tile of a product.
    private const int MinBlocks = 4;
    private const int MinBlockRows = 6;
    private const long MaxBlockLogits = 1 << 20;
    private const long MaxGroupLogits = 1 << 21;

    private readonly ParameterLayout _layout;
    private readonly ForwardWeights _weights;
    private readonly StreamTiles _tiles;
    private readonly ILayerInput _input;
    private readonly HeadBlock[][] _groups;

    // (rows of the largest group, V padded): logits, then their gradients.
    private readonly Matrix _logits;

    // (T·B) each; the inputs alone where some positions do not count.
    private readonly double[] _losses;
    private readonly bool[] _hits;
    private readonly int[] _targets,
        _inputs;

    /// <summary>Makes a window's head.</summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="weights">Their values, read at every call.</param>
    /// <param name="input">The last connector, y.</param>
    /// <param name="tiles">The window's rows.</param>
    /// <param name="pool">Memory of the buffers.</param>
    public SoftmaxHead(
        ParameterLayout layout,
        ForwardWeights weights,
        ILayerInput input,
        StreamTiles tiles,
        MatrixPool pool
    )
    {
        (_layout, _weights, _input, _tiles) = (layout, weights, input, tiles);
        int symbolWidth = Padding.RoundUp(layout.Spec.VocabularySize);
        _groups = Group(tiles, symbolWidth);
        int maxRows = _groups.Max(group => group[^1].LogitsStart + group[^1].Count);
        _logits = pool.Allocate(maxRows, symbolWidth);
        (_losses, _hits, _targets) = (new double[tiles.Rows], new bool[tiles.Rows], new int[tiles.Rows]);
        _inputs = layout.Spec.ConditionOnFirstSymbol ? new int[tiles.Rows] : [];
    }

    /// <summary>Dropout mask of the logits in the window at hand; off outside training.</summary>
    public Dropout LogitMask { get; set; }

    /// <summary>Number of groups of blocks.</summary>
    public int GroupCount => _groups.Length;

    /// <summary>Panels of logits, the unit of sharing the weight gradient.</summary>
    public int SymbolPanels => _logits.Columns / Padding.Unit;

    /// <summary>
    /// Columns of a matrix of <see cref="MatrixProducts.TermBlock"/> rows that is as large as the largest block of
    /// logits: V, padded, or less where V is so large that its blocks have few rows.
    /// </summary>
    public int BlockWidth =>
        (int)(((Math.Min(_logits.Rows, MaxBlockRows) * (long)_logits.Columns) + MaxBlockRows - 1) / MaxBlockRows);

    /// <summary>The loss of each row, in nats; 0 of a row that does not count.</summary>
    public ReadOnlySpan<double> Losses => _losses;

    /// <summary>
    /// Whether the likeliest symbol of each row was the one that came; set by <see cref="Evaluate"/>.
    /// </summary>
    public ReadOnlySpan<bool> Hits => _hits;

    /// <summary>Number of a group's blocks.</summary>
    public int BlockCount(int group) => _groups[group].Length;

    /// <summary>Sets the target of each position.</summary>
    /// <param name="inputs">(T, B), index t·B + b.</param>
    /// <param name="targets">(T, B).</param>
    public void SetTargets(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets)
    {
        _tiles.Arrange(targets, _targets);
        if (_inputs.Length > 0)
            _tiles.Arrange(inputs, _inputs);
    }

    /// <summary>Whether a row counts in the loss.</summary>
    public bool IsCounted(int row) => _inputs.Length == 0 || _layout.Spec.Counts(_inputs[row]);

    /// <summary>
    /// Forward and backward of some blocks: fills <see cref="Losses"/>, leaves dLogits in the place of the logits, and
    /// writes dy.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="share">Blocks [start, end) of the group.</param>
    /// <param name="lossScale">Weight of each position's loss.</param>
    /// <param name="transposed">(V, P or H) panels: the head's weights, transposed.</param>
    /// <param name="dInput">(T·B, P or H): dy, written.</param>
    public void ForwardBackward(
        int group,
        (int Start, int End) share,
        float lossScale,
        Panels transposed,
        Matrix dInput
    )
    {
        var mask = LogitMask;
        int symbols = _layout.Spec.VocabularySize;
        for (int next = share.Start; next < share.End; )
        {
            var block = Joined(group, ref next, share.End);
            var logits = Logits(block);
            int firstRow = _tiles.RowStart(block.Tile) + block.Start;
            if (mask.IsOn)
                mask.Multiply(logits, firstRow, firstUnit: 0, logits);
            for (int i = 0; i < block.Count; i++)
            {
                if (IsCounted(firstRow + i))
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
            MatrixProducts.Multiply(logits, transposed, dInput.RowRange(firstRow, block.Count));
        }
    }

    /// <summary>Loss and arg-max hits of some blocks, without gradients.</summary>
    public void Evaluate(int group, (int Start, int End) share)
    {
        int symbols = _layout.Spec.VocabularySize;
        for (int next = share.Start; next < share.End; )
        {
            var block = Joined(group, ref next, share.End);
            var logits = Logits(block);
            int firstRow = _tiles.RowStart(block.Tile) + block.Start;
            for (int i = 0; i < block.Count; i++)
            {
                int target = _targets[firstRow + i];
                if (!IsCounted(firstRow + i))
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
    /// Backward of the weights: what a group's blocks add to dW and db, for some panels of symbols; blocks in order.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="share">Panels [start, end) of <see cref="SymbolPanels"/>.</param>
    /// <param name="scratch">The worker's packing scratch.</param>
    /// <param name="gradients">Receives the gradients; the first group replaces what is there.</param>
    public void WeightGradients(int group, PanelRange share, PackingScratch scratch, Arena gradients)
    {
        if (share.IsEmpty)
            return;
        var dWeights = share.Of(_layout.Head(gradients));
        var dBias = share.Of(_layout.HeadBias(gradients));
        if (group == 0)
            dBias.Clear();
        bool overwrite = group == 0;
        for (int next = 0; next < _groups[group].Length; )
        {
            var block = Joined(group, ref next, _groups[group].Length);
            var packed = scratch.PackGradients(share.Of(LogitsOf(block)), dBias);
            MatrixProducts.TransposedProduct(
                scratch.PackHidden(_input.OutputOf(block.Tile).RowRange(block.Start, block.Count)),
                packed,
                overwrite,
                dWeights
            );
            overwrite = false;
        }
    }

    /// <summary>Forward of a block: computes its logits, (rows, V padded), without dropout.</summary>
    public Matrix Logits(in HeadBlock block)
    {
        var logits = LogitsOf(block);
        MatrixProducts.MultiplyAddBias(
            _input.OutputOf(block.Tile).RowRange(block.Start, block.Count),
            _layout.Head(_weights),
            _layout.HeadBias(_weights),
            logits
        );
        return logits;
    }

    /// <summary>
    /// The logits of a block, once computed: (rows, V padded), until another group's take their place.
    /// </summary>
    public Matrix LogitsOf(in HeadBlock block) => _logits.RowRange(block.LogitsStart, block.Count);

    /// <summary>One block of a group.</summary>
    public HeadBlock Block(int group, int index) => _groups[group][index];

    /// <summary>A block with its neighbors of the same tile, as many as may be taken together.</summary>
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
        maxRows = Math.Min(maxRows, Math.Max(MinBlockRows, (tiles.Rows + MinBlocks - 1) / MinBlocks));
        var groups = new List<HeadBlock[]>();
        // No tile has more blocks than rows.
        var current = new HeadBlock[tiles.Rows];
        int held = 0,
            logitsRows = 0;
        for (int tile = 0; tile < tiles.Count; tile++)
        {
            int rows = tiles.RowCount(tile),
                blocks = (rows + maxRows - 1) / maxRows;
            for (int i = 0; i < blocks; i++)
            {
                int start = (int)((long)rows * i / blocks),
                    count = (int)((long)rows * (i + 1) / blocks) - start;
                if (held > 0 && (logitsRows + count) * (long)symbolWidth > MaxGroupLogits)
                {
                    groups.Add(current[..held]);
                    (held, logitsRows) = (0, 0);
                }
                current[held++] = new HeadBlock(tile, start, count, logitsRows);
                logitsRows += count;
            }
        }
        groups.Add(current[..held]);
        return [.. groups];
    }
}
