using System.Text;
using CharRnn.Studio.Models;

namespace CharRnn.Studio.Names;

/// <summary>
/// A name as a classifier reads it: the probability of each label after each of its letters, and without each of them.
/// </summary>
public sealed class NameReading
{
    /// <summary>Letters that are read one by one; of a longer text those at its beginning.</summary>
    public const int MaxLetters = 80;

    private readonly float[][] _after,
        _without;

    private NameReading(
        string text,
        IReadOnlyList<NameLetter> letters,
        float[] whole,
        float[][] after,
        float[][] without
    ) => (Text, Letters, Whole, _after, _without) = (text, letters, whole, after, without);

    /// <summary>The name, without the white space around it.</summary>
    public string Text { get; }

    /// <summary>Its letters, or those at its beginning.</summary>
    internal IReadOnlyList<NameLetter> Letters { get; }

    /// <summary>(labels): the probabilities for all of it.</summary>
    public IReadOnlyList<float> Whole { get; }

    /// <summary>Reads a name.</summary>
    /// <param name="reader">Reader of the classifier.</param>
    /// <param name="name">The name.</param>
    /// <returns>Null where it has no letter.</returns>
    internal static NameReading? Of(NameReader reader, string name)
    {
        string text = name.Trim();
        if (text.Length == 0)
            return null;
        string[] letters = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
        int read = Math.Min(letters.Length, MaxLetters);
        string[] prefixes = [.. Enumerable.Range(1, read).Select(end => string.Concat(letters.Take(end)))];
        // Without its only letter nothing is left to read.
        string[] rests =
            letters.Length > 1
                ? [.. Enumerable.Range(0, read).Select(left => string.Concat(letters.Where((_, i) => i != left)))]
                : [];
        var (rows, known) = reader.Read([text, .. prefixes, .. rests], letters[..read]);
        return new NameReading(
            text,
            [.. letters.Take(read).Zip(known, (letter, isKnown) => new NameLetter(letter, isKnown))],
            rows[0],
            rows[1..(1 + read)],
            rows[(1 + read)..]
        );
    }

    /// <summary>Probability of a label after the letters up to one, that one included.</summary>
    internal double After(int letter, int label) => _after[letter][label];

    /// <summary>(labels): the probabilities after the letters up to one; of all of the name where none is given.</summary>
    internal IReadOnlyList<float> UpTo(int? letter) => letter is { } at && at < _after.Length ? _after[at] : Whole;

    /// <summary>
    /// By how much reading a letter raised the probability of a label; null for the first, before which there was none.
    /// </summary>
    internal double? MovedBy(int letter, int label) =>
        letter > 0 ? (double)_after[letter][label] - _after[letter - 1][label] : null;

    /// <summary>
    /// By how much a label is likelier than it would be if a letter were left out; null for a name of one letter.
    /// </summary>
    internal double? WorthOf(int letter, int label) =>
        _without.Length > 0 ? (double)Whole[label] - _without[letter][label] : null;

    /// <summary>The labels that are likeliest in the end, the likeliest first.</summary>
    /// <param name="count">Max number of them.</param>
    /// <param name="kept">A label that is among them in any case; null for none.</param>
    internal IReadOnlyList<int> Likeliest(int count, int? kept = null)
    {
        List<int> top =
        [
            .. Enumerable
                .Range(0, Whole.Count)
                .OrderByDescending(label => Whole[label])
                .ThenBy(label => label)
                .Take(count),
        ];
        if (kept is { } label && label < Whole.Count && !top.Contains(label))
            top[^1] = label;
        return top;
    }
}

/// <summary>A letter of a name.</summary>
/// <param name="Text">The letter.</param>
/// <param name="IsKnown">Whether the classifier tells it from letters that it never saw.</param>
internal sealed record NameLetter(string Text, bool IsKnown);

/// <summary>
/// Reader of names by one classifier, which remembers what it has read: who types a letter more has nearly all of it
/// read already. The model is taken anew each time, since its run may still train.
/// </summary>
public sealed class NameReader
{
    private const int MaxRemembered = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, float[]> _read = new(StringComparer.Ordinal);
    private readonly ModelShelf _shelf;
    private readonly string _id;
    private SequenceClassifier _model;

    private NameReader(ModelShelf shelf, ModelLease lease)
    {
        (_shelf, _id, _model) = (shelf, lease.Id, lease.Classifier);
        (Labels, IsMultiLabel) = (_model.Labels, _model.Spec.MultiLabel);
    }

    /// <summary>The labels, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether a text may have several labels.</summary>
    public bool IsMultiLabel { get; }

    /// <summary>A reader by a classifier of the folder.</summary>
    /// <exception cref="CharRnnException">There is none of this id, or it cannot be loaded.</exception>
    internal static NameReader Of(ModelShelf shelf, string id)
    {
        using var lease = shelf.Take(id);
        return new NameReader(shelf, lease);
    }

    /// <summary>The probabilities of texts.</summary>
    /// <returns>For each text (labels).</returns>
    internal float[][] Predict(IReadOnlyList<string> texts) => Read(texts, []).Rows;

    /// <summary>The probabilities of texts, and whether letters are ones that the classifier learnt.</summary>
    /// <exception cref="ModelException">The model cannot be loaded, or has other labels now.</exception>
    internal (float[][] Rows, bool[] Known) Read(IReadOnlyList<string> texts, IReadOnlyList<string> letters)
    {
        using var lease = _shelf.Take(_id);
        lock (_gate)
        {
            var model = Renewed(lease.Classifier);
            string[] unread = [.. texts.Where(text => !_read.ContainsKey(text)).Distinct(StringComparer.Ordinal)];
            if (_read.Count + unread.Length > MaxRemembered)
            {
                _read.Clear();
                unread = [.. texts.Distinct(StringComparer.Ordinal)];
            }
            foreach (var (text, row) in unread.Zip(model.Predict(unread)))
                _read[text] = row;
            return ([.. texts.Select(text => _read[text])], [.. letters.Select(letter => IsKnown(letter, model))]);
        }
    }

    private SequenceClassifier Renewed(SequenceClassifier model)
    {
        if (model == _model)
            return model;
        if (!model.Labels.SequenceEqual(Labels) || model.Spec.MultiLabel != IsMultiLabel)
            throw new ModelException($"{_id} has other labels now; choose it again.");
        _read.Clear();
        return _model = model;
    }

    private static bool IsKnown(string letter, SequenceClassifier model) =>
        model.Vocabulary.UnknownId is not { } unknown || !model.Encode(letter).Contains(unknown);
}
