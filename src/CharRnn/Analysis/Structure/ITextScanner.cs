namespace CharRnn.Analysis;

/// <summary>Looks for something in a text as it goes by, a character at a time, without holding it.</summary>
internal interface ITextScanner
{
    /// <summary>Takes the next character: a Unicode scalar value.</summary>
    /// <param name="scalar">The character.</param>
    /// <param name="position">How many came before it.</param>
    void Add(int scalar, long position);

    /// <summary>The text ends; the next one has nothing to do with it.</summary>
    void End();
}
