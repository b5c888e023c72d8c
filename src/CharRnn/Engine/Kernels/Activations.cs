using System.Diagnostics;

namespace CharRnn.Engine;

/// <summary>
/// Activations of whole rows in place, and their derivatives computed from the activated values, so that no input needs
/// to be kept. All of them map 0 to 0.
/// </summary>
internal static class Activations
{
    /// <summary>values = max(0, values); NaN stays NaN.</summary>
    public static void Relu(Matrix values)
    {
        if (Lanes.AreWide)
            Relu<Lanes16>(values);
        else
            Relu<Lanes8>(values);
    }

    /// <summary>values = tanh(values).</summary>
    public static void Tanh(Matrix values)
    {
        if (Lanes.AreWide)
            Tanh<Lanes16>(values);
        else
            Tanh<Lanes8>(values);
    }

    /// <summary>gradients ⊙= relu'(x), which is 1 where x is positive and 0 elsewhere.</summary>
    /// <param name="activated">(M, N): max(0, x), in any positive scale.</param>
    /// <param name="gradients">(M, N).</param>
    public static void MultiplyByReluDerivative(Matrix activated, Matrix gradients)
    {
        Debug.Assert(activated.Rows == gradients.Rows && activated.Columns == gradients.Columns);
        if (Lanes.AreWide)
            MultiplyByReluDerivative<Lanes16>(activated, gradients);
        else
            MultiplyByReluDerivative<Lanes8>(activated, gradients);
    }

    /// <summary>gradients ⊙= tanh'(x) = 1 − tanh(x)².</summary>
    /// <param name="activated">(M, N): tanh(x) / <paramref name="scale"/>.</param>
    /// <param name="scale">The factor that turns it into tanh(x).</param>
    /// <param name="gradients">(M, N).</param>
    public static void MultiplyByTanhDerivative(Matrix activated, float scale, Matrix gradients)
    {
        Debug.Assert(activated.Rows == gradients.Rows && activated.Columns == gradients.Columns);
        if (Lanes.AreWide)
            MultiplyByTanhDerivative<Lanes16>(activated, scale, gradients);
        else
            MultiplyByTanhDerivative<Lanes8>(activated, scale, gradients);
    }

    private static void Relu<TLanes>(Matrix values)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < values.Rows; row++)
        {
            for (int j = 0; j < values.Columns; j += TLanes.Count)
            {
                var value = values.Load<TLanes>(row, j);
                values.Store(row, j, TLanes.WhereLess(value, 0f, 0f, value));
            }
        }
    }

    private static void Tanh<TLanes>(Matrix values)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < values.Rows; row++)
        {
            for (int j = 0; j < values.Columns; j += TLanes.Count)
                values.Store(row, j, Elementary.Tanh(values.Load<TLanes>(row, j)));
        }
    }

    private static void MultiplyByReluDerivative<TLanes>(Matrix activated, Matrix gradients)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < gradients.Rows; row++)
        {
            for (int j = 0; j < gradients.Columns; j += TLanes.Count)
                gradients.Store(
                    row,
                    j,
                    TLanes.WhereLess(0f, activated.Load<TLanes>(row, j), gradients.Load<TLanes>(row, j), 0f)
                );
        }
    }

    private static void MultiplyByTanhDerivative<TLanes>(Matrix activated, float scale, Matrix gradients)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int row = 0; row < gradients.Rows; row++)
        {
            for (int j = 0; j < gradients.Columns; j += TLanes.Count)
            {
                TLanes one = 1f;
                var tanh = activated.Load<TLanes>(row, j) * scale;
                gradients.Store(row, j, gradients.Load<TLanes>(row, j) * (one - tanh * tanh));
            }
        }
    }
}
