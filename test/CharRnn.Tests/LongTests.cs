namespace CharRnn.Tests;

/// <summary>
/// Tests that gain from repetition or from many cases run a tenth of them, and all where <c>CHARRNN_LONG_TESTS</c> is 1.
/// </summary>
internal static class LongTests
{
    private const string Variable = "CHARRNN_LONG_TESTS";
    private const int OneOf = 10,
        Seed = 2026;

    public static bool AreAsked => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The whole number of times, or by default a tenth of it.</summary>
    public static int Times(int whole) => AreAsked ? whole : Math.Max(1, whole / OneOf);

    /// <summary>All cases, or by default a seeded tenth of them, with the first and the last.</summary>
    public static IReadOnlyList<T> Sample<T>(IReadOnlyList<T> all)
    {
        if (AreAsked)
            return all;
        var random = new Random(Seed);
        return [.. all.Where((_, i) => i == 0 || i == all.Count - 1 || random.Next(OneOf) == 0)];
    }
}
