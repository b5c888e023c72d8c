namespace CharRnn.Datasets;

/// <summary>Reader of folders with one file a label and one text a line, on disk or embedded in the library.</summary>
internal static class LabeledFolder
{
    private const string Extension = ".txt";

    /// <summary>The name of a folder's records.</summary>
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
    /// <param name="path">The folder.</param>
    /// <param name="charset">The encoding of the files; null for UTF-8.</param>
    /// <param name="unread">The names of the files and folders in it that are not read; hidden ones are not counted.</param>
    internal static IEnumerable<LabeledRow> Rows(string path, string? charset, out IReadOnlyList<string> unread)
    {
        var (files, others) = FilesOf(path);
        unread = others;
        return files.SelectMany(file => RowsOfFile(file, charset));
    }

    /// <summary>The rows of an embedded corpus whose texts have labels.</summary>
    internal static IEnumerable<LabeledRow> EmbeddedRows(EmbeddedDataset corpus) =>
        corpus.Labels.SelectMany(label => RowsOf(corpus.ReadText(label), label, $"{corpus.Name}/{label}.txt"));

    private static (List<string> Files, List<string> Others) FilesOf(string path)
    {
        if (File.Exists(path))
            throw new CorpusException(
                $"{CorpusFiles.Display(path)} is a file, and a folder with one file a label is needed; name the folder."
            );
        try
        {
            // Hidden files are passed over, as everywhere.
            var visible = new DirectoryInfo(path)
                .GetFileSystemInfos()
                .Where(entry => !entry.Attributes.HasFlag(FileAttributes.Hidden))
                .ToLookup(IsText, entry => entry.Name);
            List<string> files = [.. visible[true]],
                others = [.. visible[false]];
            if (files.Count == 0)
                throw new CorpusException(
                    $"{CorpusFiles.Display(path)} holds no text files, and one for each label is needed, such as "
                        + "Polish.txt with one text a line; name another folder, or a .tsv or .csv file."
                );
            files.Sort(string.CompareOrdinal);
            return ([.. files.Select(file => Path.Combine(path, file))], others);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
    }

    private static bool IsText(FileSystemInfo entry) =>
        entry is FileInfo && entry.Extension.Equals(Extension, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<LabeledRow> RowsOfFile(string file, string? charset)
    {
        bool hasText = false;
        foreach (var row in RowsOf(Utf8File.Read(file, charset), Path.GetFileNameWithoutExtension(file), file))
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
        LineEnds.LinesOf(text).Select((line, index) => new LabeledRow(line, label, $"{source}, line {index + 1}"));
}

/// <summary>
/// Builder of labelled records from rows; it rejects rows that cannot be records.
/// </summary>
internal sealed class LabeledBuilder
{
    private const int MinLabels = 2,
        MinTextsOfLabel = 2,
        DisplayedCharacters = 20;

    private readonly string _name;
    private readonly TextPreparation _preparation;
    private readonly TextPreparer _preparer;
    private readonly SymbolSet _before = new(),
        _after = new();

    // Labels are numbered in the order they appear, and get their final numbers once all are known. Spellings of one
    // label have one number, and the label its composed form.
    private readonly Dictionary<string, int> _numberOf = new(StringComparer.Ordinal);
    private readonly List<(string Name, string FirstPlace, int Count)> _labels = [];
    private readonly Dictionary<LabeledRecord, int> _placeOf = [];
    private readonly List<LabeledRecord> _records = [];
    private readonly List<int> _occurrences = [];
    private int _rows,
        _blank,
        _trimmed;

    internal LabeledBuilder(string name, TextPreparation preparation)
    {
        _preparation = preparation.ForShortTexts() with { Charset = preparation.Charset };
        if (preparation != _preparation)
            throw new SettingsException(
                $"labelled texts can be prepared with 'Normalize', 'Fold' and 'FoldCase' alone, and '{preparation}' asks "
                    + "for more; leave the rest out."
            );
        _name = name;
        _preparer = new TextPreparer(_preparation);
    }

    /// <summary>Adds a row.</summary>
    /// <exception cref="CorpusException">It cannot be a record.</exception>
    internal void Add(LabeledRow row)
    {
        string found = row.Text.Trim();
        if (found.Length == 0)
        {
            _blank++;
            return;
        }
        RefuseLong(found, row.Place);
        int number = NumberOf(row.Label, row.Place);
        _rows++;
        _trimmed += found.Length < row.Text.Length ? 1 : 0;
        string text = _preparer.Apply(found).Trim();
        _before.Add(found);
        _after.Add(text);
        var record = new LabeledRecord(text, number);
        if (_placeOf.TryGetValue(record, out int place))
        {
            _occurrences[place]++;
            return;
        }
        _placeOf.Add(record, _records.Count);
        _records.Add(record);
        _occurrences.Add(1);
        _labels[number] = _labels[number] with { Count = _labels[number].Count + 1 };
    }

    /// <summary>Makes the records of all rows.</summary>
    /// <exception cref="CorpusException">They are too few for the purpose.</exception>
    internal LabeledRecords Build(LabeledPurpose purpose, RecordSource? source, IReadOnlyList<string> unread)
    {
        if (_records.Count == 0)
            throw new CorpusException($"{Display(_name)} holds no text; put one on each line, under its label.");
        if (purpose == LabeledPurpose.Learning)
            RefuseTooFew();
        string[] names = [.. _labels.Select(label => label.Name).Order(StringComparer.Ordinal)];
        int[] final = [.. _labels.Select(label => Array.BinarySearch(names, label.Name, StringComparer.Ordinal))];
        LabeledRecord[] records = [.. _records.Select(record => record with { Label = final[record.Label] })];
        return new LabeledRecords(
            _name,
            names,
            records,
            [.. _occurrences],
            _preparation,
            new LabeledFacts(_rows, _blank, _trimmed, _before.Count, _after.Count, source, unread)
        );
    }

    private int NumberOf(string found, string place)
    {
        if (_numberOf.TryGetValue(found, out int known))
            return known;
        string label = LabelNames.Composed(found.Trim());
        if (label.Length == 0)
            throw new CorpusException($"{Display(place)}: the text has no label; give it one, or take the row out.");
        if (label.Any(char.IsControl))
            throw new CorpusException(
                $"{Display(place)}: the label '{Display(label)}' has a line end, a tab or another control "
                    + "character in it; rename it, since labels are shown on a line and before tabs."
            );
        if (!_numberOf.TryGetValue(label, out int number))
        {
            _numberOf.Add(label, number = _labels.Count);
            _labels.Add((label, place, Count: 0));
        }
        _numberOf[found] = number;
        return number;
    }

    private static void RefuseLong(string text, string place)
    {
        if (text.Length <= LabeledRecords.MaxCharacters)
            return;
        int characters = text.EnumerateRunes().Count();
        if (characters > LabeledRecords.MaxCharacters)
            throw new CorpusException(
                $"{Display(place)}: the text has {Quantity.Count(characters)} characters (it begins "
                    + $"'{Display(string.Concat(text.EnumerateRunes().Take(DisplayedCharacters)))}'), and a record has "
                    + $"{Quantity.Count(LabeledRecords.MaxCharacters)} at most; put one short text on each line."
            );
    }

    private void RefuseTooFew()
    {
        if (_labels.Count < MinLabels)
            throw new CorpusException(
                $"{Display(_name)} has one label only, '{Display(_labels[0].Name)}', and at least {MinLabels} are "
                    + "needed to tell apart; add texts of another."
            );
        foreach ((string name, string place, int count) in _labels)
        {
            if (count < MinTextsOfLabel)
                throw new CorpusException(
                    $"{Display(place)}: label '{Display(name)}' has this one text, and at least {MinTextsOfLabel} "
                        + "different ones are needed, to learn from one and be tested on the other; add texts, or "
                        + "leave "
                        + "the label out."
                );
        }
    }

    private static string Display(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}

/// <summary>Counts taken while labelled rows were read.</summary>
/// <param name="Rows">Rows with a text.</param>
/// <param name="Blank">Rows without one.</param>
/// <param name="Trimmed">Texts with white space around them.</param>
/// <param name="DistinctBefore">Distinct characters of the texts before preparation.</param>
/// <param name="DistinctAfter">Distinct characters of the prepared texts.</param>
/// <param name="Source">The source of the rows; null for none.</param>
/// <param name="Unread">Names of a folder's files and folders that were not read.</param>
internal sealed record LabeledFacts(
    int Rows,
    int Blank,
    int Trimmed,
    int DistinctBefore,
    int DistinctAfter,
    RecordSource? Source,
    IReadOnlyList<string> Unread
)
{
    /// <summary>The facts of records that are prepared already.</summary>
    internal static LabeledFacts Of(IReadOnlyCollection<LabeledRecord> records)
    {
        var seen = new SymbolSet();
        foreach (var record in records)
            seen.Add(record.Text);
        return new LabeledFacts(records.Count, Blank: 0, Trimmed: 0, seen.Count, seen.Count, Source: null, Unread: []);
    }
}
