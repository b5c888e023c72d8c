using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CharRnn.Engine;

/// <summary>Copies of matrices in panel order, and transposes of panels.</summary>
internal static unsafe class Packing
{
    // Few enough rows that reading them side by side is nearly sequential, and enough that writing a panel is too.
    private const int RowsAtOnce = 8;

    /// <summary>
    /// Packs rows as the terms of a sum, panels[k, n] = rows[k, n], and adds them up in the same pass, in order:
    /// sums[n] += Σₖ rows[k, n].
    /// </summary>
    /// <param name="rows">(K, N), N a multiple of <see cref="Padding.Unit"/>.</param>
    /// <param name="panels">(K, N), overwritten.</param>
    /// <param name="sums">(1, N), accumulated; empty if not needed.</param>
    public static void PackRows(Matrix rows, Panels panels, Matrix sums)
    {
        Debug.Assert(rows.Rows == panels.Inputs && rows.Columns == panels.Outputs);
        Debug.Assert(sums.IsEmpty || (sums.Rows == 1 && sums.Columns == rows.Columns));
        if (Lanes.AreWide)
            PackRows<Lanes16>(rows, panels, sums);
        else
            PackRows<Lanes8>(rows, panels, sums);
    }

    private static void PackRows<TLanes>(Matrix rows, Panels panels, Matrix sums)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < rows.Rows; row += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows.Rows - row);
            float* source = rows.Data + (long)row * rows.Stride;
            for (int column = 0; column <= rows.Columns - TLanes.Count; column += TLanes.Count)
            {
                float* destination =
                    panels.Data
                    + column / Padding.Unit * panels.PanelLength
                    + (long)row * Padding.Unit
                    + column % Padding.Unit;
                if (sums.IsEmpty)
                    PackColumn<TLanes>(source + column, rows.Stride, count, 0f, destination);
                else
                    PackColumn(source + column, rows.Stride, count, TLanes.Load(sums.Data + column), destination)
                        .Store(sums.Data + column);
            }
        }
    }

    /// <summary>Copies one vector of some rows; returns the sum plus all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes PackColumn<TLanes>(float* source, int stride, int rows, TLanes sum, float* destination)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < rows; row++)
        {
            var value = TLanes.Load(source);
            value.Store(destination);
            sum += value;
            source += stride;
            destination += Padding.Unit;
        }
        return sum;
    }

    /// <summary>
    /// Transposes panels, transposed[n, k] = panels[k, n], for the products of the backward pass.
    /// </summary>
    /// <param name="panels">(K, some of N padded).</param>
    /// <param name="first">The panels' first output among the N.</param>
    /// <param name="transposed">
    /// (N, K padded): the panels' outputs are written; the padding becomes 0 or is left as it is.
    /// </param>
    public static void Transpose(Panels panels, int first, Panels transposed)
    {
        Debug.Assert(first < transposed.Inputs && transposed.Outputs >= panels.Inputs);
        int end = Math.Min(first + panels.Outputs, transposed.Inputs);
        for (int n = first; n < end; n += Transpose8x8.Side)
        {
            float* source = panels.Data + (n - first) / Padding.Unit * panels.PanelLength + (n - first) % Padding.Unit;
            int columns = Math.Min(Transpose8x8.Side, end - n);
            for (int k = 0; k < panels.Inputs; k += Transpose8x8.Side)
            {
                float* destination =
                    transposed.Data
                    + k / Padding.Unit * transposed.PanelLength
                    + (long)n * Padding.Unit
                    + k % Padding.Unit;
                Transpose8x8.Transpose(
                    source + (long)k * Padding.Unit,
                    Math.Min(Transpose8x8.Side, panels.Inputs - k),
                    columns,
                    destination
                );
            }
        }
    }
}

/// <summary>Transposition of eight rows of eight floats, each row a panel's width from the next.</summary>
internal static unsafe class Transpose8x8
{
    /// <summary>Rows, and columns.</summary>
    public const int Side = 8;

