namespace CharRnn.Corpora;

/// <summary>The folder that keeps downloaded corpora: <c>NAME.txt</c> for a text, <c>NAME/</c> for a folder of texts. Whatever has its final name there is whole and checked.</summary>
/// <param name="folder">The folder; it is made when something is first written to it.</param>
public sealed class CorpusCache(string folder)
{
    /// <summary>The folder, as an absolute path.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>
    /// The user's own cache: <c>$XDG_CACHE_HOME/charrnn</c>, or <c>~/.cache/charrnn</c> where the variable is unset or not an absolute path
    /// (XDG Base Directory Specification); on Windows <c>charrnn</c> in the local application data.
    /// </summary>
    public static CorpusCache OfUser()
    {
        if (OperatingSystem.IsWindows())
            return new(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "charrnn"));
        var chosen = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var parent = Path.IsPathRooted(chosen)
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return new(Path.Combine(parent, "charrnn"));
    }

    /// <summary>Where the corpus is, or will be once it is downloaded.</summary>
    public string PathOf(CorpusEntry entry) => Path.Combine(Folder, entry.IsFolder ? entry.Name : entry.Name + ".txt");

    /// <summary>Where a copy of an embedded corpus is put on request.</summary>
    public string PathOf(EmbeddedCorpus corpus) => Path.Combine(Folder, corpus.Name + ".txt");

    /// <summary>Whether the corpus has been downloaded.</summary>
    public bool Has(CorpusEntry entry) => entry.IsFolder ? Directory.Exists(PathOf(entry)) : File.Exists(PathOf(entry));

    internal string DownloadPathOf(CorpusEntry entry) => Path.Combine(Folder, entry.Name + ".part");

    internal string UnpackPathOf(CorpusEntry entry) => Path.Combine(Folder, entry.Name + ".unpacking");
}
