using CharRnn.Datasets;

namespace CharRnn.Studio.Names;

/// <summary>Texts of a data set and the labels they stand under.</summary>
internal sealed class KnownNames
{
    private readonly Dictionary<string, List<string>> _labels = new(StringComparer.Ordinal);

    /// <summary>Notes the texts of some records.</summary>
    public KnownNames(LabeledRecords records)
    {
        Name = records.Name;
        foreach (var record in records.Records)
        {
            if (!_labels.TryGetValue(record.Text, out var labels))
                _labels.Add(record.Text, labels = []);
            labels.Add(records.Labels[record.Label]);
        }
    }

    /// <summary>Name of the data set.</summary>
    public string Name { get; }

    /// <summary>The labels of a text; none where the data set lacks it.</summary>
    public IReadOnlyList<string> LabelsOf(string text) => _labels.GetValueOrDefault(text) ?? [];
}
