namespace CharRnn.Text;

/// <summary>Symbols of a vocabulary that stand for no character: just past Unicode, where no character can be.</summary>
internal static class SpecialSymbols
{
    /// <summary>What a record or a text ends with.</summary>
    public const int Boundary = 0x110000;

    /// <summary>What stands for characters too rare to be learnt.</summary>
    public const int Unknown = 0x110001;

    /// <summary>The id of a symbol; null where the vocabulary has none.</summary>
    public static int? IdOf(Vocabulary vocabulary, int symbol) => vocabulary.TryGetId(symbol, out int id) ? id : null;
}
