namespace CharRnn;

/// <summary>How the states of a record's characters become one vector.</summary>
public enum Pooling
{
    /// <summary>
    /// The forward state at the last character, joined with the backward state at the first: each direction's state
    /// when it has read all.
    /// </summary>
    Last,

    /// <summary>The mean over the characters.</summary>
    Mean,

    /// <summary>
    /// A mean whose weights the network learns: a softmax over the characters' products with a trained vector.
    /// </summary>
    Attention,
}
