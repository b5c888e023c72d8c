namespace CharRnn.Cli.Rendering;

/// <summary>A bar of whole and partial blocks: <c>██████▍</c>.</summary>
internal static class Bar
{
    private const int Parts = 8;

    // One eighth of a cell to eight.
    private const string Blocks = "▏▎▍▌▋▊▉█";

    /// <summary>The bar of a share from 0 to 1; nothing where it is less than half an eighth of a cell.</summary>
    /// <param name="share">The share.</param>
    /// <param name="cells">What a share of 1 takes.</param>
    public static string Of(double share, int cells)
    {
        var (full, rest) = Math.DivRem((int)Math.Round(share * cells * Parts), Parts);
        return new string(Blocks[^1], full) + (rest > 0 ? Blocks[rest - 1] : "");
    }
}
