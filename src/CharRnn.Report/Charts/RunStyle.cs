using Radzen.Blazor;

namespace CharRnn.Report.Charts;

/// <summary>
/// Colours and marks of runs: each run has its own colour, and its own shape of marks for readers who cannot see
/// colours.
/// </summary>
internal static class RunStyle
{
    /// <summary>Number of colours in the style sheet.</summary>
    public const int Colors = 6;

    private static readonly MarkerType[] Marks =
    [
        MarkerType.Circle,
        MarkerType.Square,
        MarkerType.Triangle,
        MarkerType.Diamond,
    ];

    /// <summary>A run's colour, for CSS.</summary>
    public static string ColorOf(int run) => $"var(--run-{run % Colors + 1})";

    /// <summary>A run's mark.</summary>
    public static MarkerType MarkOf(int run) => Marks[run % Marks.Length];

    /// <summary>A line's width in pixels.</summary>
    public static double WidthOf(LineKind kind) => kind == LineKind.Thin ? 1.2 : 2.2;
}
