using CharRnn.Datasets;

namespace CharRnn.Cli.Downloads;

/// <summary>
/// The cache folder of downloaded corpora: <c>NAME.txt</c> for a text, <c>NAME/</c> for a folder of texts. Whatever
/// has its final name there is whole and checked.
/// </summary>
/// <param name="folder">The folder; it is made when something is first written to it.</param>
internal sealed class CorpusCache(string folder)
{
    /// <summary>The folder, as an absolute path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>
    /// The user's own cache: <c>$XDG_CACHE_HOME/charrnn</c>, or <c>~/.cache/charrnn</c> where the variable is unset or
    /// not an absolute path (XDG Base Directory Specification); on Windows <c>charrnn</c> in the local application
    /// data.
    /// </summary>
    public static CorpusCache OfUser()
    {
        if (OperatingSystem.IsWindows())
            return new(
                Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "charrnn")
            );
        string? chosen = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string parent = Path.IsPathRooted(chosen)
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new(Path.Combine(parent, "charrnn"));
    }

    /// <summary>The folder in it that keeps the ids of large texts: <c>ids</c>.</summary>
    public IdCache Ids => new(Path.Combine(Folder, "ids"));

    /// <summary>Path of the corpus, also before it is downloaded.</summary>
    public string PathOf(CorpusEntry entry) => Path.Combine(Folder, entry.IsFolder ? entry.Name : entry.Name + ".txt");

    /// <summary>Whether the corpus has been downloaded.</summary>
    public bool Has(CorpusEntry entry) => entry.IsFolder ? Directory.Exists(PathOf(entry)) : File.Exists(PathOf(entry));

    /// <summary>
    /// Puts a copy of an embedded corpus here, for programs that want a file; one whose texts have labels becomes a
    /// folder with one file a label.
    /// </summary>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="CharRnnException">The folder cannot be written.</exception>
    public string CopyOut(EmbeddedDataset corpus)
    {
        string path = Path.Combine(Folder, corpus.IsFolder ? corpus.Name : corpus.Name + ".txt");
        string unfinished = path + ".part";
        try
        {
            Remove(unfinished);
            Directory.CreateDirectory(corpus.IsFolder ? unfinished : Folder);
            if (corpus.IsFolder)
            {
                foreach (string label in corpus.Labels)
                    File.WriteAllBytes(Path.Combine(unfinished, label + ".txt"), corpus.ReadBytes(label));
                Remove(path);
                Directory.Move(unfinished, path);
            }
            else
            {
                File.WriteAllBytes(unfinished, corpus.ReadBytes());
                File.Move(unfinished, path, overwrite: true);
            }

            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(unfinished);
            throw new CharRnnException(
                $"corpus '{corpus.Name}': the cache folder {Folder} cannot be written: {e.Message}",
                e
            );
        }
    }

    public string DownloadPathOf(CorpusEntry entry) => Path.Combine(Folder, entry.Name + ".part");

    public string UnpackPathOf(CorpusEntry entry) => Path.Combine(Folder, entry.Name + ".unpacking");

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else if (File.Exists(path))
            File.Delete(path);
    }
}
