namespace CharRnn;

/// <summary>
/// Format of a model's weights in memory. Compact weights are for reading and writing texts: a model that has them is
/// neither trained nor saved.
/// </summary>
public enum WeightFormat
{
    /// <summary>Four bytes a weight, as they were trained; the default.</summary>
    F32,

    /// <summary>
    /// Two bytes: bfloat16, the upper half of a 32-bit float, rounded to the nearest (even in the middle).
    /// </summary>
    BF16,

    /// <summary>
    /// One byte: a whole number from −127 to 127 and a 32-bit scale, which all weights of one output have in common (of
    /// embeddings and one-hot weights, all of one symbol). What they are multiplied with is rounded to sixteen bits.
    /// </summary>
    Int8,
}
