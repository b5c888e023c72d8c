using CharRnn.Cli.Downloads;
using CharRnn.Datasets;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class CorpusCacheTests
{
    [Fact]
    public void ACopyIsAFolderThatReadsTheSame_AndASecondReplacesIt()
    {
        using var folder = new TemporaryFolder();
        var cache = new CorpusCache(folder.File("cache"));
        string path = cache.CopyOut(EmbeddedDatasets.Names);
        File.WriteAllText(Path.Combine(path, "Other.txt"), "x");
        Assert.Equal(path, cache.CopyOut(EmbeddedDatasets.Names));
        Assert.Equal(LabeledRecords.Embedded().Sha256, LabeledRecords.ReadFolder(path).Sha256);
    }

    [Fact]
    public void CopyOut_GivesAFileOfTheEmbeddedCorpus_OrNamesTheFolder()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(
            EmbeddedDatasets.Dragons.ReadBytes(),
            File.ReadAllBytes(new CorpusCache(folder.File("cache")).CopyOut(EmbeddedDatasets.Dragons))
        );
        File.WriteAllText(folder.File("occupied"), "");
        var failure = Assert.Throws<CharRnnException>(() =>
            new CorpusCache(folder.File("occupied")).CopyOut(EmbeddedDatasets.Dragons)
        );
        Assert.Contains(folder.File("occupied"), failure.Message);
    }
}
