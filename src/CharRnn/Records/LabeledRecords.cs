using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// Short texts under labels, such as names of several languages. A text repeated under one label is one record; a text
/// under several labels is a record of each, and listed in <see cref="AmbiguousTexts"/>.
/// </summary>
public sealed class LabeledRecords
{
    /// <summary>
    /// Max characters of a text. A longer line is more likely a file of another kind than a record.
    /// </summary>
    public const int MaxCharacters = 1000;

    private readonly LabeledRecord[] _records;
    private readonly int[] _occurrences;
    private readonly TextGroups _groups;
    private readonly Lazy<string> _sha256;

    internal LabeledRecords(
        string name,
        IReadOnlyList<string> labels,
        LabeledRecord[] records,
        int[] occurrences,
        TextPreparation preparation,
        LabeledFacts facts
    )
    {
        (Name, Labels, _records, _occurrences, Preparation, Facts) = (
            name,
            labels,
            records,
            occurrences,
            preparation,
            facts
        );
        _groups = new TextGroups(records);
        _sha256 = new(HashRecords);
        AmbiguousTexts = [.. _groups.Ambiguous()];
        int[] counts = new int[labels.Count];
        foreach (var record in records)
            counts[record.Label]++;
        CountByLabel = counts;
    }

    /// <summary>The name of the data set: that of its folder or file without extension, or <c>names</c>.</summary>
    public string Name { get; }

    /// <summary>The names of the labels, in ordinal order.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The records, in the order of their first occurrences.</summary>
    public IReadOnlyList<LabeledRecord> Records => _records;

    /// <summary>Number of occurrences of each record.</summary>
    public IReadOnlyList<int> Occurrences => _occurrences;

    /// <summary>Number of records of each label.</summary>
    public IReadOnlyList<int> CountByLabel { get; }

    /// <summary>Preparation of the texts: normalising and folding.</summary>
    public TextPreparation Preparation { get; }

    /// <summary>Number of texts read, repeated ones included.</summary>
    public int RowCount => Facts.Rows;

    /// <summary>Number of texts left out because the same label had them already.</summary>
    public int RepeatedCount => Facts.Rows - _records.Length;

    /// <summary>Number of skipped lines or rows without a text.</summary>
    public int BlankCount => Facts.Blank;

    /// <summary>Number of texts that were trimmed of white space.</summary>
    public int TrimmedCount => Facts.Trimmed;

    /// <summary>Number of distinct characters of the texts before preparation.</summary>
    public int DistinctBefore => Facts.DistinctBefore;

    /// <summary>Number of distinct characters of the prepared texts.</summary>
    public int DistinctAfter => Facts.DistinctAfter;

    /// <summary>Number of distinct texts.</summary>
    public int TextCount => _groups.Count;

    /// <summary>The texts under several labels, in the order of their first occurrences.</summary>
    public IReadOnlyList<AmbiguousText> AmbiguousTexts { get; }

    /// <summary>
    /// Upper bound on the accuracy of any classifier, which must give each distinct text a single label; 1 if no text
    /// is ambiguous.
    /// </summary>
    public double AccuracyCeiling => (double)TextCount / _records.Length;

    /// <summary>
    /// SHA-256 of labels and records in lower-case hexadecimal, to check that data are those a run was trained on.
    /// </summary>
    public string Sha256 => _sha256.Value;

    /// <summary>Source of the records; null for rows that a program made, and for a part of other records.</summary>
    public RecordSource? Source => Facts.Source;

    /// <summary>
    /// Names of the files and folders beside a folder's texts that were not read; hidden ones are not counted.
    /// </summary>
    public IReadOnlyList<string> UnreadFiles => Facts.Unread;

    internal LabeledFacts Facts { get; }

    /// <summary>
    /// Reads a folder with one file a label, <c>Polish.txt</c> (capitals make no difference to the extension), and one
    /// text a line. Hidden files and deeper folders are skipped. Labels are in Unicode's composed form.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="preparation">
    /// The preparation of the texts: <see cref="TextPreparation.Normalize"/>, <see cref="TextPreparation.Fold"/>,
    /// <see cref="TextPreparation.FoldCase"/> and, of files, <see cref="TextPreparation.Charset"/> alone; nothing when null.
    /// </param>
    /// <param name="purpose">The purpose of the records.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing or is not such data; the message says where and what.
    /// </exception>
    /// <exception cref="SettingsException">The preparation asks for more.</exception>
    public static LabeledRecords ReadFolder(
        string path,
        TextPreparation? preparation = null,
        LabeledPurpose purpose = LabeledPurpose.Learning
    ) =>
        Build(
            LabeledFolder.NameOf(path),
            LabeledFolder.Rows(path, preparation?.Charset, out var unread),
            preparation,
            purpose,
            new RecordSource(Path.GetFullPath(path)),
            unread
        );

