using System.IO.Compression;

namespace CharRnn.Cli.Downloads;

/// <summary>
/// Unpacking of a corpus from a zip archive. An archive is foreign data: a name in it that would lead out of the folder
/// refuses the whole archive.
/// </summary>
internal static class CorpusArchive
{
    private const string TextExtension = ".txt";

    /// <summary>Unpacks one file of the archive.</summary>
    public static void UnpackFile(string archivePath, string member, string destination) =>
        Read(
            archivePath,
            archive =>
            {
                var entry =
                    archive.GetEntry(member)
                    ?? throw new CorpusException(
                        $"the archive has no file '{member}'; its publisher seems to have changed it"
                    );
                Copy(entry, destination);
            }
        );

    /// <summary>Unpacks the <c>*.txt</c> files that lie directly in one folder of the archive.</summary>
    public static void UnpackFolder(string archivePath, string member, string destinationFolder) =>
        Read(
            archivePath,
            archive =>
            {
                var texts = archive
                    .Entries.Where(entry =>
                        entry.FullName == member + entry.Name
                        && entry.Name.EndsWith(TextExtension, StringComparison.OrdinalIgnoreCase)
                    )
                    .ToList();
                if (texts.Count == 0)
                    throw new CorpusException(
                        $"the archive has no {TextExtension} files in '{member}'; its publisher seems to have changed "
                            + "it"
                    );
                Directory.CreateDirectory(destinationFolder);
                foreach (var entry in texts)
                    Copy(entry, Path.Combine(destinationFolder, entry.Name));
            }
        );

    /// <summary>Joins the files of one folder of the archive, at any depth, that have one of some endings.</summary>
    public static void JoinFiles(
        string archivePath,
        string member,
        IReadOnlyList<string> endings,
        string destination
    ) =>
        Read(
            archivePath,
            archive =>
            {
                var texts = archive
                    .Entries.Where(entry =>
                        entry.FullName.StartsWith(member, StringComparison.Ordinal)
                        && endings.Any(ending => entry.FullName.EndsWith(ending, StringComparison.Ordinal))
                    )
                    .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
                    .ToList();
                if (texts.Count == 0)
                    throw new CorpusException(
                        $"the archive has no {string.Join(" or ", endings)} files in '{member}'; its publisher seems "
                            + "to "
                            + "have changed it"
                    );
                using var target = new FileStream(destination, FileMode.Create, FileAccess.Write, FileShare.None);
                foreach (var entry in texts)
                {
                    using var source = entry.Open();
                    source.CopyTo(target);
                }

                target.Flush(flushToDisk: true);
            }
        );

    private static void Read(string archivePath, Action<ZipArchive> unpack)
    {
        try
        {
            using var archive = ZipFile.OpenRead(archivePath);
            RefuseNamesThatLeadOut(archive);
            unpack(archive);
        }
        catch (InvalidDataException e)
        {
            throw new CorpusException(
                $"the archive is damaged, or is no zip archive ({e.Message}); it was removed, try again",
                e
            );
        }
    }

    private static void RefuseNamesThatLeadOut(ZipArchive archive)
    {
        foreach (var entry in archive.Entries)
        {
            bool leadsOut =
                Path.IsPathRooted(entry.FullName)
                || entry.FullName.Contains(':')
                || entry.FullName.Split('/', '\\').Contains("..");
            if (leadsOut)
                throw new CorpusException(
                    $"the archive holds a path that leads out of its folder ('{entry.FullName}'), and nothing of it "
                        + "is unpacked"
                );
        }
    }

    private static void Copy(ZipArchiveEntry entry, string destination)
    {
        using var source = entry.Open();
        using var target = new FileStream(destination, FileMode.Create, FileAccess.Write, FileShare.None);
        source.CopyTo(target);
        target.Flush(flushToDisk: true);
    }
}
