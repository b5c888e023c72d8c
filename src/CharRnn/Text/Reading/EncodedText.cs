namespace CharRnn.Datasets;

/// <summary>
/// A file read with a model's vocabulary. Disposing gives back the mapped file that the ids of a large text lie in.
/// </summary>
/// <param name="Ids">The text.</param>
/// <param name="Skipped">How many symbols were left out because the vocabulary lacks them.</param>
/// <param name="Hints">What the user may want to know, one line each.</param>
public sealed record EncodedText(SymbolIds Ids, long Skipped, IReadOnlyList<string> Hints) : IDisposable
{
    /// <summary>How many symbols became the vocabulary's unknown symbol because it lacks them.</summary>
    public long Unknown { get; init; }

    /// <summary>What the text's preparation did, one line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose() => Ids.Dispose();
}