    /// <summary>Builds records from rows.</summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="rows">The rows; those without a text are skipped.</param>
    /// <param name="preparation">
    /// The preparation of the texts: <see cref="TextPreparation.Normalize"/>, <see cref="TextPreparation.Fold"/>,
    /// <see cref="TextPreparation.FoldCase"/> and, of files, <see cref="TextPreparation.Charset"/> alone; nothing when null. White space around them goes in any case.
    /// </param>
    /// <param name="purpose">The purpose of the records.</param>
    /// <param name="source">
    /// Source of the rows, for a run to read them again; null when a program makes them.
    /// </param>
    /// <exception cref="CorpusException">They are not such data; the message says where and what.</exception>
    /// <exception cref="SettingsException">The preparation asks for more.</exception>
    public static LabeledRecords FromRows(
        string name,
        IEnumerable<LabeledRow> rows,
        TextPreparation? preparation = null,
        LabeledPurpose purpose = LabeledPurpose.Learning,
        RecordSource? source = null
    ) => Build(name, rows, preparation, purpose, source, unread: []);

    /// <summary>
    /// The surnames that come with the library (<see cref="EmbeddedDatasets.Names"/>), under their languages.
    /// </summary>
    /// <param name="preparation">As in <see cref="FromRows"/>.</param>
    public static LabeledRecords Embedded(TextPreparation? preparation = null) =>
        FromRows(
            EmbeddedDatasets.Names.Name,
            LabeledFolder.EmbeddedRows(EmbeddedDatasets.Names),
            preparation,
            source: new RecordSource(EmbeddedDatasets.Names.Name)
        );

    /// <summary>
    /// Splits the records, stratified by label: of each label about the given share is held out, and at least one text
    /// where it has two or more. A text is wholly on one side, even under several labels.
    /// </summary>
    /// <param name="testShare">The share to hold out, above 0 and below 1.</param>
    /// <param name="seed">Seed of the split: the same seed gives the same split.</param>
    /// <exception cref="SettingsException">The share is out of range.</exception>
    public LabeledSplit Split(double testShare, ulong seed)
    {
        if (!(testShare > 0 && testShare < 1))
            throw new SettingsException(
                FormattableString.Invariant($"the share to hold out is {testShare}; it must be above 0 and below 1.")
            );
        bool[] isTest = new StratifiedSplit(_groups, Labels.Count, testShare, seed).HeldOut();
        return new LabeledSplit(Part(isTest, isHeldOut: false), Part(isTest, isHeldOut: true));
    }

    /// <summary>The records' labels as a model numbers them.</summary>
    /// <param name="known">The model's labels, whose places are their ids.</param>
    /// <returns>(N) the id of each record's label.</returns>
    /// <exception cref="CorpusException">A record has a label that the model does not know.</exception>
    public int[] LabelIdsIn(IReadOnlyList<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var idOf = LabelNames.Places(known);
        return
        [
            .. _records.Select(record =>
                idOf.TryGetValue(LabelNames.Composed(Labels[record.Label]), out int id)
                    ? id
                    : throw Unknown(Labels[record.Label])
            ),
        ];

        CorpusException Unknown(string label) =>
            new(
                $"{Name} has the label '{LabelNames.Cut(label)}', which the model does not "
                    + $"know{NearestName.Suggest(label, known)} It knows {LabelNames.List(known)}; leave those "
                    + "records out, or train with them."
            );
    }

    private static LabeledRecords Build(
        string name,
        IEnumerable<LabeledRow> rows,
        TextPreparation? preparation,
        LabeledPurpose purpose,
        RecordSource? source,
        IReadOnlyList<string> unread
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        var builder = new LabeledBuilder(name, preparation ?? new TextPreparation());
        foreach (var row in rows)
            builder.Add(row);
        return builder.Build(purpose, source, unread);
    }

    private LabeledRecords Part(bool[] isTest, bool isHeldOut)
    {
        bool IsKept(int record) => isTest[_groups.OfRecord(record)] == isHeldOut;
        LabeledRecord[] kept = [.. _records.Where((_, i) => IsKept(i))];
        return new LabeledRecords(
            Name,
            Labels,
            kept,
            [.. _occurrences.Where((_, i) => IsKept(i))],
            Preparation,
            LabeledFacts.Of(kept)
        );
    }

    private string HashRecords()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string label in Labels)
            AddText(label);
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var record in _records)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, record.Label);
            hash.AppendData(number);
            AddText(record.Text);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void AddText(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
