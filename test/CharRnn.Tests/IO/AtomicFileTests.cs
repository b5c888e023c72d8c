using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Write_ReplacesTheFileAndLeavesNothingBesideIt()
    {
        File.WriteAllText(scratch["model"], "a longer old text");
        AtomicFile.Write(scratch["model"], file => file.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(scratch["model"]));
        Assert.Equal(["model"], scratch.Names);
    }

    [Fact]
    public void Write_ThatThrowsInTheMiddle_LeavesTheOldFileAndNoTemporary()
    {
        File.WriteAllText(scratch["model"], "old");
        Assert.Throws<InvalidOperationException>(() =>
            AtomicFile.Write(
                scratch["model"],
                file =>
                {
                    file.Write(new byte[1 << 20]);
                    Assert.Equal(2, scratch.Names.Length);
                    Assert.Equal("old", File.ReadAllText(scratch["model"]));
                    throw new InvalidOperationException("in the middle");
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(scratch["model"]));
        Assert.Equal(["model"], scratch.Names);
    }

    [Fact]
    public void Write_WhenTheDiskFails_SaysSoInOneLineWithThePath()
    {
        var refusal = Assert.Throws<CharRnnException>(() =>
            AtomicFile.Write(scratch["model"], _ => throw new IOException("the cable\nwas cut"))
        );
        Assert.Equal($"cannot write {scratch["model"]}: the cable was cut", refusal.Message);
        Assert.Empty(scratch.Names);
    }

    [Fact]
    public void Write_IntoAMissingFolderOrOverAFolder_IsRefused()
    {
        Assert.Contains(
            "its folder does not exist",
            Assert.Throws<CharRnnException>(() => AtomicFile.Write(scratch["no/model"], _ => { })).Message
        );
        Directory.CreateDirectory(scratch["folder"]);
        Assert.Contains(
            scratch["folder"],
            Assert.Throws<CharRnnException>(() => AtomicFile.Write(scratch["folder"], _ => { })).Message
        );
        Assert.Throws<SettingsException>(() => AtomicFile.Write("", _ => { }));
        Assert.Equal(["folder"], scratch.Names);
    }

    [Fact]
    public void Write_ThroughASymbolicLink_KeepsTheLink()
    {
        File.WriteAllText(scratch["target"], "old");
        File.CreateSymbolicLink(scratch["link"], scratch["target"]);
        AtomicFile.Write(scratch["link"], file => file.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(scratch["target"]));
        Assert.NotNull(new FileInfo(scratch["link"]).LinkTarget);
    }

    [Fact]
    public void Write_FromManyThreadsAtOnce_LeavesOneWholeFile()
    {
        Parallel.For(
            0,
            16,
            round =>
                AtomicFile.Write(scratch["model"], file => file.Write(Enumerable.Repeat((byte)round, 5000).ToArray()))
        );
        byte[] bytes = File.ReadAllBytes(scratch["model"]);
        Assert.Equal(5000, bytes.Length);
        Assert.Single(bytes.Distinct());
        Assert.Equal(["model"], scratch.Names);
    }
}
