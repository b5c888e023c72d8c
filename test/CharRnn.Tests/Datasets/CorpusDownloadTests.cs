using CharRnn.Datasets;

namespace CharRnn.Tests;

public sealed class CorpusDownloadTests : IDisposable
{
    private readonly TinyHttpServer server = new(DownloadFixture.SomeText());
    private readonly DownloadFixture fixture = new();

    private CorpusEntry Entry => DownloadFixture.EntryFor(server);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        server.Dispose();
        fixture.Dispose();
    }

    [Fact]
    public async Task Fetch_WholeFile_PutsItIntoTheCacheAndNothingElse()
    {
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(fixture.Cache.PathOf(Entry), path);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal(["little.txt"], fixture.Names());
        Assert.True(fixture.Cache.Has(Entry));
    }

    [Fact]
    public async Task Fetch_Progress_EndsAtTheTotal()
    {
        var reports = new List<DownloadProgress>();
        await fixture.Download.FetchAsync(Entry, progress: reports.Add, cancellation: Cancellation);
        Assert.Equal(0, reports[0].Bytes);
        Assert.Equal(new(server.Content.Length, server.Content.Length), reports[^1]);
        Assert.Equal(reports.Select(report => report.Bytes).Order(), reports.Select(report => report.Bytes));
    }

    [Fact]
    public async Task Fetch_OfWhatIsHere_AsksNobody()
    {
        await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fetch_Forced_ReplacesWhatIsHere()
    {
        await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        server.Content = DownloadFixture.SomeText(lines: 10);
        var path = await fixture.Download.FetchAsync(Entry, force: true, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_CutInTheMiddle_GoesOnFromThereByItself()
    {
        server.Cuts.Enqueue(100_000);
        server.Cuts.Enqueue(50_000);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal([null, "bytes=100000-", "bytes=150000-"], server.Requests.Select(request => request.Range));
        Assert.All(server.Requests.Skip(1), request => Assert.Equal(server.EntityTag, request.IfRange));
    }

    [Fact]
    public async Task Fetch_CutManyTimesButAlwaysBringingSomething_DoesNotGiveUp()
    {
        for (var i = 0; i < 12; i++)
            server.Cuts.Enqueue(1000);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_BrokenOffForGood_KeepsWhatCameAndTheNextFetchGoesOn()
    {
        server.Cuts.Enqueue(100_000);
        for (var i = 0; i < 3; i++)
            server.Cuts.Enqueue(0);
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            fixture.Download.FetchAsync(Entry, cancellation: Cancellation)
        );
        Assert.Contains("corpus 'little'", failure.Message);
        Assert.Contains("100000 bytes that came are kept", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Equal(["little.part", "little.part.from"], fixture.Names());

        server.Cuts.Clear();
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal("bytes=100000-", server.Requests[^1].Range);
        Assert.Equal(["little.txt"], fixture.Names());
    }

    [Fact]
    public async Task Fetch_Cancelled_KeepsWhatCameAndTheNextFetchGoesOn()
    {
        using var source = new CancellationTokenSource();
        var had = 0L;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            fixture.Download.FetchAsync(
                Entry,
                cancellation: source.Token,
                progress: progress =>
                {
                    had = progress.Bytes;
                    if (had > 0)
                        source.Cancel();
                }
            )
        );
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal($"bytes={had}-", server.Requests[^1].Range);
    }

    [Fact]
    public async Task Fetch_ContinuedAfterTheServerChangedTheFile_StartsAnew()
    {
        await LeaveAPartAsync();
        server.Content = DownloadFixture.SomeText(lines: 15_000).Reverse().ToArray();
        server.EntityTag = "\"two\"";
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal("\"one\"", server.Requests[^1].IfRange);
    }

    [Fact]
    public async Task Fetch_FromAServerWithoutRanges_StartsAnewAndIsWhole()
    {
        server.KnowsRanges = false;
        server.Cuts.Enqueue(100_000);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_WithADateAlone_GoesOnUnderThatDate()
    {
        server.EntityTag = null;
        server.LastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
        server.Cuts.Enqueue(100_000);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Equal(new(server.Address.AbsolutePath, "bytes=100000-", server.LastModified), server.Requests[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"weak\"")]
    public async Task Fetch_WithoutAStrongValidator_StartsAnewRatherThanGlueTwoVersions(string? tag)
    {
        server.EntityTag = tag;
        server.Cuts.Enqueue(100_000);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
        Assert.Null(server.Requests[^1].Range);
    }

    [Fact]
    public async Task Fetch_WhenThePartIsWholeAlready_TakesItAsItIs()
    {
        await LeaveAPartAsync(server.Content.Length);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WhenThePartIsLongerThanTheFile_StartsAnew()
    {
        await LeaveAPartAsync();
        File.AppendAllText(fixture.Cache.DownloadPathOf(Entry), new string('x', server.Content.Length));
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WhileAnotherHoldsThePart_IsRefused()
    {
        await LeaveAPartAsync();
        using var other = PartialFile.Open(fixture.Cache.DownloadPathOf(Entry));
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            fixture.Download.FetchAsync(Entry, cancellation: Cancellation)
        );
        Assert.Contains("another download", failure.Message);
    }

    [Fact]
    public async Task Fetch_WrongHash_NamesBothAndRemovesTheFile()
    {
        var needed = new string('a', 64);
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            fixture.Download.FetchAsync(Entry with { Sha256 = needed }, cancellation: Cancellation)
        );
        Assert.Contains(Entry.Sha256!, failure.Message);
        Assert.Contains(needed, failure.Message);
        Assert.Empty(fixture.Names());
    }

    [Fact]
    public async Task Fetch_ForcedAndWrong_LeavesTheGoodOneInPlace()
    {
        var entry = Entry;
        var good = server.Content;
        var path = await fixture.Download.FetchAsync(entry, cancellation: Cancellation);
        server.Content = DownloadFixture.SomeText(lines: 3);
        await Assert.ThrowsAsync<CorpusException>(() =>
            fixture.Download.FetchAsync(entry, force: true, cancellation: Cancellation)
        );
        Assert.Equal(good, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_WrongSize_NamesBothAndRemovesTheFile()
    {
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            fixture.Download.FetchAsync(Entry with { Bytes = 7 }, cancellation: Cancellation)
        );
        Assert.Contains($"has {server.Content.Length} bytes; 7 are needed", failure.Message);
        Assert.Empty(fixture.Names());
    }

    [Fact]
    public async Task Fetch_NotFound_SaysSoAtOnce()
    {
        server.Refusals.Enqueue(404);
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            fixture.Download.FetchAsync(Entry, cancellation: Cancellation)
        );
        Assert.Contains($"{server.Address} answered 404", failure.Message);
        Assert.Single(server.Requests);
        Assert.Empty(fixture.Names());
    }

    [Fact]
    public async Task Fetch_OfAnEmptyFile_IsRefused()
    {
        server.Content = [];
        var failure = await Assert.ThrowsAsync<CorpusException>(() =>
            fixture.Download.FetchAsync(Entry, cancellation: Cancellation)
        );
        Assert.Contains("gave an empty file", failure.Message);
        Assert.Empty(fixture.Names());
    }

    [Fact]
    public async Task Fetch_ServerBusyAtFirst_TriesAgain()
    {
        server.Refusals.Enqueue(503);
        server.Refusals.Enqueue(429);
        var path = await fixture.Download.FetchAsync(Entry, cancellation: Cancellation);
        Assert.Equal(server.Content, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task Fetch_ConnectionRefused_NamesTheHostAfterAFewTries()
    {
        var address = TinyHttpServer.NobodysAddress();
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            fixture.Download.FetchAsync(Entry with { Address = address }, cancellation: Cancellation)
        );
        Assert.Contains($"{address.Authority} cannot be reached", failure.Message);
        Assert.Contains("4 times in a row", failure.Message);
    }

    [Fact]
    public async Task Fetch_UnknownHost_SaysToCheckTheNetwork()
    {
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            fixture.Download.FetchAsync(
                Entry with
                {
                    Address = new("http://no-such-host.invalid/"),
                },
                cancellation: Cancellation
            )
        );
        Assert.Contains("no-such-host.invalid cannot be found", failure.Message);
        Assert.Contains("check the network", failure.Message);
    }

    [Fact]
    public async Task Fetch_SilentServer_IsGivenUp()
    {
        using var impatient = new DownloadFixture(silence: TimeSpan.FromMilliseconds(50));
        server.FallsSilent = true;
        var failure = await Assert.ThrowsAsync<CharRnnException>(() =>
            impatient.Download.FetchAsync(Entry, cancellation: Cancellation)
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
            download.FetchAsync(Entry, cancellation: Cancellation)
        );
        Assert.Contains(folder.File("occupied"), failure.Message);
    }

    private async Task LeaveAPartAsync(int bytes = 100_000)
    {
        Directory.CreateDirectory(fixture.Cache.Folder);
        using var file = PartialFile.Open(fixture.Cache.DownloadPathOf(Entry));
        using var response = new HttpResponseMessage();
        response.Headers.ETag = new(server.EntityTag!);
        file.Restart(server.Address, response);
        await file.AppendAsync(server.Content.AsMemory(0, bytes), Cancellation);
    }
}
