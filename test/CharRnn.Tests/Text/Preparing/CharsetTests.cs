using System.Text;
using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class CharsetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("latin1", "iso-8859-1")]
    [InlineData("latin-1", "iso-8859-1")]
    [InlineData("Windows-1252", "windows-1252")]
    [InlineData("cp1252", "windows-1252")]
    [InlineData("utf-16", "utf-16")]
    [InlineData("shift_jis", "shift_jis")]
    [InlineData("utf-8", null)]
    [InlineData("klingon", null)]
    public void Names_AreThoseThatDotNetKeeps(string name, string? kept) => Assert.Equal(kept, Charset.Canonical(name));

    [Theory]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    public void Utf16_HasTheByteOrderOfItsMark(string name, bool isBigEndian)
    {
        var encoding = new UnicodeEncoding(isBigEndian, byteOrderMark: true);
        string path = _folder.Write("t.txt", [.. encoding.GetPreamble(), .. encoding.GetBytes("żółw 漢字\n")]);
        using var corpus = Corpus.Load([path], new CorpusOptions { Preparation = new() { Charset = name } });
        int[] ids = new int[corpus.Ids.Length];
        corpus.Ids.CopyTo(0, ids);
        Assert.Equal("żółw 漢字\n", corpus.Vocabulary.Decode(ids));
    }

    [Fact]
    public void APreparation_WithACharsetAndFoldedCase_IsReadBackAsItWasWritten()
    {
        var preparation = new TextPreparation
        {
            Charset = "windows-1252",
            FoldCase = true,
            Fold = Folding.Ascii,
        };
        Assert.Equal("--encoding windows-1252 --fold ascii --fold-case", preparation.ToString());
        Assert.Equal(preparation, TextPreparation.Parse(preparation.ToString()));
        Assert.Equal("ete", preparation.Apply("ÉTÉ"));
    }

    [Fact]
    public void ACharset_ThatIsNone_OrBesideBytes_IsRefused()
    {
        var klingon = new TextPreparation { Charset = "klingon" };
        Assert.Throws<SettingsException>(() => klingon.Validate(TextEncoding.Utf8));
        var latin = new TextPreparation { Charset = "iso-8859-1" };
        latin.Validate(TextEncoding.Utf8);
        Assert.Throws<SettingsException>(() => latin.Validate(TextEncoding.Bytes));
    }
}
