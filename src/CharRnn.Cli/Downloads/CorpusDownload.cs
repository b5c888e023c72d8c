using System.Globalization;
using System.Security.Cryptography;
using CharRnn.Datasets;

namespace CharRnn.Cli.Downloads;

/// <summary>
/// Download of a catalogue corpus into the cache: to a <c>.part</c> file that an interrupted download continues,
/// checked against its known size and hash, unpacked, and only then given its final name.
/// </summary>
/// <param name="http">
/// The client to fetch with; its own timeout should be infinite, since <paramref name="patience"/> watches for silence.
/// </param>
/// <param name="cache">Cache that receives the corpus.</param>
/// <param name="patience">Limits of trying again; the defaults when null.</param>
internal sealed class CorpusDownload(HttpClient http, CorpusCache cache, DownloadPatience? patience = null)
{
    private readonly ResumableTransfer _transfer = new(http, patience ?? new());

    /// <summary>
    /// An HTTP client for downloads: no time limit on the whole, a limit on connecting, and a user agent.
    /// </summary>
    public static HttpClient MakeClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(
            new("charrnn", typeof(CorpusDownload).Assembly.GetName().Version?.ToString(3))
        );
        return client;
    }

    /// <summary>Downloads the corpus unless it is there already.</summary>
    /// <param name="entry">Corpus to fetch.</param>
    /// <param name="force">Fetch it even if it is there; the old one stays until the new one is whole.</param>
    /// <param name="progress">Called after every block, on the thread that received it.</param>
    /// <param name="cancellationToken">Stops it; what came so far is kept for the next try.</param>
    /// <returns>The path of the text, or of the folder of texts.</returns>
    /// <exception cref="CorpusException">
    /// The download is not what the catalogue knows: another size or hash, or a bad archive. It is removed.
    /// </exception>
    /// <exception cref="CharRnnException">It cannot be fetched or written; what came so far is kept.</exception>
    public async Task<string> FetchAsync(
        CorpusEntry entry,
        bool force = false,
        Action<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        if (cache.Has(entry) && !force)
            return cache.PathOf(entry);
        try
        {
            Directory.CreateDirectory(cache.Folder);
            string downloaded = cache.DownloadPathOf(entry);
            if (force)
                PartialFile.Delete(downloaded);
            using (var part = PartialFile.Open(downloaded))
                await _transfer.RunAsync(entry.Address, part, progress, cancellationToken);
            Install(entry, downloaded);
            return cache.PathOf(entry);
        }
        catch (CorpusException e)
        {
            throw new CorpusException($"corpus '{entry.Name}': {e.Message}.", e);
        }
        catch (CharRnnException e)
        {
            throw new CharRnnException($"corpus '{entry.Name}': {e.Message}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException(
                $"corpus '{entry.Name}': the cache folder {cache.Folder} cannot be written: {e.Message}",
                e
            );
        }
    }

    private void Install(CorpusEntry entry, string downloaded)
    {
        string unpacked = entry.Packing == CorpusPacking.Plain ? downloaded : cache.UnpackPathOf(entry);
        try
        {
            Unpack(entry, downloaded, unpacked);
            Check(entry, unpacked);
        }
        catch (CorpusException)
        {
            PartialFile.Delete(downloaded);
            Remove(unpacked);
            throw;
        }

        Place(entry, unpacked, cache.PathOf(entry));
        PartialFile.Delete(downloaded);
    }

    private static void Unpack(CorpusEntry entry, string downloaded, string unpacked)
    {
        if (entry.Packing == CorpusPacking.Plain)
            return;
        Remove(unpacked);
        string member =
            entry.Member
            ?? throw new ArgumentException($"The packed corpus {entry.Name} names no member of its archive.");
        switch (entry.Packing)
        {
            case CorpusPacking.ZippedFolder:
                CorpusArchive.UnpackFolder(downloaded, member, unpacked);
                break;
            case CorpusPacking.ZippedSources:
                CorpusArchive.JoinFiles(downloaded, member, entry.Endings, unpacked);
                break;
            default:
                CorpusArchive.UnpackFile(downloaded, member, unpacked);
                break;
        }
    }

    private static void Check(CorpusEntry entry, string path)
    {
        if (entry.IsFolder)
            return;
        long bytes = new FileInfo(path).Length;
        if (entry.Bytes is { } needed && bytes != needed)
            throw new CorpusException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"what {entry.Address} gave has {bytes} bytes; {needed} are needed. It was removed"
                )
            );
        CheckHash(entry.Sha256, "SHA-256", SHA256.HashData);
        CheckHash(entry.Sha1, "SHA-1", HashWithSha1);

        void CheckHash(string? known, string kind, Func<Stream, byte[]> hash)
        {
            if (known is null)
                return;
            using var stream = File.OpenRead(path);
            string found = Convert.ToHexStringLower(hash(stream));
            if (found != known)
                throw new CorpusException(
                    $"what {entry.Address} gave has the {kind} {found}; {known} is needed. It was removed"
                );
        }
    }

#pragma warning disable CA5350 // The publishers of enwik8 and enwik9 give SHA-1 alone; it is here against damage, not against forgery.
    private static byte[] HashWithSha1(Stream stream) => SHA1.HashData(stream);
#pragma warning restore CA5350

    private static void Place(CorpusEntry entry, string unpacked, string destination)
    {
        if (!entry.IsFolder)
        {
            File.Move(unpacked, destination, overwrite: true);
            return;
        }

        // A folder cannot be renamed over another; the old one steps aside first and comes back if the rename fails.
        string aside = destination + ".old";
        Remove(aside);
        if (Directory.Exists(destination))
            Directory.Move(destination, aside);
        try
        {
            Directory.Move(unpacked, destination);
        }
        catch (IOException) when (Directory.Exists(aside))
        {
            Directory.Move(aside, destination);
            throw;
        }

        Remove(aside);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }
}
