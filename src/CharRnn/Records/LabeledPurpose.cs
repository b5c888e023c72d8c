namespace CharRnn;

/// <summary>What labelled records are read for, which decides what they must have.</summary>
public enum LabeledPurpose
{
    /// <summary>
    /// To be learnt from: at least two labels, and at least two texts of each, so that both parts of a split have one.
    /// </summary>
    Learning,

    /// <summary>To be scored by a model that has learnt already: at least one text.</summary>
    Scoring,
}
