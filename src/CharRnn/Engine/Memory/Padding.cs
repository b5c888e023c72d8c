namespace CharRnn.Engine;

/// <summary>
/// Widths that vector loops run over are rounded up to one cache line of floats. The padding holds zeros that stay
/// zero:
/// every cell maps a zero row of weights to a zero activation and a zero gradient.
/// </summary>
public static class Padding
{
    /// <summary>
    /// Floats in a cache line: one <c>Vector512</c>, two <c>Vector256</c>, and the width of a weight panel.
    /// </summary>
    public const int Unit = AlignedBuffer.Alignment / sizeof(float);

    /// <summary><paramref name="width"/> rounded up to a multiple of <see cref="Unit"/>.</summary>
    public static int RoundUp(int width) => checked(width + Unit - 1) / Unit * Unit;
}
