namespace CharRnn.Report.Pages;

/// <summary>The page's style sheet, <c>report.css</c>, which lies in the assembly.</summary>
internal static class StyleSheet
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        using var reader = new StreamReader(typeof(StyleSheet).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }
}
