using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class SymbolReaderTests
{
    [Fact]
    public void Blocks_ThatBreakCharactersAnywhere_GiveTheSameSymbols()
    {
        const string Text = "aé€🐉b\u0800\U0010FFFFzł🐉🐉\n";
        int[] expected = [.. Text.EnumerateRunes().Select(rune => rune.Value)];
        for (int blockBytes = 4; blockBytes <= 40; blockBytes++)
        for (int shift = 0; shift < 5; shift++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(new string('.', shift) + Text);
            Assert.Equal([.. Enumerable.Repeat((int)'.', shift), .. expected], ReadAll(bytes, blockBytes));
        }
    }

    [Fact]
    public void ByteOrderMark_IsDroppedAtTheStartAlone()
    {
        Assert.Equal(
            ['a', 0xFEFF, 'b'],
            ReadAll([0xEF, 0xBB, 0xBF, (byte)'a', 0xEF, 0xBB, 0xBF, (byte)'b'], blockBytes: 4)
        );
        Assert.Empty(ReadAll([0xEF, 0xBB, 0xBF], blockBytes: 4));
        Assert.Equal([0xFEFF, 'a'], ReadAll([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, (byte)'a'], blockBytes: 4));
        Assert.Equal([0xEF, 0xBB, 0xBF], ReadAll([0xEF, 0xBB, 0xBF], blockBytes: 4, TextEncoding.Bytes));
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x62, 0xFF, 0x63 }, 2, "0xFF")]
    [InlineData(new byte[] { 0x61, 0x61, 0x61, 0x61, 0x61, 0xC3, 0x28 }, 5, "0xC3")]
    [InlineData(new byte[] { 0xC0, 0x80 }, 0, "0xC0")]
    [InlineData(new byte[] { 0x61, 0xED, 0xA0, 0x80 }, 1, "0xED")]
    [InlineData(new byte[] { 0x61, 0xF4, 0x90, 0x80, 0x80 }, 1, "0xF4")]
    [InlineData(new byte[] { 0xC5, 0x82, 0x82 }, 2, "0x82")]
    [InlineData(new byte[] { 0x61, 0x61, 0x61, 0xF0, 0x9F, 0x90 }, 3, "0xF0")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0x80 }, 4, "0x80")]
    public void InvalidUtf8_IsRefusedWithItsByteOffset_WhateverTheBlockSize(byte[] bytes, int offset, string value)
    {
        for (int blockBytes = 4; blockBytes <= 12; blockBytes++)
        {
            var refusal = Assert.Throws<CorpusException>(() => ReadAll(bytes, blockBytes));
            Assert.Contains($"memory: byte {offset} ({value})", refusal.Message);
            Assert.Contains("'Encoding' bytes", refusal.Message);
        }
    }

    [Fact]
    public void RandomText_ReadsAsTheFrameworkReadsIt_AndRandomBytesAreRefusedWhereItStops()
    {
        var random = new Random(5);
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        byte[] alphabet = [(byte)'a', (byte)'b', 0xC5, 0x82, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x90, 0x89];
        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] bytes =
            [
                .. Enumerable.Range(0, random.Next(1, 9)).Select(_ => alphabet[random.Next(alphabet.Length)]),
            ];
            int[]? expected = null;
            try
            {
                expected = [.. strict.GetString(bytes).EnumerateRunes().Select(rune => rune.Value)];
            }
            catch (DecoderFallbackException) { }

            int blockBytes = random.Next(4, 9);
            if (expected is not null)
                Assert.Equal(expected, ReadAll(bytes, blockBytes));
            else
                Assert.Throws<CorpusException>(() => ReadAll(bytes, blockBytes));
        }
    }

    private static List<int> ReadAll(byte[] bytes, int blockBytes, TextEncoding encoding = TextEncoding.Utf8)
    {
        var source = new CorpusSource("memory", () => new MemoryStream(bytes));
        using var reader = new SymbolReader(source, encoding, hash: null, blockBytes);
        var all = new List<int>();
        for (var block = reader.NextBlock(); !block.IsEmpty; block = reader.NextBlock())
            all.AddRange(block);
        return all;
    }
}
