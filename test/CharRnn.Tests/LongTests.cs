namespace CharRnn.Tests;

/// <summary>
/// Tests that gain from repetition or from many cases run a tenth of them, and all where <c>CHARRNN_LONG_TESTS</c> is
/// 1.
/// </summary>
internal static class LongTests
{
    private const string Variable = "CHARRNN_LONG_TESTS";
    private const int OneOf = 10,
        Seed = 2026;

    public static bool AreAsked => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The whole number of times, or by default a tenth of it.</summary>
    public static int Times(int whole) => AreAsked ? whole : Math.Max(1, whole / OneOf);

    /// <summary>The whole number of samples, or by default fewer.</summary>
    public static int Samples(int whole, int byDefault) => AreAsked ? whole : byDefault;

    /// <summary>No bound to the samples, or by default so many.</summary>
    public static int? AllOr(int byDefault) => AreAsked ? null : byDefault;

    /// <summary>
    /// All combinations, or by default one of so many, those whose turn it is: as many cases with consecutive turns
    /// have them all between them.
    /// </summary>
    public static IEnumerable<T> Share<T>(IEnumerable<T> all, int turn, int of) =>
        AreAsked ? all : all.Where((_, i) => i % of == turn % of);

    /// <summary>All cases, or by default a seeded part of them, with the first and the last: one of so many.</summary>
    public static IReadOnlyList<T> Sample<T>(IReadOnlyList<T> all, int oneOf = OneOf)
    {
        if (AreAsked)
            return all;
        var random = new Random(Seed);
        return [.. all.Where((_, i) => i == 0 || i == all.Count - 1 || random.Next(oneOf) == 0)];
    }
}
