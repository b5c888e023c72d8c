namespace CharRnn.Text;

/// <summary>How a corpus is read.</summary>
public sealed record CorpusOptions
{
    /// <summary>What a symbol is; strict UTF-8 by default.</summary>
    public TextEncoding Encoding { get; init; } = TextEncoding.Utf8;

    /// <summary>
    /// Which files of a folder are read, <c>*.txt</c> by default: <c>*</c> and <c>?</c> against the file name, or against the path below the folder
    /// where the pattern holds a slash. Case is ignored. A file that is named itself is read whatever its name.
    /// </summary>
    public IReadOnlyList<string> Include { get; init; } = ["*.txt"];

    /// <summary>
    /// The vocabulary to encode with, so that a model goes on with another text; null, the default, makes one of the corpus's own symbols.
    /// Its encoding takes the place of <see cref="Encoding"/>.
    /// </summary>
    public Vocabulary? Vocabulary { get; init; }
}
