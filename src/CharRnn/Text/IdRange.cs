namespace CharRnn.Datasets;

/// <summary>A stretch of a corpus.</summary>
/// <param name="Start">Its first id.</param>
/// <param name="Length">How many ids it has; 0 where the part was not asked for.</param>
public readonly record struct IdRange(long Start, long Length)
{
    /// <summary>The index after its last id.</summary>
    public long End => Start + Length;
}
