using CharRnn.Text;
using CharRnn.Text.Preparing;

namespace CharRnn.Records;

/// <summary>Makes labelled records of rows that come one after another, and refuses those that cannot be meant.</summary>
internal sealed class LabelledBuilder
{
    private const int FewestLabels = 2, FewestTextsOfLabel = 2, ShownCharacters = 20;

    private readonly string _name;
    private readonly TextPreparation _preparation;
    private readonly TextPreparer _preparer;
    private readonly SymbolSet _before = new(), _after = new();

    // Labels are numbered as they come, and get their final numbers once all are known.
    private readonly Dictionary<string, int> _numberOf = new(StringComparer.Ordinal);
    private readonly List<(string Name, string FirstPlace, int Count)> _labels = [];
    private readonly Dictionary<LabelledRecord, int> _placeOf = [];
    private readonly List<LabelledRecord> _records = [];
    private readonly List<int> _occurrences = [];
    private int _rows, _blank, _trimmed;

    internal LabelledBuilder(string name, TextPreparation preparation)
    {
        _preparation = new TextPreparation { Normalize = preparation.Normalize, Fold = preparation.Fold };
        if (preparation != _preparation)
            throw new SettingsException($"labelled texts can be prepared with --normalize and --fold alone, and '{preparation}' asks for more; leave the rest out.");
        _name = name;
        _preparer = new TextPreparer(_preparation);
    }

    /// <summary>Takes one more row.</summary>
    /// <exception cref="CorpusException">It cannot be a record.</exception>
    internal void Add(LabelledRow row)
    {
        string found = row.Text.Trim();
        if (found.Length == 0)
        {
            _blank++;
            return;
        }
        RefuseLong(found, row.Place);
        int number = NumberOf(row.Label.Trim(), row.Place);
        _rows++;
        _trimmed += found.Length < row.Text.Length ? 1 : 0;
        string text = _preparer.Apply(found).Trim();
        _before.Add(found);
        _after.Add(text);
        var record = new LabelledRecord(text, number);
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

    /// <summary>Ends the rows.</summary>
    /// <exception cref="CorpusException">They are too few for the purpose.</exception>
    internal LabelledRecords Build(LabelledPurpose purpose, RecordSource? source)
    {
        if (_records.Count == 0)
            throw new CorpusException($"{Shown(_name)} holds no text; put one on each line, under its label.");
        if (purpose == LabelledPurpose.Learning)
            RefuseTooFew();
        string[] names = [.. _labels.Select(label => label.Name).Order(StringComparer.Ordinal)];
        int[] final = [.. _labels.Select(label => Array.BinarySearch(names, label.Name, StringComparer.Ordinal))];
        LabelledRecord[] records = [.. _records.Select(record => record with { Label = final[record.Label] })];
        return new LabelledRecords(_name, names, records, [.. _occurrences], _preparation, new LabelledFacts(_rows, _blank, _trimmed, _before.Count, _after.Count, source));
    }

    private int NumberOf(string label, string place)
    {
        if (label.Length == 0)
            throw new CorpusException($"{Shown(place)}: the text has no label; give it one, or take the row out.");
        if (label.Any(char.IsControl))
            throw new CorpusException($"{Shown(place)}: the label '{Shown(label)}' has a line end, a tab or another control character in it; rename it, since labels are shown on a line and before tabs.");
        if (!_numberOf.TryGetValue(label, out int number))
        {
            _numberOf.Add(label, number = _labels.Count);
            _labels.Add((label, place, Count: 0));
        }
        return number;
    }

    private static void RefuseLong(string text, string place)
    {
        if (text.Length <= LabelledRecords.MostCharacters)
            return;
        int characters = text.EnumerateRunes().Count();
        if (characters > LabelledRecords.MostCharacters)
            throw new CorpusException(
                $"{Shown(place)}: the text has {Quantity.Count(characters)} characters (it begins '{Shown(string.Concat(text.EnumerateRunes().Take(ShownCharacters)))}'), and a record has {Quantity.Count(LabelledRecords.MostCharacters)} at most; put one short text on each line.");
    }

    private void RefuseTooFew()
    {
        if (_labels.Count < FewestLabels)
            throw new CorpusException($"{Shown(_name)} has one label only, '{Shown(_labels[0].Name)}', and at least {FewestLabels} are needed to tell apart; add texts of another.");
        foreach ((string name, string place, int count) in _labels)
        {
            if (count < FewestTextsOfLabel)
                throw new CorpusException(
                    $"{Shown(place)}: label '{Shown(name)}' has this one text, and at least {FewestTextsOfLabel} different ones are needed, to learn from one and be tested on the other; add texts, or leave the label out.");
        }
    }

    private static string Shown(string text) => TextEscape.ForTerminal(text, keepLineFeedsAndTabs: false);
}
