namespace CharRnn.Reference;

/// <summary>
/// Input projection of a layer for all T·B rows: P = X Wᵀ + b, with X (T·B, I), W (G·H, I), b (G·H), P (T·B, G·H). For
/// a one-hot row of X it is a column of W.
/// <code>
/// dW = dPᵀ X    db = column sums of dP    dX = dP W
/// </code>
/// </summary>
internal static class InputProjection
{
    public static double[] Forward(double[] weight, double[] bias, double[] inputs)
    {
        int width = bias.Length;
        int size = weight.Length / width;
        int rows = inputs.Length / size;
        double[] projected = new double[rows * width];
        for (int row = 0; row < rows; row++)
        {
            var destination = projected.AsSpan(row * width, width);
            bias.CopyTo(destination);
            Dense.AddProduct(weight, inputs.AsSpan(row * size, size), destination);
        }
        return projected;
    }

    public static double[] ForwardOneHot(double[] weight, double[] bias, int[] ids)
    {
        int width = bias.Length;
        int size = weight.Length / width;
        double[] projected = new double[ids.Length * width];
        for (int row = 0; row < ids.Length; row++)
        for (int j = 0; j < width; j++)
            projected[row * width + j] = bias[j] + weight[j * size + ids[row]];
        return projected;
    }

    public static double[] Backward(
        double[] weight,
        double[] inputs,
        double[] dProjected,
        double[] dWeight,
        double[] dBias
    )
    {
        int width = dBias.Length;
        int size = weight.Length / width;
        int rows = inputs.Length / size;
        double[] dInputs = new double[inputs.Length];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> source = dProjected.AsSpan(row * width, width);
            Dense.AddScaled(1, source, dBias);
            Dense.AddOuterProduct(source, inputs.AsSpan(row * size, size), dWeight);
            Dense.AddTransposedProduct(weight, source, dInputs.AsSpan(row * size, size));
        }
        return dInputs;
    }

    public static void BackwardOneHot(int[] ids, double[] dProjected, double[] dWeight, double[] dBias)
    {
        int width = dBias.Length;
        int size = dWeight.Length / width;
        for (int row = 0; row < ids.Length; row++)
        for (int j = 0; j < width; j++)
        {
            dBias[j] += dProjected[row * width + j];
            dWeight[j * size + ids[row]] += dProjected[row * width + j];
        }
    }
}
