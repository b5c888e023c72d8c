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
                Lanes.Load(source).Store(destination);
                Lanes.Load(source + Lanes.Count).Store(destination + Lanes.Count);
                source += rows.Stride;
                destination += Padding.Unit;
            }
        }
    }

    /// <summary>Turns panels around: transposed[n, k] = panels[k, n], for the product that carries gradients back.</summary>
    /// <param name="panels">(K, ≥ N).</param>
    /// <param name="transposed">(N, K padded); the padding is left as it is.</param>
    public static void Transpose(Panels panels, Panels transposed)
    {
        Debug.Assert(transposed.Inputs <= panels.Outputs && transposed.Outputs >= panels.Inputs);
        for (int k = 0; k < panels.Inputs; k++)
        {
            float* destination = transposed.Data + k / Padding.Unit * transposed.PanelLength + k % Padding.Unit;
            for (int panel = 0; panel * Padding.Unit < transposed.Inputs; panel++)
            {
                float* source = panels.Data + panel * panels.PanelLength + (long)k * Padding.Unit;
                int width = Math.Min(Padding.Unit, transposed.Inputs - panel * Padding.Unit);
                for (int n = 0; n < width; n++, destination += Padding.Unit) *destination = source[n];
            }
        }
    }
}
