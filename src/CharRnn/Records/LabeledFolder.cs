namespace CharRnn.Datasets;

/// <summary>A folder with one file a label and one text a line, on a disk or in the library.</summary>
internal static class LabeledFolder
{
    private const string Pattern = "*.txt";

    /// <summary>What a folder's records are called.</summary>
    /// <exception cref="CorpusException">The path is empty.</exception>
    internal static string NameOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length > 0
            ? Corpus.NameOf([path])
            : throw CorpusFiles.CannotRead(path, new DirectoryNotFoundException());
    }

    /// <summary>The rows of all files, in ordinal order of their names.</summary>
    /// <exception cref="CorpusException">
    /// The folder is not there or has no such files, or one of them holds no text.
    /// </exception>
    internal static IEnumerable<LabeledRow> Rows(string path) => FilesOf(path).SelectMany(RowsOfFile);

    /// <summary>The rows of an embedded corpus whose texts have labels.</summary>
    internal static IEnumerable<LabeledRow> EmbeddedRows(EmbeddedDataset corpus) =>
        corpus.Labels.SelectMany(label => RowsOf(corpus.ReadText(label), label, $"{corpus.Name}/{label}.txt"));

    private static List<string> FilesOf(string path)
    {
        if (File.Exists(path))
            throw new CorpusException(
                $"{CorpusFiles.Display(path)} is a file, and a folder with one file a label is needed; name the folder."
            );
        try
        {
            // Hidden files are passed over, as everywhere.
            List<string> files =
            [
                .. new DirectoryInfo(path)
                    .GetFiles(Pattern)
                    .Where(file => !file.Attributes.HasFlag(FileAttributes.Hidden))
                    .Select(file => file.Name),
            ];
            if (files.Count == 0)
                throw new CorpusException(
                    $"{CorpusFiles.Display(path)} holds no text files, and one for each label is needed, such as "
                        + "Polish.txt with one text a line; name another folder, or a .tsv or .csv file."
                );
            files.Sort(string.CompareOrdinal);
            return [.. files.Select(file => Path.Combine(path, file))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
    }

    private static IEnumerable<LabeledRow> RowsOfFile(string file)
    {
        bool hasText = false;
        foreach (var row in RowsOf(Utf8File.Read(file), Path.GetFileNameWithoutExtension(file), file))
        {
            hasText |= !string.IsNullOrWhiteSpace(row.Text);
            yield return row;
        }
        if (!hasText)
            throw new CorpusException(
                $"{CorpusFiles.Display(file)} holds no text, and one on each line is needed; fill the file, or "
                    + "take it out of the folder."
            );
    }

    private static IEnumerable<LabeledRow> RowsOf(string text, string label, string source) =>
        Utf8File.LinesOf(text).Select((line, index) => new LabeledRow(line, label, $"{source}, line {index + 1}"));
}
