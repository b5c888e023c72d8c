namespace CharRnn.Report.Pages;

/// <summary>The pages' style sheets, which lie in the assembly.</summary>
internal static class StyleSheet
{
    /// <summary>What every page has.</summary>
    public static string Text { get; } = Read("report.css");

    /// <summary>Colours of texts, beside that.</summary>
    public static string Neurons { get; } = Read("neurons.css");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(StyleSheet).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
