namespace CharRnn.Training;

/// <summary>Labelled records as a run parts them: no text is in two parts.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the best model is chosen by; null where nothing is held out for that.</param>
/// <param name="Test">What is scored once, at the end; null where nothing is held out for that.</param>
internal sealed record ClassifierParts(LabeledRecords Train, LabeledRecords? Validation, LabeledRecords? Test)
{
    /// <summary>
    /// Parts some records: the test part first, so that it is the same whatever is held out for validation.
    /// </summary>
    public static ClassifierParts Of(LabeledRecords records, ClassifierSettings settings)
    {
        var (rest, test) = HoldOut(records, settings.TestFrac, settings.Seed);
        var (train, validation) = HoldOut(rest, settings.ValFrac, settings.Seed);
        return new ClassifierParts(train, validation, test);
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
}
