using CharRnn.Text;

namespace CharRnn.Sampling;

/// <summary>The ids of a vocabulary that stand for no character: they are never part of a text that is written.</summary>
/// <param name="Boundary">What a record or a text ends with; null where there is none.</param>
/// <param name="Unknown">What stands for characters too rare to be learnt; null where there is none.</param>
internal readonly record struct SpecialIds(int? Boundary, int? Unknown)
{
    // Just past Unicode, where no character can be.
    private const int BoundarySymbol = 0x110000, UnknownSymbol = 0x110001;

    public static SpecialIds Of(Vocabulary vocabulary) => new(IdOf(vocabulary, BoundarySymbol), IdOf(vocabulary, UnknownSymbol));

    private static int? IdOf(Vocabulary vocabulary, int symbol) => vocabulary.TryGetId(symbol, out int id) ? id : null;
}
