using System.Security.Cryptography;
using System.Text;

namespace CharRnn.Datasets;

/// <summary>
/// Under what name the ids of some sources are kept, and in what state the sources were then. The name comes from the
/// paths and from how they are read, so that a text that changed takes the place of what it was.
/// </summary>
internal sealed class CacheKey
{
    private readonly CorpusSource[] _sources;
    private readonly byte[] _identity;
    private readonly FileStamp[] _stamps;

    private CacheKey(CorpusSource[] sources, byte[] identity, FileStamp[] stamps)
    {
        (_sources, _identity, _stamps) = (sources, identity, stamps);
        Name = Convert.ToHexStringLower(SHA256.HashData(identity));
        using var material = new MemoryStream();
        using var writer = new BinaryWriter(material);
        writer.Write(identity);
        foreach (var stamp in stamps)
        {
            writer.Write(stamp.Length);
            writer.Write(stamp.Modified);
            writer.Write(stamp.Changed);
            writer.Write(stamp.Number);
            writer.Write(stamp.Samples);
        }
        Fingerprint = SHA256.HashData(material.ToArray());
    }

    /// <summary>The name, in hexadecimal.</summary>
    public string Name { get; }

    /// <summary>The SHA-256 of the paths, how they are read, and the state of every file.</summary>
    public byte[] Fingerprint { get; }

    /// <summary>The key of some sources as they are now; null where one of them is no regular file.</summary>
    /// <param name="sources">The sources, in their order.</param>
    /// <param name="encoding">What a symbol is.</param>
    /// <param name="given">The vocabulary they are read with; null for their own.</param>
    /// <param name="skipUnknown">Whether symbols that it lacks are left out.</param>
    /// <param name="preparation">What is done to the text.</param>
    public static CacheKey? Of(
        IReadOnlyList<CorpusSource> sources,
        TextEncoding encoding,
        Vocabulary? given,
        bool skipUnknown,
        TextPreparation preparation
    )
    {
        using var material = new MemoryStream();
        using (var writer = new BinaryWriter(material, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((int)encoding);
            writer.Write(skipUnknown);
            writer.Write(preparation.ToString());
            writer.Write(given?.Count ?? 0);
            foreach (int symbol in given is null ? [] : given.Symbols)
                writer.Write(symbol);
            foreach (var source in sources)
                writer.Write(source.FilePath is null ? "" : Path.GetFullPath(source.FilePath));
        }
        CorpusSource[] copy = [.. sources];
        return StampsOf(copy) is { } stamps ? new CacheKey(copy, material.ToArray(), stamps) : null;
    }

    /// <summary>
    /// Whether the files are in the state they were in when the key was made, and could not change from now on without
    /// its showing.
    /// </summary>
    public bool IsStillTrue()
    {
        foreach (var stamp in _stamps)
            stamp.WaitForNextTime();
        return StampsOf(_sources) is { } now
            && new CacheKey(_sources, _identity, now).Fingerprint.AsSpan().SequenceEqual(Fingerprint);
    }

    private static FileStamp[]? StampsOf(CorpusSource[] sources)
    {
        var stamps = new FileStamp[sources.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            if (sources[i].FilePath is not { } path || FileStamp.Of(path) is not { } stamp)
                return null;
            stamps[i] = stamp;
        }
        return stamps;
    }
}
