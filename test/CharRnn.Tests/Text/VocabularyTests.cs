using FsCheck.Fluent;

namespace CharRnn.Tests;

public sealed class VocabularyTests
{
    private static readonly Vocabulary Letters = new([.. "cab\n".Select(c => (int)c), 'ł', 0x1F409], TextEncoding.Utf8);

    [Fact]
    public void Ids_AreTheRanksOfTheSortedSymbols()
    {
        Assert.Equal(['\n', 'a', 'b', 'c', 'ł', 0x1F409], Letters.Symbols.ToArray());
        for (int rank = 0; rank < Letters.Count; rank++)
        {
            Assert.True(Letters.TryGetId(Letters.Symbols[rank], out int id));
            Assert.Equal(rank, id);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData('d')]
    [InlineData(0x1F408)]
    [InlineData(0x10FFFF)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void TryGetId_OfAnAbsentSymbol_IsFalse(int symbol) => Assert.False(Letters.TryGetId(symbol, out _));

    [Fact]
    public void Encode_TakesAScalarValueAsOneSymbol()
    {
        int[] ids = Letters.Encode("ał🐉b");
        Assert.Equal([1, 4, 5, 2], ids);
        Assert.Equal("ał🐉b", Letters.Decode(ids));
        Assert.Equal("ał🐉b"u8.ToArray(), Letters.DecodeBytes(ids));
    }

    [Fact]
    public void Encode_OfAnUnknownCharacter_NamesItAndItsPositionInCharacters()
    {
        var refusal = Assert.Throws<SettingsException>(() => Letters.Encode("🐉ał?"));
        Assert.StartsWith("'?' (U+003F), character 4 of the text, is not among the 6 symbols", refusal.Message);
        Assert.EndsWith("; leave it out.", refusal.Message);

        Assert.Contains(
            @"'\x1B' (U+001B), character 1",
            Assert.Throws<SettingsException>(() => Letters.Encode("\u001b")).Message
        );
        Assert.Contains("'🐈' (U+1F408)", Assert.Throws<SettingsException>(() => Letters.Encode("🐈")).Message);
    }

    [Fact]
    public void Encode_WithSkipping_LeavesUnknownCharactersOutAndCountsThem()
    {
        Assert.Equal([1, 2], Letters.Encode("xa🐈b\ud83d", skipUnknown: true, out int skipped));
        Assert.Equal(3, skipped);
        Assert.Equal([1], Letters.Encode("a", skipUnknown: true, out skipped));
        Assert.Equal(0, skipped);
        Assert.Empty(Letters.Encode(""));
    }

    [Fact]
    public void Encode_OfHalfASurrogatePair_IsRefusedAndNeverMended()
    {
        var withReplacement = new Vocabulary(['a', 0xFFFD], TextEncoding.Utf8);
        Assert.Contains(
            "U+D83D, character 2",
            Assert.Throws<SettingsException>(() => withReplacement.Encode("a\ud83d")).Message
        );
        var bytes = new Vocabulary(Enumerable.Range(0, 256), TextEncoding.Bytes);
        Assert.Contains("U+DC09", Assert.Throws<SettingsException>(() => bytes.Encode("\udc09")).Message);
    }

    [Fact]
    public void Bytes_AreEncodedFromUtf8AndComeBackExactly()
    {
        var bytes = new Vocabulary(Enumerable.Range(0, 256), TextEncoding.Bytes);
        Assert.Equal([0x61, 0xC5, 0x82, 0xF0, 0x9F, 0x90, 0x89], bytes.Encode("ał🐉"));
        Assert.Equal("ał🐉", bytes.Decode(bytes.Encode("ał🐉")));
        Assert.Equal("a\uFFFDb", bytes.Decode([0x61, 0xFF, 0x62]));
        Assert.Equal([0x61, 0xFF, 0x62], bytes.DecodeBytes([0x61, 0xFF, 0x62]));
    }

    [Fact]
    public void Decode_OfAnIdOutsideTheVocabulary_IsRefused()
    {
        Assert.Contains("id 6 is outside", Assert.Throws<SettingsException>(() => Letters.Decode([0, 6])).Message);
        Assert.Throws<SettingsException>(() => Letters.DecodeBytes([-1]));
    }

    [Fact]
    public void SpecialSymbols_AreTheLastIds_AndAreShownAsTextAndByName()
    {
        var vocabulary = new Vocabulary(
            [Vocabulary.UnknownSymbol, 'b', Vocabulary.BoundarySymbol, 'a'],
            TextEncoding.Utf8
        );
        Assert.Equal((2, 3), (vocabulary.BoundaryId, vocabulary.UnknownId));
        Assert.Equal((null, null), (Letters.BoundaryId, Letters.UnknownId));
        Assert.Equal("a\nb\uFFFD", vocabulary.Decode([0, 2, 1, 3]));
        Assert.Equal("a\nb\uFFFD"u8.ToArray(), vocabulary.DecodeBytes([0, 2, 1, 3]));
        // Where lines have ends of their own, a boundary is nothing that could be written.
        Assert.Equal(
            "a\nb",
            new Vocabulary(['a', 'b', '\n', Vocabulary.BoundarySymbol], TextEncoding.Utf8).Decode([1, 3, 0, 2])
        );
        var bytes = new Vocabulary(
            [0xC5, 0x82, Vocabulary.BoundarySymbol, Vocabulary.UnknownSymbol],
            TextEncoding.Bytes
        );
        Assert.Equal([0xC5, 0x82, (byte)'\n', 0xEF, 0xBF, 0xBD], bytes.DecodeBytes([1, 0, 2, 3]));
        Assert.Equal(
            ("⟨boundary⟩", "⟨unknown⟩"),
            (
                Vocabulary.Describe(Vocabulary.BoundarySymbol, TextEncoding.Utf8),
                Vocabulary.Describe(Vocabulary.UnknownSymbol, TextEncoding.Bytes)
            )
        );
    }

    [Fact]
    public void UnknownCharacters_BecomeTheUnknownSymbol_UnlessTheyAreToBeSkipped()
    {
        var vocabulary = new Vocabulary(['a', Vocabulary.UnknownSymbol], TextEncoding.Utf8);
        Assert.Equal([0, 1, 1, 0], vocabulary.Encode("ał🐉a"));
        Assert.Equal([0, 0], vocabulary.Encode("ał🐉a", skipUnknown: true, out int skipped));
        Assert.Equal(2, skipped);
    }

    [Fact]
    public void Construction_RefusesWhatIsNoVocabulary()
    {
        Refused("empty", [], TextEncoding.Utf8);
        Refused("'a' (U+0061) is in the vocabulary twice", ['a', 'b', 'a'], TextEncoding.Utf8);
        Refused("55296 of the vocabulary is no Unicode scalar value", [0xD800], TextEncoding.Utf8);
        Refused("no Unicode scalar value", ['a', 0x110002], TextEncoding.Utf8);
        Refused("no Unicode scalar value", [-1], TextEncoding.Utf8);
        Refused("256 of the vocabulary is no byte", [0, 256], TextEncoding.Bytes);
        Refused("encoding 7", ['a'], (TextEncoding)7);

        static void Refused(string because, int[] symbols, TextEncoding encoding) =>
            Assert.Contains(because, Assert.Throws<SettingsException>(() => new Vocabulary(symbols, encoding)).Message);
    }

    [Fact]
    public void AnyText_IsEncodedAndDecodedToItself()
    {
        var scalars = Gen.Choose(0, 0x10FFFF).Where(System.Text.Rune.IsValid);
        Property.HoldsOfLists(
            scalars,
            maxLength: 400,
            times: 50,
            text =>
            {
                var vocabulary = new Vocabulary([.. text.Distinct().Order()], TextEncoding.Utf8);
                int[] ids = vocabulary.Encode(
                    string.Concat(text.Select(symbol => new System.Text.Rune(symbol).ToString()))
                );
                Assert.Equal(text, ids.Select(id => vocabulary.Symbols[id]));
                Assert.Equal(ids, vocabulary.Encode(vocabulary.Decode(ids)));
                Assert.Equal(System.Text.Encoding.UTF8.GetBytes(vocabulary.Decode(ids)), vocabulary.DecodeBytes(ids));
            }
        );
    }

    [Theory]
    [InlineData('a', TextEncoding.Utf8, "'a'")]
    [InlineData(' ', TextEncoding.Utf8, "' '")]
    [InlineData('\n', TextEncoding.Utf8, @"'\n' (U+000A)")]
    [InlineData(0x1B, TextEncoding.Utf8, @"'\x1B' (U+001B)")]
    [InlineData(0x9B, TextEncoding.Utf8, @"'\x9B' (U+009B)")]
    [InlineData('é', TextEncoding.Utf8, "'é' (U+00E9)")]
    [InlineData(0x200B, TextEncoding.Utf8, @"'\u{200B}' (U+200B)")]
    [InlineData(0x202E, TextEncoding.Utf8, @"'\u{202E}' (U+202E)")]
    [InlineData(0x1F409, TextEncoding.Utf8, "'🐉' (U+1F409)")]
    [InlineData('a', TextEncoding.Bytes, "'a'")]
    [InlineData('\n', TextEncoding.Bytes, @"'\n' (0x0A)")]
    [InlineData(0xE9, TextEncoding.Bytes, "0xE9")]
    public void Describe_NamesASymbolAndNeverShowsAControlCharacterRaw(
        int symbol,
        TextEncoding encoding,
        string expected
    ) => Assert.Equal(expected, Vocabulary.Describe(symbol, encoding));
}
