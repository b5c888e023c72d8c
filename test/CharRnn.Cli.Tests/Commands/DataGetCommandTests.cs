using System.Diagnostics;
using System.Text;
using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

public sealed class DataGetCommandTests : IDisposable
{
    private readonly TinyHttpServer _server = new(
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the same line again\n", 10_000)))
    );
    private readonly TestShell _shell = new();

    public DataGetCommandTests() =>
        _shell.Catalog = new([
            new("little", "a little text", _server.Address),
            new("gone", "a text that is not there", new(_server.Address, "/gone")),
        ]);

    public void Dispose()
    {
        _server.Dispose();
        _shell.Dispose();
    }

    [Fact]
    public void Get_PrintsThePathAloneOnStandardOutput()
    {
        var outcome = _shell.Run("data", "get", "little");
        Assert.Equal(0, outcome.ExitCode);
        string path = outcome.Output.TrimEnd();
        Assert.Equal(_server.Content, File.ReadAllBytes(path));
        Assert.StartsWith(_shell.CacheFolder, path);
        Assert.Contains("little  [########################] 100 %  200 kB of 200 kB", outcome.Error);
        Assert.DoesNotContain('\e', outcome.Error);
    }

    [Fact]
    public void Get_OnATerminal_LeavesItClean()
    {
        _shell.IsTerminal = true;
        var outcome = _shell.Run("data", "get", "little");
        Assert.Equal(0, outcome.ExitCode);
        string afterTheLastClearing = outcome.Error.Split("\r\e[2K")[^1];
        Assert.True(afterTheLastClearing is "" || afterTheLastClearing.EndsWith('\n'), afterTheLastClearing);
    }

    [Fact]
    public void Get_OfWhatIsHere_SaysSoAndPrintsThePathAgain()
    {
        var first = _shell.Run("data", "get", "little");
        var second = _shell.Run("data", "get", "little");
        Assert.Equal(first.Output, second.Output);
        Assert.Contains("already here", second.Error);
        Assert.Single(_server.Requests);
        _shell.Run("data", "get", "little", "--force");
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public void Get_OfSeveral_RefusesAnUnknownNameBeforeItBegins()
    {
        var outcome = _shell.Run("data", "get", "little", "litle");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("did you mean 'little'?", outcome.Error);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void Get_NotFound_IsOneLineAndCode1()
    {
        _server.Refusals.Enqueue(404);
        var outcome = _shell.Run("data", "get", "gone");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("answered 404", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void Get_WrongHash_IsCode3()
    {
        _shell.Catalog = new([new("little", "a little text", _server.Address) { Sha256 = new string('0', 64) }]);
        var outcome = _shell.Run("data", "get", "little");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("SHA-256", outcome.Error);
    }

    [Fact]
    public void Get_OfTheEmbeddedCorpus_MakesAFileOfIt()
    {
        var outcome = _shell.Run("data", "get", "dragons");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(EmbeddedDatasets.Dragons.ReadBytes(), File.ReadAllBytes(outcome.Output.TrimEnd()));
    }

    [Fact]
    public void Get_Interrupted_EndsWithTheSignalsCode()
    {
        _shell.Interruption.Request(ExitCode.Terminated);
        var outcome = _shell.Run("data", "get", "little");
        Assert.Equal(143, outcome.ExitCode);
        Assert.Equal($"charrnn: interrupted{Environment.NewLine}", outcome.Error);
    }

    [Fact]
    public void List_ShowsWhatIsHere()
    {
        Assert.Contains(
            "\"name\":\"little\",\"bytes\":null,\"chars\":null,\"embedded\":false,\"here\":false,\"path\":null",
            _shell.Run("data", "list", "--json").Output
        );
        string path = _shell.Run("data", "get", "little").Output.TrimEnd();
        string list = _shell.Run("data", "list", "--json").Output;
        Assert.Contains("\"name\":\"little\",\"bytes\":200000,\"chars\":null,\"embedded\":false,\"here\":true", list);
        Assert.Contains(Path.GetFileName(path), list);
        Assert.Matches("(?m)^little +200 kB  yes ", _shell.Run("data", "list").Output);
        Assert.Matches("(?m)^dragons .* embedded ", _shell.Run("data", "list").Output);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Signal_DuringADownload_EndsTheProcessWithItsCode(string signal, int expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        _server.FallsSilent = true;
        // As a proxy, the server on this machine stands in for the catalogue's own.
        var proxied = new Dictionary<string, string>
        {
            ["http_proxy"] = _server.Address.AbsoluteUri,
            ["no_proxy"] = "",
            ["XDG_CACHE_HOME"] = _shell.Folder.Path,
        };
        using var process = CharrnnProcess.Start(proxied, "data", "get", "enwik8");
        while (_server.Requests.Count == 0 && !process.HasExited)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Process.Start("kill", [$"-{signal}", process.Id.ToString()]).WaitForExit();
        var outcome = await CharrnnProcess.EndAsync(process);
        Assert.Equal(expected, outcome.ExitCode);
        Assert.Equal($"charrnn: interrupted{Environment.NewLine}", outcome.Error);
        Assert.Empty(outcome.Output);
    }
}
