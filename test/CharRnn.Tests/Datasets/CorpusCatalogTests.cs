using System.Text;
using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class CorpusCatalogTests
{
    [Fact]
    public void Names_AreSafeAsFileNamesAndNoneIsEmbeddedToo()
    {
        Assert.All(
            CorpusCatalog.Default.Entries,
            entry =>
            {
                Assert.Matches("^[a-z0-9-]+$", entry.Name);
                Assert.Null(EmbeddedDatasets.Find(entry.Name));
            }
        );
    }

    [Fact]
    public void Hashes_AreLowerCaseHexadecimalOfTheirLength()
    {
        Assert.All(
            CorpusCatalog.Default.Entries,
            entry =>
            {
                Assert.Matches("^([0-9a-f]{64})?$", entry.Sha256 ?? "");
                Assert.Matches("^([0-9a-f]{40})?$", entry.Sha1 ?? "");
            }
        );
    }

    [Fact]
    public void PlainHttp_IsUsedOnlyWhereAHashGuardsIt()
    {
        var unguarded = CorpusCatalog.Default.Entries.Where(entry =>
            entry.Address.Scheme != Uri.UriSchemeHttps && entry.Sha256 is null && entry.Sha1 is null
        );
        Assert.Empty(unguarded);
    }

    [Fact]
    public void PackedEntries_NameTheirMember_AndPlainOnesDoNot()
    {
        Assert.All(
            CorpusCatalog.Default.Entries,
            entry => Assert.Equal(entry.Packing == CorpusPacking.Plain, entry.Member is null)
        );
    }

    [Fact]
    public void JoinedEntries_SayWhichFiles_AndNoOthersDo()
    {
        Assert.All(
            CorpusCatalog.Default.Entries,
            entry => Assert.Equal(entry.Packing == CorpusPacking.ZippedSources, entry.Endings.Count > 0)
        );
        Assert.All(
            CorpusCatalog.Default.Entries.SelectMany(entry => entry.Endings),
            ending => Assert.StartsWith(".", ending)
        );
    }

    [Theory]
    [InlineData("enwik8")]
    [InlineData("stacks")]
    [InlineData("linux-kernel")]
    [InlineData("shakespeare")]
    public void TextsOfEveryStructure_AreThere(string name) => Assert.True(CorpusCatalog.Default.TryFind(name, out _));

    [Fact]
    public void EmbeddedDragons_IsUtf8WithoutAByteOrderMark()
    {
        byte[] bytes = EmbeddedDatasets.Dragons.ReadBytes();
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        string text = strict.GetString(bytes);
        Assert.NotEqual('\uFEFF', text[0]);
        Assert.Contains("dragon", text);
        Assert.Equal(text, EmbeddedDatasets.Dragons.ReadText());
    }

    [Fact]
    public void UnknownNames_AreNotFound()
    {
        Assert.False(CorpusCatalog.Default.TryFind("Names", out _));
        Assert.Null(EmbeddedDatasets.Find("Dragons"));
    }
}
