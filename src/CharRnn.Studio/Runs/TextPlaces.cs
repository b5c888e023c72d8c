using System.Security.Cryptography;
using System.Text;
using CharRnn.Checkpoints;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Runs;

/// <summary>
/// Places of texts that may be trained on: the folders that the studio was started with, and the one of uploads. A path
/// counts where it leads once all its links are followed.
/// </summary>
internal sealed class TextPlaces(IOptions<StudioOptions> options)
{
    private const int MaxLinks = 40;
    private const string Fallback = "text.txt";

    /// <summary>Max size of an upload in bytes.</summary>
    public long MaxUploadBytes => options.Value.MaxUploadBytes;

    /// <summary>Where a typed path leads.</summary>
    /// <exception cref="CorpusException">There is nothing, or it lies outside the folders.</exception>
    public string Resolve(string path)
    {
        string full = FullPath(path.Trim());
        if (!Path.Exists(full))
            throw new CorpusException($"there is no {OneLine.Quote(path)}; give the path of a file or a folder.");
        string real = RealPath(full);
        string[] folders = [.. options.Value.DataFolders, options.Value.UploadsFolder];
        return folders.Any(folder => Path.Exists(folder) && IsWithin(real, RealPath(Path.GetFullPath(folder))))
            ? full
            : throw new CorpusException(
                $"{OneLine.Quote(path)} lies outside {string.Join(", ", options.Value.DataFolders)}; start the studio with "
                    + "--data and its folder, or upload it."
            );
    }

    /// <summary>
    /// Saves an upload, whole or not at all. Runs are told the text by its path: another text of the same name gets a
    /// number, the same text again does not.
    /// </summary>
    /// <param name="name">Name of the file in the browser, of which letters, digits and a few signs are kept.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="CharRnnException">It cannot be saved.</exception>
    public async Task<string> SaveAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        string folder = options.Value.UploadsFolder,
            partial = Path.Combine(folder, $".{Guid.NewGuid():N}.part");
        try
        {
            Directory.CreateDirectory(folder);
            try
            {
                await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
                    await content.CopyToAsync(file, cancellationToken);
                return Keep(partial, folder, SafeName(name));
            }
            finally
            {
                File.Delete(partial);
            }
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new CharRnnException($"cannot save {SafeName(name)} in {folder}: {OneLine.Reason(refusal)}", refusal);
        }
    }

    /// <summary>A name without folders, hidden files, and what shells or file systems take for their own.</summary>
    public static string SafeName(string name)
    {
        string last = name.Replace('\\', '/').Split('/')[^1];
        string safe = string.Concat(
            last.EnumerateRunes()
                .Select(rune => Rune.IsLetterOrDigit(rune) || rune.Value is '.' or '-' or '_' ? rune.ToString() : "-")
        );
        safe = safe.TrimStart('.', '-');
        const int maxLength = 100;
        if (safe.Length > maxLength)
            safe = safe[^maxLength..].TrimStart('.', '-');
        return safe.Length > 0 ? safe : Fallback;
    }

    // The same name with a number, up to the first that is free or has the same content.
    private static string Keep(string partial, string folder, string name)
    {
        for (int number = 1; ; number++)
        {
            string path = Path.Combine(
                folder,
                number == 1
                    ? name
                    : $"{Path.GetFileNameWithoutExtension(name)}-{Quantity.Count(number)}{Path.GetExtension(name)}"
            );
            if (!Path.Exists(path))
            {
                File.Move(partial, path);
                return path;
            }
            if (File.Exists(path) && AreSame(partial, path))
                return path;
        }
    }

    private static bool AreSame(string one, string other)
    {
        using FileStream first = File.OpenRead(one),
            second = File.OpenRead(other);
        return first.Length == second.Length && SHA256.HashData(first).AsSpan().SequenceEqual(SHA256.HashData(second));
    }

    private static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception refusal) when (refusal is ArgumentException or NotSupportedException or IOException)
        {
            throw new CorpusException("type the path of a file or a folder.", refusal);
        }
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder
        || path.StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static string RealPath(string full)
    {
        for (int links = 0; links < MaxLinks; links++)
        {
            if (FirstLink(full) is not { } followed)
                return full;
            full = followed;
        }
        throw new CorpusException($"{OneLine.Quote(full)} is a circle of links.");
    }

    // The path with its first link followed; null where it has none.
    private static string? FirstLink(string full)
    {
        string at = Path.GetPathRoot(full)!;
        string[] parts = full[at.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < parts.Length; i++)
        {
            string next = Path.Combine(at, parts[i]);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is { } target)
                return Path.GetFullPath(Path.Combine([Path.Combine(at, target), .. parts[(i + 1)..]]));
            at = next;
        }
        return null;
    }
}
