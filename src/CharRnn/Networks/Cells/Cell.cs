using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>
/// A recurrent cell: one time step, forward and backward, of some streams at once. It knows neither time, layers nor
/// weights:
/// the products with the weights come in finished, in its gates, and the gradients of the gates go out.
/// </summary>
/// <remarks>
/// A row of gates has <see cref="Slots"/> slots of equal width, in this order: one for each gate; one for each gate
/// whose recurrent product is kept apart from its input product.
/// </remarks>
internal abstract class Cell
{
    /// <summary>The name on the command line and in files.</summary>
    public abstract string Name { get; }

    /// <summary>One line for help.</summary>
    public abstract string Description { get; }

    /// <summary>G: gates, each with its own weights, in PyTorch's order.</summary>
    public abstract int Gates { get; }

    /// <summary>
    /// Number of gates, the first ones, that take the sum of the input's and the hidden state's product; the rest see
    /// the two apart.
    /// </summary>
    public virtual int SharedGates => Gates;

    /// <summary>Gates whose recurrent product is kept apart, and which have a recurrent bias of their own.</summary>
    public int SplitGates => Gates - SharedGates;

    /// <summary>Slots in a row of gates.</summary>
    public int Slots => Gates + SplitGates;

    /// <summary>Whether a cell state is carried beside the hidden state.</summary>
    public virtual bool HasCellState => false;

    /// <summary>The gate whose bias starts at 1, so that a young network remembers; null where there is none.</summary>
    public virtual int? ForgetGate => null;

    /// <summary>
    /// The gates that are sigmoids, open at 1 and shut at 0; their slots hold them after the forward step. None in a
    /// cell whose only gate is its hidden state's tanh.
    /// </summary>
    public virtual IReadOnlyList<int> SigmoidGates => [];

    /// <summary>
    /// Whether its gates, or its hidden values, have ends of a range near which next to no gradient passes.
    /// </summary>
    public virtual bool Saturates => true;

    /// <summary>The slot that holds a gate's recurrent product, and in the backward pass its gradient.</summary>
    public int RecurrentSlot(int gate) => gate < SharedGates ? gate : Gates + gate - SharedGates;

    /// <summary>
    /// One step: reads the products in the gates and the states before; writes the states after, and leaves in the
    /// gates what the backward pass needs.
    /// </summary>
    internal void Forward(in CellStep step)
    {
        if (Lanes.AreWide)
            Forward<Lanes16>(step);
        else
            Forward<Lanes8>(step);
    }

    /// <summary>The same with a chosen width.</summary>
    internal abstract void Forward<TLanes>(in CellStep step)
        where TLanes : unmanaged, ILanes<TLanes>;

    /// <summary>
    /// Backward of the same step: replaces the gates by the gradients of their products (a split gate's slot by its
    /// input's, its recurrent slot by its recurrent one's), writes the part of dHiddenBefore that does not pass through
    /// weights, and turns dCell into the gradient of the cell state before.
    /// </summary>
    internal void Backward(in CellStep step, in CellGradients gradients)
    {
        if (Lanes.AreWide)
            Backward<Lanes16>(step, gradients);
        else
            Backward<Lanes8>(step, gradients);
    }

    /// <summary>The same with a chosen width.</summary>
    internal abstract void Backward<TLanes>(in CellStep step, in CellGradients gradients)
        where TLanes : unmanaged, ILanes<TLanes>;
}

/// <summary>The buffers of one step of S streams, for U of the hidden units.</summary>
/// <param name="Gates">(S, Slots·H), H padded.</param>
/// <param name="Units">Units of the step.</param>
/// <param name="HiddenBefore">(S, U): h of the step before.</param>
/// <param name="Hidden">(S, U): h of this step.</param>
/// <param name="CellBefore">(S, U): c of the step before; empty without a cell state.</param>
/// <param name="CellState">(S, U): c of this step; empty without a cell state.</param>
internal readonly record struct CellStep(
    Matrix Gates,
    UnitSlice Units,
    Matrix HiddenBefore,
    Matrix Hidden,
    Matrix CellBefore,
    Matrix CellState
)
{
    /// <summary>S: how many streams.</summary>
    public int Streams => Hidden.Rows;

    /// <summary>U, padding included.</summary>
    public int Width => Units.Count;

    /// <summary>The units' part of one slot, (S, U).</summary>
    public Matrix Slot(int index) => Gates.ColumnRange(index * Units.Width + Units.Start, Units.Count);
}

/// <summary>Gradients of one step, before and after its backward pass.</summary>
/// <param name="DHidden">(S, U): of this step's hidden state, complete.</param>
/// <param name="DHiddenBefore">
/// (S, U), written: of the hidden state before, without what passes through the recurrent weights.
/// </param>
/// <param name="DCell">
/// (S, U): of this step's cell state from later steps; replaced by that of the cell state before. Empty without a cell
/// state.
/// </param>
internal readonly record struct CellGradients(Matrix DHidden, Matrix DHiddenBefore, Matrix DCell);

/// <summary>
/// Slice of neighboring hidden units of a layer, or of columns of its output: all of them, or one worker's when several
/// share a tile.
/// </summary>
/// <param name="Width">
/// Number in all, padded (of hidden units, the distance from one gate's to the next gate's).
/// </param>
/// <param name="Start">The first unit, a multiple of <see cref="Padding.Unit"/>.</param>
/// <param name="Count">Number of units, padding included; a multiple of <see cref="Padding.Unit"/>.</param>
internal readonly record struct UnitSlice(int Width, int Start, int Count)
{
    /// <summary>All units of a layer.</summary>
    public static UnitSlice Whole(int width) => new(width, 0, width);

    /// <summary>One worker's part; nothing where there are more workers than panels.</summary>
    public static UnitSlice Share(int width, int worker, int workers)
    {
        var (start, end) = WorkerTeam.ShareOf(width / Padding.Unit, worker, workers);
        return new(width, start * Padding.Unit, (end - start) * Padding.Unit);
    }

    private bool IsWhole => Count == Width;

    /// <summary>
    /// Number of runs of neighboring columns that hold these units' share of some gates: one when the slice is whole,
    /// one a gate when not.
    /// </summary>
    public int Runs(int gates) => IsWhole ? Math.Min(gates, 1) : gates;

    /// <summary>
    /// One of the <see cref="Runs"/>, over gates <paramref name="firstGate"/> and the <paramref name="gates"/> − 1
    /// after it.
    /// </summary>
    public (int Start, int Count) Run(int firstGate, int gates, int run) =>
        IsWhole ? (firstGate * Width, gates * Width) : ((firstGate + run) * Width + Start, Count);

    /// <summary>These units' columns of a matrix that has one column a unit.</summary>
    public Matrix Of(Matrix units) => units.ColumnRange(Start, Count);
}
