using CharRnn.Evaluation;

namespace CharRnn.Training;

/// <summary>Labeled records divided into the parts of a run: no text is in two parts that were cut from one data set.</summary>
/// <param name="All">The records of the labels that are learnt.</param>
/// <param name="Train">The records learnt from.</param>
/// <param name="Validation">
/// The records that the best model is chosen by; null where nothing is held out for that.
/// </param>
/// <param name="Test">The records that are scored once, at the end; null where nothing is held out for that.</param>
internal sealed record ClassifierParts(
    LabeledRecords All,
    LabeledRecords Train,
    LabeledRecords? Validation,
    LabeledRecords? Test
)
{
    private const int MinLabels = 2;

    /// <summary>
    /// Leaves out rare labels and divides the rest: the test part first, so that it is the same whatever is held out
    /// for validation. Records of their own take the place of a part.
    /// </summary>
    /// <param name="records">The records.</param>
    /// <param name="settings">Shares, seed, and the fewest records of a label.</param>
    /// <param name="material">Validation and test records of their own.</param>
    /// <param name="notes">Receives what was left out.</param>
    /// <exception cref="SettingsException">A setting does not go with the records.</exception>
    /// <exception cref="CorpusException">A record of its own has a label that is not learnt.</exception>
    public static ClassifierParts Of(
        LabeledRecords records,
        ClassifierSettings settings,
        ClassifierMaterial material,
        List<string> notes
    )
    {
        if (material.Validation is not null && settings.ValFrac > 0)
            throw TwoSources("validation", "'ValFrac'");
        if (material.Test is not null && settings.TestFrac > 0)
            throw TwoSources("the test", "'TestFrac'");
        if (settings.MultiLabel)
        {
            string separator = settings.LabelSeparator ?? LabelSets.DefaultSeparator;
            records = LabelSets.Split(records, separator);
            material = material with
            {
                Validation = material.Validation is { } validating ? LabelSets.Split(validating, separator) : null,
                Test = material.Test is { } testing ? LabelSets.Split(testing, separator) : null,
            };
            if (records.Labels.Count < MinLabels)
                throw new SettingsException(
                    $"{records.Name} has one label only, {LabelNames.Display(records.Labels[0])}, and at least {MinLabels} "
                        + "are needed; 'LabelSeparator' is what stands between the labels of a text."
                );
        }
        var all = WithoutRareLabels(records, settings.MinRecords, notes);
        var (rest, test) = HoldOut(all, settings.TestFrac, settings.Seed);
        var (train, validation) = HoldOut(rest, settings.ValFrac, settings.Seed);
        if (settings.MultiLabel)
            notes.Add(Described(all));
        return new ClassifierParts(
            all,
            train,
            material.Validation is { } ownValidation
                ? Own(ownValidation, records, train, "validation", notes)
                : validation,
            material.Test is { } ownTest ? Own(ownTest, records, train, "the test", notes) : test
        );
    }

    private static string Described(LabeledRecords all) =>
        $"several labels a text: {Quantity.Count(all.TextCount, "text")} under "
        + $"{Quantity.Count(all.Labels.Count, "label")}: "
        + LabelNames.List([.. all.Labels.Zip(all.CountByLabel).OrderByDescending(label => label.Second)])
        + ".";

    private static LabeledRecords WithoutRareLabels(LabeledRecords records, int minRecords, List<string> notes)
    {
        int[] rare =
        [
            .. records.CountByLabel.Index().Where(label => label.Item < minRecords).Select(label => label.Index),
        ];
        if (rare.Length == 0)
            return records;
        string[] kept = [.. records.Labels.Where((_, label) => records.CountByLabel[label] >= minRecords)];
        if (kept.Length < MinLabels)
            throw new SettingsException(
                $"'MinRecords' is {Quantity.Count(minRecords)} and leaves {Quantity.Count(kept.Length, "label")} of "
                    + $"{records.Name}, whose most frequent one has "
                    + $"{Quantity.Count(records.CountByLabel.Max(), "record")}; at least {MinLabels} are needed."
            );
        var part = Relabeled(records, kept);
        notes.Add(
            $"labels left out, since they have fewer than {Quantity.Count(minRecords, "record")}: "
                + LabelNames.List([.. rare.Select(label => (records.Labels[label], records.CountByLabel[label]))])
                + "."
        );
        return part;
    }

    /// <summary>Records that are read as a part of their own.</summary>
    private static LabeledRecords Own(
        LabeledRecords own,
        LabeledRecords records,
        LabeledRecords train,
        string purpose,
        List<string> notes
    )
    {
        // What is nowhere among the records is refused; what was left out of them is left out here too.
        _ = own.LabelIdsIn(records.Labels);
        var part = Relabeled(own, train.Labels);
        if (part.Records.Count == 0)
            throw new CorpusException($"{own.Name} has no record of a label that is learnt; give {purpose} some.");
        if (part.Records.Count < own.Records.Count)
            notes.Add(
                $"{Quantity.Count(own.Records.Count - part.Records.Count, "record")} of {own.Name} left out with their "
                    + "labels."
            );
        var learnt = train.Records.Select(record => record.Text).ToHashSet(StringComparer.Ordinal);
        int seen = part.Records.Count(record => learnt.Contains(record.Text));
        if (seen > 0)
            notes.Add(
                $"{Quantity.Count(seen)} of the {Quantity.Count(part.Records.Count, "record")} for {purpose} have a text "
                    + "that is trained on too: their figures are not those of new texts."
            );
        return part;
    }

    /// <summary>The records of some labels, which become the labels.</summary>
    private static LabeledRecords Relabeled(LabeledRecords records, IReadOnlyList<string> labels)
    {
        var idOf = labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        var kept = records
            .Records.Zip(records.Occurrences)
            .Where(record => idOf.ContainsKey(records.Labels[record.First.Label]))
            .ToList();
        return new LabeledRecords(
            records.Name,
            labels,
            [.. kept.Select(record => record.First with { Label = idOf[records.Labels[record.First.Label]] })],
            [.. kept.Select(record => record.Second)],
            records.Preparation,
            records.Facts
        );
    }

    private static (LabeledRecords Kept, LabeledRecords? HeldOut) HoldOut(
        LabeledRecords records,
        double share,
        ulong seed
    )
    {
        if (share == 0)
            return (records, null);
        var split = records.Split(share, seed);
        return (split.Train, split.Test.Records.Count > 0 ? split.Test : null);
    }

    private static SettingsException TwoSources(string purpose, string share) =>
        new($"{purpose} has records of its own, and {share} would hold out some of the others as well; set it to 0.");
}
