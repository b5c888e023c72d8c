using System.Runtime.InteropServices;

namespace CharRnn.Datasets;

/// <summary>
/// Stratified split by text: of each label the given share of its records is held out, rounded to the nearest whole,
/// and at least one where it has two or more. Texts under several labels are assigned first; texts under one label then
/// fill each label up to its number.
/// </summary>
/// <remarks>
/// The texts under several labels are visited in random order, and each label is sampled systematically along it (W. G.
/// Madow and L. H. Madow, "On the theory of systematic sampling", 1944):
/// a text is held out where its labels, on average, are a whole text behind the share of what has passed. The start of
/// each label is random too, so that the share holds for labels with few such texts as well.
/// </remarks>
internal sealed class StratifiedSplit
{
    // The draws of the order, and of the labels' starts; the orders within labels come after these.
    private const ulong OrderOfAmbiguous = 0,
        StartOfLabel = 1,
        OrderOfLabel = 2;

    private readonly TextGroups _groups;
    private readonly double _share;
    private readonly ulong _seed;

    private readonly List<int> _ambiguous = [];
    private readonly List<int>[] _singleOfLabel;
    private readonly int[] _count,
        _wanted,
        _heldOut;
    private readonly bool[] _isTest;

    internal StratifiedSplit(TextGroups groups, int labelCount, double testShare, ulong seed)
    {
        (_groups, _share, _seed) = (groups, testShare, seed);
        _singleOfLabel = [.. Enumerable.Range(0, labelCount).Select(_ => new List<int>())];
        (_count, _wanted, _heldOut) = (new int[labelCount], new int[labelCount], new int[labelCount]);
        _isTest = new bool[groups.Count];
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (int label in groups.LabelsOf(group))
                _count[label]++;
            (groups.IsAmbiguous(group) ? _ambiguous : _singleOfLabel[groups.LabelsOf(group).First()]).Add(group);
        }
        for (int label = 0; label < labelCount; label++)
            _wanted[label] =
                _count[label] < 2 ? 0 : Math.Clamp((int)Math.Round(testShare * _count[label]), 1, _count[label] - 1);
    }

    /// <summary>Whether each text is held out.</summary>
    internal bool[] HeldOut()
    {
        AssignAmbiguous();
        for (int label = 0; label < _count.Length; label++)
        {
            var texts = _singleOfLabel[label];
            Shuffle(texts, OrderOfLabel + (ulong)label);
            foreach (int group in texts.Take(_wanted[label] - _heldOut[label]))
                Move(group, isTest: true);
        }
        FillEmptySides();
        return _isTest;
    }

    private void AssignAmbiguous()
    {
        Shuffle(_ambiguous, OrderOfAmbiguous);
        double[] behind =
        [
            .. _count.Select(
                (_, label) =>
                    CounterRandom.UnitInterval(
                        CounterRandom.Draw(_seed, RandomPurpose.RecordSplit, StartOfLabel, (ulong)label)
                    )
            ),
        ];
        foreach (int group in _ambiguous)
        {
            int[] labels = [.. _groups.LabelsOf(group)];
            foreach (int label in labels)
                behind[label] += _share;
            if (labels.Average(label => behind[label]) < 1 || labels.Any(label => _heldOut[label] == _wanted[label]))
                continue;
            Move(group, isTest: true);
            foreach (int label in labels)
                behind[label]--;
        }
    }

    // A label whose texts are all, or nearly all, under others too may have been left without one on either side: one
    // changes sides, unless that would only move the fault to another label.
    private void FillEmptySides()
    {
        foreach (int group in _ambiguous)
        {
            bool isTest = _isTest[group];
            int[] labels = [.. _groups.LabelsOf(group)];
            if (
                labels.Any(label => _count[label] > 1 && OnSide(label, !isTest) == 0)
                && labels.All(label => OnSide(label, isTest) > 1)
            )
                Move(group, !isTest);
        }
    }

    private int OnSide(int label, bool isTest) => isTest ? _heldOut[label] : _count[label] - _heldOut[label];

    private void Move(int group, bool isTest)
    {
        _isTest[group] = isTest;
        foreach (int label in _groups.LabelsOf(group))
            _heldOut[label] += isTest ? 1 : -1;
    }

    private void Shuffle(List<int> texts, ulong which) =>
        CounterRandom.Shuffle(CollectionsMarshal.AsSpan(texts), _seed, RandomPurpose.RecordSplit, which);
}

/// <summary>Groups of records with the same text, numbered in the order of their first records.</summary>
internal sealed class TextGroups
{
    private readonly IReadOnlyList<LabeledRecord> _records;
    private readonly int[] _groupOfRecord;

    // For each text its first record, and for each record the next one with its text.
    private readonly List<int> _first = [];
    private readonly int?[] _next;

    internal TextGroups(IReadOnlyList<LabeledRecord> records)
    {
        _records = records;
        _groupOfRecord = new int[records.Count];
        _next = new int?[records.Count];
        var lastOf = new Dictionary<string, int>(records.Count, StringComparer.Ordinal);
        for (int record = 0; record < records.Count; record++)
        {
            if (lastOf.TryGetValue(records[record].Text, out int before))
            {
                _groupOfRecord[record] = _groupOfRecord[before];
                _next[before] = record;
            }
            else
            {
                _groupOfRecord[record] = _first.Count;
                _first.Add(record);
            }
            lastOf[records[record].Text] = record;
        }
    }

    /// <summary>Number of distinct texts.</summary>
    internal int Count => _first.Count;

    /// <summary>The number of a record's text.</summary>
    internal int OfRecord(int record) => _groupOfRecord[record];

    /// <summary>Whether a text stands under several labels.</summary>
    internal bool IsAmbiguous(int group) => _next[_first[group]] is not null;

    /// <summary>The labels of a text, in the order of its records.</summary>
    internal IEnumerable<int> LabelsOf(int group)
    {
        for (int? record = _first[group]; record is { } at; record = _next[at])
            yield return _records[at].Label;
    }

    /// <summary>The texts that stand under several labels.</summary>
    internal IEnumerable<AmbiguousText> Ambiguous() =>
        Enumerable
            .Range(0, Count)
            .Where(IsAmbiguous)
            .Select(group => new AmbiguousText(_records[_first[group]].Text, [.. LabelsOf(group).Order()]));
}
