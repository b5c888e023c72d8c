using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;

namespace CharRnn.Cli.Flags;

/// <summary>
/// Texts named on the command line, as paths: files, folders, corpora by name, and standard input or pipes, which are
/// read to a file first, which is deleted with <see cref="Forget"/> unless a run took it over.
/// </summary>
internal sealed class NamedTexts(Shell shell)
{
    private readonly CorpusNames _names = new(shell);

    // By what was named: they can be read only once, and a corpus is read several times.
    private readonly Dictionary<string, StreamedText> _streamed = [];

    /// <summary>The text that came by standard input or a pipe, where there is just one.</summary>
    public StreamedText? OnlyStreamed => _streamed.Count == 1 ? _streamed.Values.Single() : null;

    /// <summary>The path of what was named.</summary>
    /// <exception cref="CorpusException">It is not there.</exception>
    public string PathOf(string named)
    {
        if (!StreamedText.Is(named))
            return _names.PathOf(named);
        if (!_streamed.TryGetValue(named, out var text))
            _streamed.Add(named, text = StreamedText.Read(named, shell));
        return text.FilePath;
    }

    /// <summary>The embedded corpus among what was named, the default one where nothing was; null for none.</summary>
    /// <exception cref="SettingsException">It is named beside others.</exception>
    public static EmbeddedDataset? EmbeddedAmong(string[] named)
    {
        if (named.Length == 0)
            return EmbeddedDatasets.All[0];
        var embedded = named
            .Where(name => !CorpusNames.IsPath(name))
            .Select(EmbeddedDatasets.Find)
            .FirstOrDefault(found => found is not null);
        if (embedded is not null && named.Length > 1)
            throw new SettingsException(
                $"{embedded.Name} comes with charrnn and is read alone; 'charrnn data get {embedded.Name}' makes "
                    + "a file of it that can be named beside others."
            );
        return embedded;
    }

    /// <summary>Deletes what was read of standard input and pipes, and not kept.</summary>
    public void Forget()
    {
        foreach (var text in _streamed.Values)
            text.Dispose();
        _streamed.Clear();
    }
}

/// <summary>
/// From what a user names on the command line to a path: a file or folder of that name in the working folder comes
/// before a name from <c>data list</c>.
/// </summary>
internal sealed class CorpusNames(Shell shell)
{
    /// <summary>The names of all corpora.</summary>
    public static IEnumerable<string> All(Shell shell) =>
        EmbeddedDatasets.All.Select(known => known.Name).Concat(shell.Catalog.Entries.Select(known => known.Name));

    /// <summary>Whether there is a file or folder of that name.</summary>
    public static bool IsPath(string named) => File.Exists(named) || Directory.Exists(named);

    /// <summary>The path that was meant, of a file or folder or of a corpus that has been downloaded.</summary>
    /// <exception cref="CorpusException">It is neither, nor looks like a path.</exception>
    public string PathOf(string named)
    {
        if (IsPath(named))
            return named;
        if (shell.Catalog.TryFind(named, out var entry))
        {
            return shell.Cache.Has(entry)
                ? shell.Cache.PathOf(entry)
                : throw new CorpusException(
                    $"{named} has not been downloaded yet; 'charrnn data get {named}' brings it here."
                );
        }

        // A name that looks like a path is refused as one, by the reader.
        if (named.Length == 0 || named.AsSpan().IndexOfAny('/', '\\', '.') >= 0)
            return named;
        throw new CorpusException(
            $"'{named}' is no file, no folder and no corpus by name{NearestName.Suggest(named, All(shell))} "
                + "'charrnn data list' shows the names."
        );
    }
}
