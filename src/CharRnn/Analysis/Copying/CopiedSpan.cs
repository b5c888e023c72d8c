namespace CharRnn.Analysis;

/// <summary>
/// A stretch of characters that stands in a sample and, just so, in the text that a model was trained on.
/// </summary>
/// <param name="Sample">Which of the samples, from 0.</param>
/// <param name="SampleStart">Where in the sample it begins, from 0.</param>
/// <param name="TextStart">Where in the text it first stands, from 0.</param>
/// <param name="Length">How many characters it has.</param>
public sealed record CopiedSpan(int Sample, int SampleStart, long TextStart, int Length);

/// <summary>How much of some samples is copied from a text.</summary>
/// <param name="Characters">How many characters the samples have.</param>
/// <param name="Longest">
/// The longest span that both have; of equally long ones the text's first. Null where they share no character.
/// </param>
/// <param name="In20">How many of the samples' characters lie in a copied span of 20 characters or more.</param>
/// <param name="In50">How many lie in one of 50 or more.</param>
public sealed record CopyReport(long Characters, CopiedSpan? Longest, long In20, long In50)
{
    /// <summary>The share of characters in copied spans of 20 or more.</summary>
    public double Share20 => Characters > 0 ? (double)In20 / Characters : 0;

    /// <summary>The share of characters in copied spans of 50 or more.</summary>
    public double Share50 => Characters > 0 ? (double)In50 / Characters : 0;
}
