namespace CharRnn.Networks;

/// <summary>
/// Records side by side, as many steps long as the longest of them, with what each is labelled and counts. It shows its
/// owner's arrays and keeps none.
/// </summary>
internal readonly ref struct LabeledBatch
{
    /// <summary>T: characters in the longest record.</summary>
    public required int Steps { get; init; }

    /// <summary>B: how many records.</summary>
    public required int Streams { get; init; }

    /// <summary>(T, B), index t·B + b. What comes after a record's end is never looked at.</summary>
    public required ReadOnlySpan<int> Ids { get; init; }

    /// <summary>(B): characters in each record, from 1 to T.</summary>
    public required ReadOnlySpan<int> Lengths { get; init; }

    /// <summary>(B): each record's label; empty where nobody asks for losses.</summary>
    public ReadOnlySpan<int> Labels { get; init; }

    /// <summary>
    /// (B): what each record's loss counts, 0 or more and not all 0; empty where nobody asks for losses.
    /// </summary>
    public ReadOnlySpan<float> Weights { get; init; }
}
