namespace CharRnn;

/// <summary>
/// Text encoded with a model's vocabulary. Disposing unmaps the file that holds the ids of a large text.
/// </summary>
/// <param name="Ids">The ids of the text.</param>
/// <param name="Skipped">Number of symbols left out because the vocabulary lacks them.</param>
/// <param name="Hints">Hints about the text, one line each.</param>
public sealed record EncodedText(SymbolIds Ids, long Skipped, IReadOnlyList<string> Hints) : IDisposable
{
    /// <summary>Number of symbols that became the unknown symbol because the vocabulary lacks them.</summary>
    public long Unknown { get; init; }

    /// <summary>Those of the hints that say where the ids of a large text are kept.</summary>
    internal IReadOnlyList<string> Storage { get; init; } = [];

    /// <summary>SHA-256 of the bytes of all texts in their order, in lower-case hexadecimal.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Report of the preparation, one line for each step.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public void Dispose() => Ids.Dispose();
}
