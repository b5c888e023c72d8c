using System.Security.Cryptography;
using System.Text;
using CharRnn.Datasets;
using CharRnn.Networks;

namespace CharRnn.Tests;

public sealed class NormalizingStageTests
{
    private static readonly TextPreparation Nfc = new() { Normalize = Normalization.Nfc },
        Nfkc = new() { Normalize = Normalization.Nfkc };

    [Theory]
    [InlineData("e\u0301", "é", "é")]
    [InlineData("\u212B \u2126", "Å Ω", "Å Ω")]
    [InlineData("ﬁn\u00A0½ Ａ™", "ﬁn\u00A0½ Ａ™", "fin 1⁄2 ATM")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u1100\u1161\u11A8 \uAC00\u11A8", "각 각", "각 각")]
    [InlineData("\u0958\u0344", "\u0915\u093C\u0308\u0301", "\u0915\u093C\u0308\u0301")]
    [InlineData("a\u0302\u0301 \u1EA5", "ấ ấ", "ấ ấ")]
    [InlineData("👩\u200D🚀 ł\r\n", "👩\u200D🚀 ł\r\n", "👩\u200D🚀 ł\r\n")]
    public void Forms_AreThoseOfTheStandard(string text, string nfc, string nfkc)
    {
        Assert.Equal(nfc, Prepared.Text(Nfc, text));
        Assert.Equal(nfkc, Prepared.Text(Nfkc, text));
    }

    // The SHA-256 of the lines that ICU 72, which is of the same version of Unicode, makes of the same text.
    [Theory]
    [InlineData(Normalization.Nfc, "61b0676fbc5ff44799979cc15c921bd7f33808f70e34b2ccb5748d901f930828")]
    [InlineData(Normalization.Nfkc, "c24b6405d41ad47b4a2ff0b28409cd89f794ab897f09f644e3c19824bb287fc5")]
    public void EveryScalar_BetweenALetterAndMarks_IsNormalisedAsIcuDoes(Normalization form, string sha256)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var preparation = new TextPreparation { Normalize = form };
        foreach (var runes in Scalars().Chunk(1 << 14))
            hash.AppendData(
                Encoding.UTF8.GetBytes(
                    preparation.Apply(string.Concat(runes.Select(rune => $"a{rune}\u0301\u0323\u1161\u11a8\n")))
                )
            );
        Assert.Equal(sha256, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Normalising_Twice_ChangesNothingMore()
    {
        var random = new Random(8);
        int[] pool =
        [
            .. Scalars()
                .Select(rune => rune.Value)
                .Where(symbol => !UnicodeTables.Default.IsPlain(symbol, isInCompatibility: true)),
            .. "aeiou \n한e".Select(c => (int)c),
        ];
        for (int trial = 0; trial < 300; trial++)
        {
            string text = string.Concat(
                Enumerable
                    .Range(0, random.Next(1, 60))
                    .Select(_ => char.ConvertFromUtf32(pool[random.Next(pool.Length)]))
            );
            foreach (var form in new[] { Nfc, Nfkc })
            {
                string once = Prepared.Text(form, text);
                Assert.Equal(once, form.Apply(once));
            }
        }
    }

    [Fact]
    public void ARunOfMarksWithoutEnd_LosesNothing_IsSaid_AndTakesBoundedMemory()
    {
        const int Marks = 200_000;
        string text = "e" + new string('\u0301', Marks) + "e\u0301";
        string normalized = Prepared.Text(Nfc, [text], blockSymbols: 1000, out var facts);
        Assert.Equal("é" + new string('\u0301', Marks - 1) + "é", normalized);
        Assert.Equal(Marks / NormalizingStage.MaxPieceLength, facts.CutPieces);
        Assert.Contains("195 times", facts.Lines(Nfc).Single(line => line.Contains("combining")));
    }

    [Fact]
    public void ATextThatIsCompatibilityCharactersAlone_IsNoSuchRun()
    {
        Assert.Equal(
            new string('A', 5000),
            Prepared.Text(Nfkc, [new string('Ａ', 5000)], blockSymbols: 100, out var facts)
        );
        Assert.Equal(0, facts.CutPieces);
    }

    [Theory]
    [InlineData("plain, żółw, 漢字, Привет, 🐉", 0)]
    [InlineData("e\u0301 é", 1)]
    [InlineData("\u212B and e\u0301\u0323 and e\u0323", 3)]
    [InlineData("\u0301 alone", 0)]
    public void Probe_CountsThePlacesThatWouldChange_WhateverTheBlocks(string text, int places)
    {
        int[] symbols = StringSink.SymbolsOf(text);
        for (int block = 1; block <= symbols.Length; block++)
        {
            var probe = new CompositionProbe();
            int previous = '\n';
            foreach (int[] some in symbols.Chunk(block))
            {
                probe.Look(some, previous);
                previous = some[^1];
            }
            probe.EndSource();
            Assert.Equal(places, probe.Count);
        }
    }

    private static IEnumerable<Rune> Scalars() =>
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value));
}
