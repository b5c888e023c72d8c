namespace CharRnn.Cli.Rendering;

/// <summary><c>[######..................]</c>.</summary>
internal static class ProgressBar
{
    private const int Cells = 24;

    /// <summary>The bar of a share from 0 to 1.</summary>
    public static string Of(double share)
    {
        int full = (int)(share * Cells);
        return $"[{new string('#', full)}{new string('.', Cells - full)}]";
    }
}
