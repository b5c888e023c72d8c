using CharRnn.Datasets;

namespace CharRnn.Evaluation;

/// <summary>
/// Labelled records as a language model reads them: the ids of each between two boundaries, and beside them, where the
/// model has labels, its own id of the record's label.
/// </summary>
internal sealed class ScoredRecords
{
    private readonly LanguageModel _model;
    private readonly ILookup<int, IdRange> _pieces;

    /// <summary>Encodes records for a model.</summary>
    /// <param name="records">The records.</param>
    /// <param name="model">The model.</param>
    /// <param name="skipUnknown">Leave out characters that its vocabulary lacks.</param>
    /// <exception cref="CorpusException">
    /// The model does not know a label or a character, or nothing is left.
    /// </exception>
    /// <exception cref="ModelException">Its vocabulary has no boundary.</exception>
    public ScoredRecords(LabeledRecords records, LanguageModel model, bool skipUnknown)
    {
        _model = model;
        if (model.Vocabulary.BoundaryId is not { } boundary)
            throw new ModelException(
                "the model's vocabulary has no boundary symbol, at which records begin and end: it was trained "
                    + "on a text that is none of records, and scores such a text."
            );
        // (N); null for a model without labels.
        int[]? labelIds = model.Labels.Count > 0 ? records.LabelIdsIn(model.Labels) : null;
        var packer = new RecordPacker(boundary);
        var pieces = new List<(int Label, IdRange Range)>();
        foreach (var (place, record) in records.Records.Index())
        {
            int[] text = Encode(record, records, skipUnknown);
            if (text.Length == 0)
            {
                Emptied++;
                continue;
            }
            pieces.Add((record.Label, packer.Add(text, labelIds?[place] ?? 0)));
        }
        if (pieces.Count == 0)
            throw new CorpusException(
                $"{records.Name} has no record with a character that the model's vocabulary has; at least one is needed."
            );
        (Count, Characters) = (pieces.Count, packer.Count - 1);
        // Records of like lengths side by side leave few streams waiting for the longest.
        _pieces = pieces.OrderBy(piece => piece.Range.Length).ToLookup(piece => piece.Label, piece => piece.Range);
        Ids = packer.Pack(model.Vocabulary.Count, model.Labels.Count);
    }

    /// <summary>The ids of all records, with a boundary before, between and after them.</summary>
    public SymbolIds Ids { get; }

    /// <summary>How many records there are.</summary>
    public int Count { get; }

    /// <summary>How many characters they have, ends among them.</summary>
    public long Characters { get; }

    /// <summary>How many characters were left out.</summary>
    public long Skipped { get; private set; }

    /// <summary>How many records were left out with their last character.</summary>
    public int Emptied { get; }

    /// <summary>How many characters became the unknown symbol.</summary>
    public long Unknown { get; private set; }

    /// <summary>
    /// The records of a label (an index of <see cref="LabeledRecords.Labels"/>), each with the boundaries before and
    /// after it.
    /// </summary>
    public IReadOnlyList<IdRange> PiecesOf(int label) => [.. _pieces[label]];

    private int[] Encode(LabeledRecord record, LabeledRecords records, bool skipUnknown)
    {
        try
        {
            int[] text = _model.Encode(record.Text, skipUnknown, out int skipped);
            Skipped += skipped;
            if (_model.Vocabulary.UnknownId is { } unknown)
                Unknown += text.Count(id => id == unknown);
            return text;
        }
        catch (SettingsException refusal)
        {
            string place = TextEscape.ForTerminal(
                $"{records.Name}, {records.Labels[record.Label]}, '{record.Text}'",
                keepLineFeedsAndTabs: false
            );
            throw new CorpusException($"{place}: {refusal.Message.TrimEnd('.')}, or pass 'Unknown' skip.", refusal);
        }
    }
}
