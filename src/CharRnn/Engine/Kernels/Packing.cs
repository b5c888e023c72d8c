using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CharRnn.Engine;

/// <summary>Puts matrices into panel order.</summary>
internal static unsafe class Packing
{
    // Few enough rows that reading them side by side is reading in order, and enough that what is written of a panel is
    // too.
    private const int RowsAtOnce = 8;

    /// <summary>
    /// Packs rows as the terms of a sum: panels[k, n] = rows[k, n]; and while they pass by adds them up: sums += the
    /// sum of the rows, in order.
    /// </summary>
    /// <param name="rows">(K, N), N a multiple of <see cref="Padding.Unit"/>.</param>
    /// <param name="panels">(K, N), overwritten.</param>
    /// <param name="sums">(1, N), accumulated; empty where nobody wants them.</param>
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

    /// <summary>Copies one vector of some rows; gives the sum plus all of them.</summary>
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
    /// Turns panels around: transposed[n, k] = panels[k, n], for the product that carries gradients back.
    /// </summary>
    /// <param name="panels">(K, some of N padded).</param>
    /// <param name="first">Which of the N outputs the panels begin with.</param>
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
