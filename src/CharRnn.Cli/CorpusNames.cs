namespace CharRnn.Cli;

/// <summary>
/// From what a user names on the command line to a path: a file or folder of that name in the working folder comes
/// before a name from <c>data list</c>.
/// </summary>
internal sealed class CorpusNames(Shell shell)
{
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

        // What is written as a path is told of as one, by the reader.
        if (named.Length == 0 || named.AsSpan().IndexOfAny('/', '\\', '.') >= 0)
            return named;
        var known = shell
            .Catalog.Entries.Select(known => known.Name)
            .Concat(EmbeddedDatasets.All.Select(known => known.Name));
        throw new CorpusException(
            $"'{named}' is no file, no folder and no corpus by name{NearestName.Suggest(named, known)} "
                + "'charrnn data list' shows the names."
        );
    }
}
