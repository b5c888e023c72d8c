namespace CharRnn.Reference;

/// <summary>
/// Dense products with one row-major matrix (R, C), and the logistic function. Every result is added to its
/// destination.
/// <code>
/// AddProduct            y += M x       x (C), y (R)
/// AddTransposedProduct  x += Mᵀ y      y (R), x (C)
/// AddOuterProduct       M += y xᵀ      y (R), x (C)
/// </code>
/// </summary>
internal static class Dense
{
    public static void AddProduct(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector, Span<double> result)
    {
        for (int r = 0; r < result.Length; r++)
            result[r] += Dot(matrix.Slice(r * vector.Length, vector.Length), vector);
    }

    public static void AddTransposedProduct(
        ReadOnlySpan<double> matrix,
        ReadOnlySpan<double> vector,
        Span<double> result
    )
    {
        for (int r = 0; r < vector.Length; r++)
            AddScaled(vector[r], matrix.Slice(r * result.Length, result.Length), result);
    }

    public static void AddOuterProduct(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> matrix)
    {
        for (int r = 0; r < left.Length; r++)
            AddScaled(left[r], right, matrix.Slice(r * right.Length, right.Length));
    }

    public static void AddScaled(double scale, ReadOnlySpan<double> source, Span<double> destination)
    {
        destination = destination[..source.Length];
        for (int i = 0; i < source.Length; i++)
            destination[i] += scale * source[i];
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    // Four partial sums, since additions to a single one wait for each other: the tests run twenty thousand iterations
    // of min-char-rnn.
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        right = right[..left.Length];
        double sum0 = 0,
            sum1 = 0,
            sum2 = 0,
            sum3 = 0;
        int i = 0;
        for (; i < left.Length - 3; i += 4)
        {
            sum0 += left[i] * right[i];
            sum1 += left[i + 1] * right[i + 1];
            sum2 += left[i + 2] * right[i + 2];
            sum3 += left[i + 3] * right[i + 3];
        }
        for (; i < left.Length; i++)
            sum0 += left[i] * right[i];
        return sum0 + sum1 + (sum2 + sum3);
    }
}