    /// <summary>destination[j, i] = source[i, j].</summary>
    /// <param name="source">
    /// (rows, <see cref="Side"/>), stride <see cref="Padding.Unit"/>; as many columns as asked for are used.
    /// </param>
    /// <param name="rows">Number of rows, up to <see cref="Side"/>; zeros stand in for the rest.</param>
    /// <param name="columns">Number of columns that are wanted, up to <see cref="Side"/>.</param>
    /// <param name="destination">(columns, <see cref="Side"/>), stride <see cref="Padding.Unit"/>.</param>
    public static void Transpose(float* source, int rows, int columns, float* destination)
    {
        if (Avx.IsSupported && rows == Side)
        {
            TransposeAvx(source, columns, destination);
            return;
        }
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < Side; i++)
                destination[j * Padding.Unit + i] = i < rows ? source[i * Padding.Unit + j] : 0;
        }
    }

    /// <summary>Pairs of rows are interleaved by ones, then by twos, then their halves by fours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeAvx(float* source, int columns, float* destination)
    {
        Vector256<float> row0 = Row(source, 0),
            row1 = Row(source, 1),
            row2 = Row(source, 2),
            row3 = Row(source, 3);
        Vector256<float> row4 = Row(source, 4),
            row5 = Row(source, 5),
            row6 = Row(source, 6),
            row7 = Row(source, 7);
        Vector256<float> low01 = Avx.UnpackLow(row0, row1),
            high01 = Avx.UnpackHigh(row0, row1);
        Vector256<float> low23 = Avx.UnpackLow(row2, row3),
            high23 = Avx.UnpackHigh(row2, row3);
        Vector256<float> low45 = Avx.UnpackLow(row4, row5),
            high45 = Avx.UnpackHigh(row4, row5);
        Vector256<float> low67 = Avx.UnpackLow(row6, row7),
            high67 = Avx.UnpackHigh(row6, row7);
        Vector256<float> c04 = LowPairs(low01, low23),
            c15 = HighPairs(low01, low23),
            c26 = LowPairs(high01, high23),
            c37 = HighPairs(high01, high23);
        Vector256<float> d04 = LowPairs(low45, low67),
            d15 = HighPairs(low45, low67),
            d26 = LowPairs(high45, high67),
            d37 = HighPairs(high45, high67);
        if (columns == Side)
        {
            Store(LowHalves(c04, d04), destination, 0);
            Store(LowHalves(c15, d15), destination, 1);
            Store(LowHalves(c26, d26), destination, 2);
            Store(LowHalves(c37, d37), destination, 3);
            Store(HighHalves(c04, d04), destination, 4);
            Store(HighHalves(c15, d15), destination, 5);
            Store(HighHalves(c26, d26), destination, 6);
            Store(HighHalves(c37, d37), destination, 7);
            return;
        }
        if (columns > 0)
            Store(LowHalves(c04, d04), destination, 0);
        if (columns > 1)
            Store(LowHalves(c15, d15), destination, 1);
        if (columns > 2)
            Store(LowHalves(c26, d26), destination, 2);
        if (columns > 3)
            Store(LowHalves(c37, d37), destination, 3);
        if (columns > 4)
            Store(HighHalves(c04, d04), destination, 4);
        if (columns > 5)
            Store(HighHalves(c15, d15), destination, 5);
        if (columns > 6)
            Store(HighHalves(c26, d26), destination, 6);
    }

    private static Vector256<float> Row(float* source, int row) => Vector256.Load(source + row * Padding.Unit);

    private static void Store(Vector256<float> column, float* destination, int row) =>
        column.Store(destination + row * Padding.Unit);

    private static Vector256<float> LowPairs(Vector256<float> a, Vector256<float> b) =>
        Avx.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle();

    private static Vector256<float> HighPairs(Vector256<float> a, Vector256<float> b) =>
        Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle();

    private static Vector256<float> LowHalves(Vector256<float> a, Vector256<float> b) =>
        Vector256.Create(a.GetLower(), b.GetLower());

    private static Vector256<float> HighHalves(Vector256<float> a, Vector256<float> b) => Avx.Permute2x128(a, b, 0x31);
}
