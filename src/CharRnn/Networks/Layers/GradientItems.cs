using CharRnn.Engine;

namespace CharRnn.Networks;

/// <summary>Weight gradients that are computed together: some columns of one matrix.</summary>
/// <param name="Matrix">The number of the matrix.</param>
/// <param name="Panels">The panels of its columns.</param>
internal readonly record struct GradientItem(int Matrix, PanelRange Panels);

/// <summary>Panels of one matrix of weights whose gradient is to be computed.</summary>
/// <param name="Panels">Number of panels.</param>
/// <param name="Products">Number of multiply-adds that each takes.</param>
internal readonly record struct GradientWork(int Panels, long Products);

/// <summary>
/// Cut of the weight gradients into items that are handed out one after another: large ones first, since operands are
/// packed again for each, then smaller ones, so that no worker waits long for the last (guided self-scheduling,
/// Polychronopoulos and Kuck 1987).
/// </summary>
internal static class GradientItems
{
    // An item's packing is little beside its products from some panels on.
    private const int MinPanels = 4;

    // About a millisecond.
    private const long MinProducts = 1 << 26;

    /// <summary>Cuts matrices, in their order; one worker gets each in one piece.</summary>
    public static GradientItem[] Cut(IReadOnlyList<GradientWork> matrices, int workers)
    {
        var items = new List<GradientItem>();
        long left = matrices.Sum(matrix => matrix.Panels * matrix.Products),
            minProducts = Math.Min(MinProducts, left / (2 * workers));
        for (int matrix = 0; matrix < matrices.Count; matrix++)
        {
            var (panels, products) = matrices[matrix];
            for (int start = 0, count; start < panels; start += count)
            {
                long share = Math.Max(left / (2 * workers), minProducts);
                count = workers == 1 ? panels : (int)Math.Max(MinPanels, share / Math.Max(1, products));
                // Not a rest that is smaller than an item.
                if (panels - start - count < MinPanels)
                    count = panels - start;
                items.Add(new GradientItem(matrix, new PanelRange(start, start + count)));
                left -= count * products;
            }
        }
        return [.. items];
    }
}
