namespace CharRnn.Cli.Tests;

/// <summary>Tests that gain from being repeated are repeated more often where <c>CHARRNN_LONG_TESTS</c> is 1.</summary>
internal static class LongTests
{
    private const string Variable = "CHARRNN_LONG_TESTS";

    public static bool AreAsked => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The whole number of times, or by default a tenth of it.</summary>
    public static int Times(int whole) => AreAsked ? whole : Math.Max(1, whole / 10);
}
