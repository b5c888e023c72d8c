using System.Net;
using System.Net.Sockets;
using CharRnn.Cli.Commands;

namespace CharRnn.Cli.Tests;

/// <summary>What <c>charrnn studio</c> refuses, and what it would start; the studio itself is not started.</summary>
public sealed class StudioCommandTests : IDisposable
{
    private readonly TestShell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Folders_AreAbsolute_AndTheStudioTrainsWithThisVeryCommand()
    {
        string books = Directory.CreateDirectory(_shell.Folder.File("books")).FullName;
        var start = Studio(_shell.Folder.File("runs"), "--data", books, "--port", "9000", "--no-browser");
        string host = Path.Combine(AppContext.BaseDirectory, "host");
        Assert.Equal(
            [
                Path.Combine(host, "CharRnn.Host.dll"),
                "studio",
                $"--contentRoot={host}",
                "--environment=Production",
                "--urls=http://127.0.0.1:9000",
                "--Logging:LogLevel:Default=Warning",
                $"--Studio:Folder={_shell.Folder.File("runs")}",
                "--Studio:OpensBrowser=False",
                $"--Studio:DataFolders:0={books}",
            ],
            start.Arguments.TakeWhile(argument => !argument.StartsWith("--Studio:Command"))
        );
        Assert.Contains(start.Arguments, argument => argument.StartsWith("--Studio:Command:0="));
        Assert.Equal([new("DOTNET_TieredPGO", "0")], start.Variables);
    }

    [Fact]
    public void Defaults_AreTheFolderRuns_TheTextsAroundIt_AndABrowser()
    {
        var arguments = Studio().Arguments;
        Assert.Contains($"--Studio:Folder={Path.GetFullPath("runs")}", arguments);
        Assert.Contains($"--Studio:DataFolders:0={Path.GetFullPath(".")}", arguments);
        Assert.Contains("--Studio:OpensBrowser=True", arguments);
    }

    [Fact]
    public void PortThatIsTaken_IsKeptIfAskedFor_AndAnotherOneElse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 8090);
        try
        {
            other.Start();
        }
        catch (SocketException)
        {
            // Another program has it, which is as well.
        }
        Assert.Contains("--urls=http://127.0.0.1:0", Studio().Arguments);
        Assert.Contains("--urls=http://127.0.0.1:8090", Studio("--port", "8090").Arguments);
    }

    [Fact]
    public void FoldersThatAreNone_AreRefusedInOneLine()
    {
        string file = _shell.Folder.File("text.txt");
        File.WriteAllText(file, "text");
        Refuse(2, [file], $"{file} is a file; name a folder of runs.");
        Refuse(2, ["--data", "nowhere"], "there is no folder nowhere; --data names folders with texts.");
        Refuse(2, ["--port", "65536"], "--port is '65536'; it needs a whole number from 0 to 65535.");
        _shell.HostFolder = _shell.Folder.File("gone");
        Refuse(1, [], "CharRnn.Host.dll, which comes with charrnn; install charrnn again.");
    }

    private ProgramStart Studio(params string[] arguments)
    {
        var outcome = _shell.Run(["studio", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return _shell.Started!;
    }

    private void Refuse(int code, string[] arguments, string expected)
    {
        var outcome = _shell.Run(["studio", .. arguments]);
        Assert.Contains(expected, outcome.Error);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
