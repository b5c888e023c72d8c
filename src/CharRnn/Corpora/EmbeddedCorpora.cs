using System.Text;

namespace CharRnn.Corpora;

/// <summary>One corpus that comes inside the library.</summary>
/// <param name="Name">What the user calls it.</param>
/// <param name="Description">What it is, in one line.</param>
public sealed record EmbeddedCorpus(string Name, string Description)
{
    /// <summary>The text as it is stored, UTF-8 without a byte order mark.</summary>
    public byte[] ReadBytes()
    {
        var resource = $"CharRnn.Corpora.{Name}.txt";
        using var stream = typeof(EmbeddedCorpus).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The library was built without its resource {resource}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>The text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());
}

/// <summary>The corpora that come inside the library, so that the first training needs no network.</summary>
public static class EmbeddedCorpora
{
    /// <summary>Tales, verse and small plays about dragons, written for this project: what is trained on when nothing is named.</summary>
    public static EmbeddedCorpus Dragons { get; } = new("dragons", "tales, verse and small plays about dragons, written for this project");

    /// <summary>All of them, the default one first.</summary>
    public static IReadOnlyList<EmbeddedCorpus> All { get; } = [Dragons];

    /// <summary>The embedded corpus of this name (case matters), or null.</summary>
    public static EmbeddedCorpus? Find(string name) => All.FirstOrDefault(corpus => corpus.Name == name);
}
