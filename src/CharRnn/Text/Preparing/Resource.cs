namespace CharRnn.Datasets;

/// <summary>The tables that lie beside this code.</summary>
internal static class Resource
{
    /// <summary>The lines of a table, without its remarks.</summary>
    internal static IEnumerable<string> Lines(string name)
    {
        string resource = $"{typeof(Resource).Namespace}.{name}";
        using var stream =
            typeof(Resource).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The library was built without its resource {resource}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                yield return line;
        }
    }
}
