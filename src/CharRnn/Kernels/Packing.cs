using System.Diagnostics;
using CharRnn.Memory;

namespace CharRnn.Kernels;

/// <summary>Puts matrices into panel order.</summary>
internal static unsafe class Packing
{
    /// <summary>Packs rows as the terms of a sum: panels[k, n] = rows[k, n].</summary>
    /// <param name="rows">(K, N), N a multiple of <see cref="Padding.Unit"/>.</param>
    /// <param name="panels">(K, N), overwritten.</param>
    public static void PackRows(Matrix rows, Panels panels)
    {
        Debug.Assert(rows.Rows == panels.Inputs && rows.Columns == panels.Outputs);
        for (int panel = 0; panel < panels.Count; panel++)
        {
            float* source = rows.Data + panel * Padding.Unit;
            float* destination = panels.Data + panel * panels.PanelLength;
            for (int row = 0; row < rows.Rows; row++)
            {
                Lanes8.Load(source).Store(destination);
                Lanes8.Load(source + Lanes8.Count).Store(destination + Lanes8.Count);
                source += rows.Stride;
                destination += Padding.Unit;
            }
        }
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
