using CharRnn.Checkpoints;

namespace CharRnn.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Write_ReplacesTheFileAndLeavesNothingBesideIt()
    {
        File.WriteAllText(_scratch["model"], "a longer old text");
        AtomicFile.Write(_scratch["model"], file => file.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_scratch["model"]));
        Assert.Equal(["model"], _scratch.Names);
    }

    [Fact]
    public void Write_ThatThrowsInTheMiddle_LeavesTheOldFileAndNoTemporary()
    {
        File.WriteAllText(_scratch["model"], "old");
        Assert.Throws<InvalidOperationException>(() =>
            AtomicFile.Write(
                _scratch["model"],
                file =>
                {
                    file.Write(new byte[1 << 20]);
                    Assert.Equal(2, _scratch.Names.Length);
                    Assert.Equal("old", File.ReadAllText(_scratch["model"]));
                    throw new InvalidOperationException("in the middle");
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(_scratch["model"]));
        Assert.Equal(["model"], _scratch.Names);
    }

    [Fact]
    public void Write_WhenTheDiskFails_SaysSoInOneLineWithThePath()
    {
        var refusal = Assert.Throws<CharRnnException>(() =>
            AtomicFile.Write(_scratch["model"], _ => throw new IOException("the cable\nwas cut"))
        );
        Assert.Equal($"cannot write {_scratch["model"]}: the cable was cut", refusal.Message);
        Assert.Empty(_scratch.Names);
    }

    [Fact]
    public void Write_IntoAMissingFolderOrOverAFolder_IsRefused()
    {
        Assert.Contains(
            "its folder does not exist",
            Assert.Throws<CharRnnException>(() => AtomicFile.Write(_scratch["no/model"], _ => { })).Message
        );
        Directory.CreateDirectory(_scratch["folder"]);
        Assert.Contains(
            _scratch["folder"],
            Assert.Throws<CharRnnException>(() => AtomicFile.Write(_scratch["folder"], _ => { })).Message
        );
        Assert.Throws<SettingsException>(() => AtomicFile.Write("", _ => { }));
        Assert.Equal(["folder"], _scratch.Names);
    }

    [Fact]
    public void Write_ThroughASymbolicLink_KeepsTheLink()
    {
        File.WriteAllText(_scratch["target"], "old");
        File.CreateSymbolicLink(_scratch["link"], _scratch["target"]);
        AtomicFile.Write(_scratch["link"], file => file.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_scratch["target"]));
        Assert.NotNull(new FileInfo(_scratch["link"]).LinkTarget);
    }

    [Fact]
    public void Write_FromManyThreadsAtOnce_LeavesOneWholeFile()
    {
        Parallel.For(
            0,
            16,
            round =>
                AtomicFile.Write(_scratch["model"], file => file.Write(Enumerable.Repeat((byte)round, 5000).ToArray()))
        );
        byte[] bytes = File.ReadAllBytes(_scratch["model"]);
        Assert.Equal(5000, bytes.Length);
        Assert.Single(bytes.Distinct());
        Assert.Equal(["model"], _scratch.Names);
    }
}
