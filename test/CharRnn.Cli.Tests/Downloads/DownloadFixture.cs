using System.Security.Cryptography;
using System.Text;
using CharRnn.Cli.Downloads;
using CharRnn.Datasets;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>A cache of its own, and a downloader into it that does not wait between tries.</summary>
internal sealed class DownloadFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = CorpusDownload.MakeClient();

    public DownloadFixture(TimeSpan? silence = null)
    {
        Cache = new(_folder.File("cache"));
        Download = new(
            _http,
            Cache,
            new() { RetryDelay = TimeSpan.Zero, Silence = silence ?? TimeSpan.FromSeconds(30) }
        );
    }

    public CorpusCache Cache { get; }

    public CorpusDownload Download { get; }

    public static byte[] SomeText(int lines = 20_000) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(i => $"line {i} of a text\n")));

    public static CorpusEntry EntryFor(TinyHttpServer server) =>
        new("little", "a little text", server.Address)
        {
            Bytes = server.Content.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(server.Content)),
        };

    /// <summary>What lies in the cache folder, by name, in order.</summary>
    public string[] Names() =>
        [.. Directory.GetFileSystemEntries(Cache.Folder).Select(path => Path.GetFileName(path)).Order()];

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }
}
