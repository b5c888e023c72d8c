using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>One corpus that comes inside the library: a text, or short texts under labels.</summary>
/// <param name="Name">Name of the dataset.</param>
/// <param name="Description">Description in one line.</param>
public sealed record EmbeddedDataset(string Name, string Description)
{
    private const string Extension = ".txt";

    /// <summary>
    /// The labels of its texts, in ordinal order, each with a text of its own that has one record a line; empty where
    /// it is one text.
    /// </summary>
    public IReadOnlyList<string> Labels =>
        [
            .. typeof(EmbeddedDataset)
                .Assembly.GetManifestResourceNames()
                .Where(resource => resource.StartsWith(Folder, StringComparison.Ordinal))
                .Select(resource => resource[Folder.Length..^Extension.Length])
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Whether its texts have labels, so that it is a folder of texts rather than one.</summary>
    public bool IsFolder => Labels.Count > 0;

    private string Resource => $"CharRnn.Datasets.{Name}";

    private string Folder => Resource + "/";

    /// <summary>
    /// The text as it is stored, UTF-8 without a byte order mark; with labels, their texts one after another.
    /// </summary>
    public byte[] ReadBytes() =>
        Labels is { Count: > 0 } labels ? [.. labels.SelectMany(ReadBytes)] : Read(Resource + Extension);

    /// <summary>The text of one label, as it is stored.</summary>
    public byte[] ReadBytes(string label) => Read(Folder + label + Extension);

    /// <summary>The text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>The text of one label.</summary>
    public string ReadText(string label) => Encoding.UTF8.GetString(ReadBytes(label));

    private static byte[] Read(string resource)
    {
        using var stream =
            typeof(EmbeddedDataset).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The library was built without its resource {resource}.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>The corpora that come inside the library, so that the first training needs no network.</summary>
public static class EmbeddedDatasets
{
    /// <summary>
    /// Tales, verse and small plays about dragons, written for this project: what is trained on when nothing is named.
    /// </summary>
    public static EmbeddedDataset Dragons { get; } =
        new("dragons", "tales, verse and small plays about dragons, written for this project");

    /// <summary>
    /// Common surnames under their languages, in their own letters, compiled for this project: the default
    /// data set of a classifier.
    /// </summary>
    public static EmbeddedDataset Names { get; } = new("names", "surnames under their languages, one a line");

    /// <summary>All of them, the default one first.</summary>
    public static IReadOnlyList<EmbeddedDataset> All { get; } = [Dragons, Names];

    /// <summary>The embedded corpus of this name (case matters), or null.</summary>
    public static EmbeddedDataset? Find(string name) => All.FirstOrDefault(corpus => corpus.Name == name);
}
