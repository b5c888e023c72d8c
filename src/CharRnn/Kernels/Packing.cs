using System.Diagnostics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Puts matrices into panel order.</summary>
internal static unsafe class Packing
{
    /// <summary>Packs rows as the terms of a sum: panels[k, n] = rows[k, n].</summary>
    /// <param name="rows">(K, N), N a multiple of <see cref="Padding.Unit"/>.</param>
    /// <param name="panels">(K, N), overwritten.</param>
    public static void PackRows(Matrix rows, Panels panels) => PackRows(rows, panels, sums: default);

    /// <summary>The same, while the rows pass by adding them up: sums += the sum of the rows, in order.</summary>
    /// <param name="rows">(K, N).</param>
    /// <param name="panels">(K, N), overwritten.</param>
    /// <param name="sums">(1, N), accumulated; empty where nobody wants them.</param>
    public static void PackRows(Matrix rows, Panels panels, Matrix sums)
    {
        Debug.Assert(rows.Rows == panels.Inputs && rows.Columns == panels.Outputs);
        Debug.Assert(sums.IsEmpty || (sums.Rows == 1 && sums.Columns == rows.Columns));
        for (int panel = 0; panel < panels.Count; panel++)
        {
            int column = panel * Padding.Unit;
            float* source = rows.Data + column, destination = panels.Data + panel * panels.PanelLength;
            float* panelSums = sums.IsEmpty ? null : sums.Data + column;
            if (Lanes.AreWide)
            {
                PackColumn<Lanes16>(source, rows.Rows, rows.Stride, panelSums, destination);
                continue;
            }
            PackColumn<Lanes8>(source, rows.Rows, rows.Stride, panelSums, destination);
            PackColumn<Lanes8>(source + Lanes8.Count, rows.Rows, rows.Stride, sums.IsEmpty ? null : panelSums + Lanes8.Count, destination + Lanes8.Count);
        }
    }

    private static void PackColumn<TLanes>(float* source, int rows, int stride, float* sums, float* destination) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sum = sums is null ? 0f : TLanes.Load(sums);
        for (int row = 0; row < rows; row++)
        {
            var value = TLanes.Load(source);
            value.Store(destination);
            sum += value;
            source += stride;
            destination += Padding.Unit;
        }
        if (sums is not null) sum.Store(sums);
    }

    /// <summary>Turns panels around: transposed[n, k] = panels[k, n], for the product that carries gradients back.</summary>
    /// <param name="panels">(K, ≥ N).</param>
    /// <param name="transposed">(N, K padded); the padding becomes 0 or is left as it is.</param>
    public static void Transpose(Panels panels, Panels transposed)
    {
        Debug.Assert(transposed.Inputs <= panels.Outputs && transposed.Outputs >= panels.Inputs);
        for (int n = 0; n < transposed.Inputs; n += Square.Side)
        {
            float* source = panels.Data + n / Padding.Unit * panels.PanelLength + n % Padding.Unit;
            int columns = Math.Min(Square.Side, transposed.Inputs - n);
            for (int k = 0; k < panels.Inputs; k += Square.Side)
            {
                float* destination = transposed.Data + k / Padding.Unit * transposed.PanelLength + (long)n * Padding.Unit + k % Padding.Unit;
                Square.Transpose(source + (long)k * Padding.Unit, Math.Min(Square.Side, panels.Inputs - k), columns, destination);
            }
        }
    }
}
