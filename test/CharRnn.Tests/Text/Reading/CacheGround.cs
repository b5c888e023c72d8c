using CharRnn.Datasets;

namespace CharRnn.Tests;

/// <summary>
/// A folder for texts and one for a cache, gone after the test; every text in it is large enough for the cache.
/// </summary>
internal sealed class CacheGround : IDisposable
{
    private readonly TempFolder _texts = new();

    public CacheGround()
    {
        Cache = new IdCache(System.IO.Path.Combine(_texts.Path, "cache", "ids"));
        Options = new CorpusOptions { MapFrom = 1, Cache = Cache };
    }

    public IdCache Cache { get; init; }

    public CorpusOptions Options { get; }

    /// <summary>How often a text was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>The names of the files of ids.</summary>
    public string[] Kept => Names(".ids");

    /// <summary>The names of the files that are on their way to being some.</summary>
    public string[] Temporaries => Names(".tmp");

    public string In(string name) => _texts.In(name);

    public string Write(string name, string text) => _texts.Write(name, text);

    public string Write(string name, byte[] bytes) => _texts.Write(name, bytes);

    public string KeptPath(string name) => System.IO.Path.Combine(Cache.Folder, name);

    /// <summary>Reads a text, and counts in <see cref="Opened"/> how often that opens it.</summary>
    public CorpusReading Read(string path, CorpusOptions? options = null, bool skipUnknown = false)
    {
        var source = CorpusSource.OfFile(path);
        var counted = source with
        {
            Open = () =>
            {
                Opened++;
                return source.Open();
            },
        };
        return new CorpusReader([counted], options ?? Options) { SkipUnknown = skipUnknown }.Read(_ => { });
    }

    public static string TextOf(CorpusReading reading) => reading.Vocabulary.Decode(IdsOf(reading.Ids));

    public static int[] IdsOf(SymbolIds ids)
    {
        int[] copy = new int[ids.Length];
        ids.CopyTo(0, copy);
        return copy;
    }

    public void Dispose() => _texts.Dispose();

    private string[] Names(string suffix) =>
        Directory.Exists(Cache.Folder)
            ?
            [
                .. Directory
                    .GetFiles(Cache.Folder)
                    .Select(path => System.IO.Path.GetFileName(path))
                    .Where(name => name.EndsWith(suffix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
}
