using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Datasets;

namespace CharRnn;

/// <summary>
/// Labeled records as a text to learn: each record a text of its own between boundaries, and its label beside each of
/// its symbols. The records are cut into parts label by label, so that no text is in two
/// (<see cref="LabeledRecords.Split"/>), and the parts stand one after another.
/// </summary>
/// <example>
/// <code>
/// var settings = new TrainingSettings { MaxTime = TimeSpan.FromMinutes(1) };
/// using var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), settings);
/// using var trainer = Trainer.Start(corpus, settings);
/// trainer.Run();
/// var greek = LabelBlend.Parse("Greek", trainer.Model.Labels);
/// var generator = new RecordGenerator(trainer.Model, greek);
/// foreach (int[] name in generator.Records([], new SamplingOptions(), 40).Take(10))
///     Console.WriteLine(trainer.Model.Vocabulary.Decode(name));
/// </code>
/// </example>
public static class LabeledCorpus
{
    /// <summary>Makes the text.</summary>
    /// <param name="records">The records.</param>
    /// <param name="settings">
    /// What is held out (<see cref="TrainingSettings.ValFrac"/>, <see cref="RunSettings.TestFrac"/>) and drawn
    /// from (<see cref="RunSettings.Seed"/>), whether labels count (<see cref="TrainingSettings.IgnoreLabels"/>)
    /// and repeated texts (<see cref="TrainingSettings.KeepRepeats"/>).
    /// </param>
    /// <param name="vocabulary">The symbols to read it with; null for those of the records and the boundary.</param>
    /// <exception cref="SettingsException">The shares cannot be had, or the vocabulary lacks a symbol.</exception>
    /// <exception cref="CorpusException">A record has several lines.</exception>
    public static Corpus Of(LabeledRecords records, TrainingSettings settings, Vocabulary? vocabulary = null)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(settings);
        RequireLines(records);
        var own = VocabularyOf(records);
        vocabulary ??= own;
        if (vocabulary.BoundaryId is not { } boundary)
            throw new SettingsException("labelled records need a boundary symbol, which the given vocabulary lacks.");
        var (train, validation, test) = Parts(records, settings);

        var packer = new RecordPacker(boundary);
        var split = new CorpusSplit(Append(train, settings.KeepRepeats), Append(validation), Append(test));
        return new Corpus(
            records.Name,
            vocabulary,
            packer.Pack(vocabulary.Count, settings.IgnoreLabels ? 0 : records.Labels.Count),
            records.Sha256
        )
        {
            Distinct = own.Count,
            Sources = [records.Source?.Named ?? records.Name],
            RecordSource = records.Source,
            Preparation = records.Preparation with { Records = true },
            Labels = records.Labels,
            Parts = split,
        };

        CorpusPart Append(LabeledRecords? part, bool keepRepeats = false)
        {
            if (part is null)
                return CorpusPart.None;
            int start = packer.Count - 1;
            foreach (var (place, record) in part.Records.Index())
            {
                int[] text = vocabulary.Encode(record.Text);
                for (int left = keepRepeats ? part.Occurrences[place] : 1; left > 0; left--)
                    packer.Add(text, record.Label);
            }
            return CorpusPart.Of(new IdRange(start, packer.Count - start));
        }
    }

    /// <summary>Refuses a prompt that no sample can have: a sample ends with its line.</summary>
    private static void RequireLines(LabeledRecords records)
    {
        if (records.Records.FirstOrDefault(record => record.Text.AsSpan().IndexOfAny('\r', '\n') >= 0).Text is { } text)
            throw new CorpusException(
                $"{records.Name} has the text {OneLine.Quote(text)}, of several lines, and texts that are to be "
                    + "written are one line each; put it on one, or leave it out."
            );
    }

    private static (LabeledRecords Train, LabeledRecords? Validation, LabeledRecords? Test) Parts(
        LabeledRecords records,
        TrainingSettings settings
    )
    {
        double validation = settings.ValFrac ?? TrainingSettings.DefaultValFrac,
            test = settings.TestFrac;
        if (validation + test >= 1)
            throw new SettingsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the validation and test fractions, {validation} and {test}, leave nothing to train on; together "
                        + $"they must stay below 1: lower 'ValFrac' or 'TestFrac'."
                )
            );
        LabeledRecords? tested = null,
            validated = null;
        if (test > 0)
            (records, tested) = records.Split(test, settings.Seed);
        if (validation > 0)
            (records, validated) = records.Split(validation / (1 - test), settings.Seed);
        return (records, validated, tested);
    }

    private static Vocabulary VocabularyOf(LabeledRecords records)
    {
        var symbols = new HashSet<int> { Vocabulary.BoundarySymbol };
        foreach (var record in records.Records)
            symbols.UnionWith(record.Text.EnumerateRunes().Select(rune => rune.Value));
        return new Vocabulary(symbols, TextEncoding.Utf8);
    }
}
