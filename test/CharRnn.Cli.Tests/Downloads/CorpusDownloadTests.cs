using CharRnn.Cli.Downloads;
using CharRnn.Datasets;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class CorpusDownloadTests : IDisposable
{
    private readonly TinyHttpServer _server = new(DownloadFixture.SomeText());
    private readonly DownloadFixture _fixture = new();

    private CorpusEntry Entry => DownloadFixture.EntryFor(_server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Fetch_WholeFile_PutsItIntoTheCacheAndNothingElse()
    {
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_fixture.Cache.PathOf(Entry), path);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal(["little.txt"], _fixture.Names());
        Assert.True(_fixture.Cache.Has(Entry));
    }

    [Fact]
    public async Task Fetch_Progress_EndsAtTheTotal()
    {
        var reports = new List<DownloadProgress>();
        await _fixture.Download.FetchAsync(Entry, progress: reports.Add, cancellationToken: Cancellation);
        Assert.Equal(0, reports[0].Bytes);
        Assert.Equal(new(_server.Content.Length, _server.Content.Length), reports[^1]);
        Assert.Equal(reports.Select(report => report.Bytes).Order(), reports.Select(report => report.Bytes));
    }

    [Fact]
    public async Task Fetch_OfWhatIsHere_AsksNobody()
    {
        await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Fetch_Forced_ReplacesWhatIsHere()
    {
        await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        _server.Content = DownloadFixture.SomeText(lines: 10);
        string path = await _fixture.Download.FetchAsync(Entry, force: true, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_CutInTheMiddle_GoesOnFromThereByItself()
    {
        _server.Cuts.Enqueue(100_000);
        _server.Cuts.Enqueue(50_000);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal([null, "bytes=100000-", "bytes=150000-"], _server.Requests.Select(request => request.Range));
        Assert.All(_server.Requests.Skip(1), request => Assert.Equal(_server.EntityTag, request.IfRange));
    }

    [Fact]
    public async Task Fetch_CutManyTimesButAlwaysBringingSomething_DoesNotGiveUp()
    {
        for (int i = 0; i < 12; i++)
            _server.Cuts.Enqueue(1000);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_BrokenOffForGood_KeepsWhatCameAndTheNextFetchGoesOn()
    {
        _server.Cuts.Enqueue(100_000);
        for (int i = 0; i < 3; i++)
            _server.Cuts.Enqueue(0);
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains("corpus 'little'", failure.Message);
        Assert.Contains("100000 bytes that came are kept", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Equal(["little.part", "little.part.from"], _fixture.Names());

        _server.Cuts.Clear();
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal("bytes=100000-", _server.Requests[^1].Range);
        Assert.Equal(["little.txt"], _fixture.Names());
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatCameAndTheNextFetchGoesOn()
    {
        using var source = new CancellationTokenSource();
        long had = 0L;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _fixture.Download.FetchAsync(
                Entry,
                cancellationToken: source.Token,
                progress: progress =>
                {
                    had = progress.Bytes;
                    if (had > 0)
                        source.Cancel();
                }
            )
        );
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal($"bytes={had}-", _server.Requests[^1].Range);
    }

    [Fact]
    public async Task Fetch_ContinuedAfterTheServerChangedTheFile_StartsAnew()
    {
        await LeaveAPartAsync();
        _server.Content = DownloadFixture.SomeText(lines: 15_000).Reverse().ToArray();
        _server.EntityTag = "\"two\"";
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal("\"one\"", _server.Requests[^1].IfRange);
    }

    [Fact]
    public async Task Fetch_FromAServerWithoutRanges_StartsAnewAndIsWhole()
    {
        _server.KnowsRanges = false;
        _server.Cuts.Enqueue(100_000);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_WithADateAlone_GoesOnUnderThatDate()
    {
        _server.EntityTag = null;
        _server.LastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
        _server.Cuts.Enqueue(100_000);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Equal(new(_server.Address.AbsolutePath, "bytes=100000-", _server.LastModified), _server.Requests[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"weak\"")]
    public async Task Fetch_WithoutAStrongValidator_StartsAnewRatherThanGlueTwoVersions(string? tag)
    {
        _server.EntityTag = tag;
        _server.Cuts.Enqueue(100_000);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.Null(_server.Requests[^1].Range);
    }

    [Fact]
    public async Task Fetch_WhenThePartIsWholeAlready_TakesItAsItIs()
    {
        await LeaveAPartAsync(_server.Content.Length);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WhenThePartIsLongerThanTheFile_StartsAnew()
    {
        await LeaveAPartAsync();
        File.AppendAllText(_fixture.Cache.DownloadPathOf(Entry), new string('x', _server.Content.Length));
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WhileAnotherHoldsThePart_IsRefused()
    {
        await LeaveAPartAsync();
        using var other = PartialFile.Open(_fixture.Cache.DownloadPathOf(Entry));
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains("another download", failure.Message);
    }

    [Fact]
    public async Task Fetch_WrongHash_NamesBothAndRemovesTheFile()
    {
        string needed = new string('a', 64);
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(Entry with { Sha256 = needed }, cancellationToken: Cancellation)
        );
        Assert.Contains(Entry.Sha256!, failure.Message);
        Assert.Contains(needed, failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task Fetch_ForcedAndWrong_LeavesTheGoodOneInPlace()
    {
        var entry = Entry;
        byte[] good = _server.Content;
        string path = await _fixture.Download.FetchAsync(entry, cancellationToken: Cancellation);
        _server.Content = DownloadFixture.SomeText(lines: 3);
        await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(entry, force: true, cancellationToken: Cancellation)
        );
        Assert.Equal(good, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WrongSize_NamesBothAndRemovesTheFile()
    {
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(Entry with { Bytes = 7 }, cancellationToken: Cancellation)
        );
        Assert.Contains($"has {_server.Content.Length} bytes; 7 are needed", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task Fetch_NotFound_SaysSoAtOnce()
    {
        _server.Refusals.Enqueue(404);
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains($"{_server.Address} answered 404", failure.Message);
        Assert.Single(_server.Requests);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task Fetch_OfAnEmptyFile_IsRefused()
    {
        _server.Content = [];
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains("gave an empty file", failure.Message);
        Assert.Empty(_fixture.Names());
    }

    [Fact]
    public async Task Fetch_ServerBusyAtFirst_TriesAgain()
    {
        _server.Refusals.Enqueue(503);
        _server.Refusals.Enqueue(429);
        string path = await _fixture.Download.FetchAsync(Entry, cancellationToken: Cancellation);
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_ConnectionRefused_NamesTheHostAfterAFewTries()
    {
        var address = TinyHttpServer.NobodysAddress();
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            _fixture.Download.FetchAsync(Entry with { Address = address }, cancellationToken: Cancellation)
        );
        Assert.Contains($"{address.Authority} cannot be reached", failure.Message);
        Assert.Contains("4 times in a row", failure.Message);
    }

    [Fact]
    public async Task Fetch_UnknownHost_SaysToCheckTheNetwork()
    {
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            _fixture.Download.FetchAsync(
                Entry with
                {
                    Address = new("http://no-such-host.invalid/"),
                },
                cancellationToken: Cancellation
            )
        );
        Assert.Contains("no-such-host.invalid cannot be found", failure.Message);
        Assert.Contains("check the network", failure.Message);
    }

    [Fact]
    public async Task Fetch_SilentServer_IsGivenUp()
    {
        using var impatient = new DownloadFixture(silence: TimeSpan.FromMilliseconds(50));
        _server.FallsSilent = true;
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            impatient.Download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains("sent nothing for 0.1 s", failure.Message);
    }

    [Fact]
    public async Task Fetch_IntoAFolderThatCannotBe_NamesIt()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("occupied"), "");
        using var http = CorpusDownload.MakeClient();
        var download = new CorpusDownload(http, new CorpusCache(folder.File("occupied")));
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            download.FetchAsync(Entry, cancellationToken: Cancellation)
        );
        Assert.Contains(folder.File("occupied"), failure.Message);
    }

    private async Task LeaveAPartAsync(int bytes = 100_000)
    {
        Directory.CreateDirectory(_fixture.Cache.Folder);
        using var file = PartialFile.Open(_fixture.Cache.DownloadPathOf(Entry));
        using var response = new HttpResponseMessage();
        response.Headers.ETag = new(_server.EntityTag!);
        file.Restart(_server.Address, response);
        await file.AppendAsync(_server.Content.AsMemory(0, bytes), Cancellation);
    }
}
