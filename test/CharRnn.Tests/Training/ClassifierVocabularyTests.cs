using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class ClassifierVocabularyTests
{
    [Fact]
    public void CharacterOfOneRecord_IsUnknown_HoweverOftenItStandsThere()
    {
        var vocabulary = ClassifierVocabulary.Of([
            new("anna", 0),
            new("ana", 1),
            new("żżż", 0),
            new("𝄞a", 1),
            new("𝄞", 0),
        ]);
        Assert.Equal(new[] { 'a', 'n', 0x1D11E, Vocabulary.UnknownSymbol }, vocabulary.Symbols.ToArray());
        Assert.Equal([vocabulary.UnknownId!.Value], vocabulary.Encode("ż"));
    }

    [Fact]
    public void TextsWithoutACharacterInCommon_HaveTheUnknownSymbolAlone() =>
        Assert.Equal([Vocabulary.UnknownSymbol], ClassifierVocabulary.Of([new("a", 0), new("b", 1)]).Symbols.ToArray());
}
