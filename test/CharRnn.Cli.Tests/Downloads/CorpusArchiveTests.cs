using System.IO.Compression;
using System.Text;
using CharRnn.Cli.Downloads;
using CharRnn.Datasets;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class CorpusArchiveTests : IDisposable
{
    private readonly DownloadFixture _fixture = new();
    private TinyHttpServer _server = new([]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task ZippedFile_IsUnpackedAndItsOwnHashChecked()
    {
        byte[] text = DownloadFixture.SomeText(lines: 100);
        Serve(("readme", "not this"), ("enwik", Encoding.UTF8.GetString(text)));
        var entry = ZippedFile("enwik") with { Bytes = text.Length, Sha1 = "d6f03c5cf4674386daec74bc061351fdc496ab4b" };
        string path = await _fixture.Download.FetchAsync(entry, cancellationToken: Cancellation);
        Assert.Equal(text, File.ReadAllBytes(path));
        Assert.Equal(["packed.txt"], _fixture.Names());
    }

    [Fact]
    public async Task ZippedFile_WithAnotherHash_LeavesNothing()
    {
        Serve(("enwik", "some text"));
        var entry = ZippedFile("enwik") with { Sha1 = new string('0', 40) };
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(entry, cancellationToken: Cancellation)
        );
        Assert.Contains("SHA-1", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task ZippedFile_ThatTheArchiveLacks_IsNamed()
    {
        Serve(("other", "some text"));
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(ZippedFile("enwik"), cancellationToken: Cancellation)
        );
        Assert.Contains("no file 'enwik'", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task ZippedFolder_GivesItsTextsAndNoOtherFile()
    {
        Serve(
            ("data/eng-fra.txt", "no"),
            ("data/names/", ""),
            ("data/names/Polish.txt", "Wałęsa\n"),
            ("data/names/Irish.txt", "Ó Néill\n"),
            ("data/names/notes.md", "no"),
            ("data/names/deep/x.txt", "no")
        );
        string path = await _fixture.Download.FetchAsync(ZippedFolder(), cancellationToken: Cancellation);
        Assert.Equal(
            ["Irish.txt", "Polish.txt"],
            Directory.GetFiles(path).Select(file => Path.GetFileName(file)).Order()
        );
        Assert.Equal("Wałęsa\n", File.ReadAllText(Path.Combine(path, "Polish.txt")));
        Assert.Equal(["packed"], _fixture.Names());
        Assert.True(_fixture.Cache.Has(ZippedFolder()));
    }

    [Fact]
    public async Task ZippedFolder_Forced_ReplacesTheOldFolder()
    {
        Serve(("data/names/Old.txt", "old"));
        await _fixture.Download.FetchAsync(ZippedFolder(), cancellationToken: Cancellation);
        Serve(("data/names/New.txt", "new"));
        string path = await _fixture.Download.FetchAsync(ZippedFolder(), force: true, cancellationToken: Cancellation);
        Assert.Equal(["New.txt"], Directory.GetFiles(path).Select(file => Path.GetFileName(file)));
        Assert.Equal(["packed"], _fixture.Names());
    }

    [Fact]
    public async Task ZippedSources_AreJoinedInOrder_FromAnyDepth_AndNoOtherFile()
    {
        Serve(
            ("p-master/b.tex", "two\n"),
            ("p-master/README.md", "no"),
            ("p-master/sub/c.tex", "three\n"),
            ("p-master/a.tex", "one\n"),
            ("other/d.tex", "no"),
            ("p-master/a.texinfo", "no")
        );
        string path = await _fixture.Download.FetchAsync(ZippedSources(".tex"), cancellationToken: Cancellation);
        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(path));
        Assert.Equal(["packed.txt"], _fixture.Names());
    }

    [Fact]
    public async Task ZippedSources_OfWhichThereAreNone_AreNamed()
    {
        Serve(("p-master/a.md", "no"));
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(ZippedSources(".c", ".h"), cancellationToken: Cancellation)
        );
        Assert.Contains("no .c or .h files in 'p-master/'", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Theory]
    [InlineData("../evil.txt")]
    [InlineData("data/names/../../../evil.txt")]
    [InlineData("data/names/..\\..\\evil.txt")]
    [InlineData("/tmp/evil.txt")]
    [InlineData("C:/evil.txt")]
    public async Task ArchiveWithAPathThatLeadsOut_IsRefusedWhole(string evil)
    {
        Serve(("data/names/Polish.txt", "Wałęsa"), (evil, "evil"));
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(ZippedFolder(), cancellationToken: Cancellation)
        );
        Assert.Contains("leads out of its folder", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task WhatIsNoArchive_IsRefusedAndRemoved()
    {
        Serve(Encoding.ASCII.GetBytes("<html>Please log in to the hotel's network</html>"));
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(ZippedFolder(), cancellationToken: Cancellation)
        );
        Assert.Contains("no zip archive", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task ArchiveWithADamagedFile_IsRefusedAndRemoved()
    {
        byte[] archive = Zip(("enwik", Encoding.UTF8.GetString(DownloadFixture.SomeText(lines: 5000))));
        archive.AsSpan(200, 400).Fill(0xFF);
        Serve(archive);
        await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(ZippedFile("enwik"), cancellationToken: Cancellation)
        );
        Assert.Empty(_fixture.Names());
    }

    private CorpusEntry ZippedFile(string member) =>
        new("packed", "a packed text", _server.Address) { Packing = CorpusPacking.ZippedFile, Member = member };

    private CorpusEntry ZippedSources(params string[] endings) =>
        new("packed", "packed sources", _server.Address)
        {
            Packing = CorpusPacking.ZippedSources,
            Member = "p-master/",
            Endings = endings,
        };

    private CorpusEntry ZippedFolder() =>
        new("packed", "packed texts", _server.Address) { Packing = CorpusPacking.ZippedFolder, Member = "data/names/" };

    private void Serve(params (string Name, string Text)[] files) => Serve(Zip(files));

    private void Serve(byte[] content)
    {
        _server.Dispose();
        _server = new(content);
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in files)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return bytes.ToArray();
    }
}
