namespace CharRnn;

/// <summary>What one symbol of a text is.</summary>
public enum TextEncoding
{
    /// <summary>
    /// Strict UTF-8: a symbol is a Unicode scalar value, so that an emoji code point or ł is one symbol.
    /// </summary>
    Utf8,

    /// <summary>Raw bytes: a symbol is a byte, 0 … 255, whatever the file holds.</summary>
    Bytes,
}
