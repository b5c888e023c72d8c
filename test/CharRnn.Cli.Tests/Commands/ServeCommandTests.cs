using CharRnn.Cli.Commands;

namespace CharRnn.Cli.Tests;

/// <summary>What <c>charrnn serve</c> refuses, and what it would start; the server itself is not started.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly TestShell _shell = new();
    private readonly string _model;

    public ServeCommandTests() => _model = SuccessorModel.Save(_shell.Folder.File("letters.safetensors"), "abcd");

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Defaults_AreToldToTheServer()
    {
        var start = Serve(_model);
        string host = Path.Combine(AppContext.BaseDirectory, "host");
        Assert.Equal(
            [
                Path.Combine(host, "CharRnn.Host.dll"),
                $"--contentRoot={host}",
                "--environment=Production",
                "--urls=http://127.0.0.1:8080",
                "--Logging:LogLevel:Default=Warning",
                $"--CharRnn:Models:0=letters={_model}",
                "--CharRnn:MaxConcurrency=256",
                "--CharRnn:MaxBodyBytes=1048576",
                "--CharRnn:MaxPromptLength=100000",
                "--CharRnn:MaxTokens=100000",
                "--CharRnn:Weights=F32",
                "--CharRnn:SkipUnknown=False",
                "--CharRnn:DrainTimeout=00:00:30",
            ],
            start.Arguments
        );
        Assert.Empty(start.Variables);
        Assert.StartsWith("dotnet", Path.GetFileName(start.Program));
    }

    [Theory]
    [InlineData("--port 9000", "--urls=http://127.0.0.1:9000")]
    [InlineData("--port 0", "--urls=http://127.0.0.1:0")]
    [InlineData("--host localhost", "--urls=http://localhost:8080")]
    [InlineData("--host localhost --port 0", "--urls=http://127.0.0.1:0")]
    [InlineData("--host 127.0.0.2", "--urls=http://127.0.0.2:8080")]
    [InlineData("--host ::1", "--urls=http://[::1]:8080")]
    [InlineData("--host 0.0.0.0 --api-key k", "--urls=http://0.0.0.0:8080")]
    [InlineData("--allow-host gpu.example", "--CharRnn:AllowedHosts:0=gpu.example")]
    [InlineData("--allow-host a.example --allow-host 10.0.0.7", "--CharRnn:AllowedHosts:1=10.0.0.7")]
    [InlineData("--allow-host a.example,b.example", "--CharRnn:AllowedHosts:1=b.example")]
    [InlineData("--allow-host *", "--CharRnn:AllowedHosts:0=*")]
    [InlineData("--allow-origin https://chat.example", "--CharRnn:AllowedOrigins:0=https://chat.example")]
    [InlineData("--allow-origin http://localhost:3000", "--CharRnn:AllowedOrigins:0=http://localhost:3000")]
    [InlineData("--max-concurrency 3", "--CharRnn:MaxConcurrency=3")]
    [InlineData("--max-body 70000", "--CharRnn:MaxBodyBytes=70000")]
    [InlineData("--max-prompt 1234567", "--CharRnn:MaxPromptLength=1234567")]
    [InlineData("--max-tokens 10", "--CharRnn:MaxTokens=10")]
    [InlineData("--threads 3", "--CharRnn:Threads=3")]
    [InlineData("--unknown skip", "--CharRnn:SkipUnknown=True")]
    [InlineData("--drain-timeout 1.5m", "--CharRnn:DrainTimeout=00:01:30")]
    [InlineData("--drain-timeout 48h", "--CharRnn:DrainTimeout=2.00:00:00")]
    [InlineData("--log-level none", "--Logging:LogLevel:Default=None")]
    [InlineData("--log-level information", "--Logging:LogLevel:Default=Information")]
    public void Flags_AreToldToTheServer(string flags, string argument) =>
        Assert.Contains(argument, Serve([_model, .. flags.Split(' ')]).Arguments);

    /// <summary>The server's options, as far as the command sets them, under the names that it gives them.</summary>
    [Fact]
    public void Options_AreAllKnownToTheServer()
    {
        string page = File.ReadAllText(
            Path.Combine(RepositoryRoot(), "src", "CharRnn.Server", "CharRnnServerOptions.cs")
        );
        string[] flags = ["--threads", "2", "--allow-host", "a", "--allow-origin", "http://a"];
        var said = Serve([_model, .. flags])
            .Arguments.Where(argument => argument.StartsWith("--CharRnn:"))
            .Select(argument => argument["--CharRnn:".Length..].Split(':', '=')[0])
            .Append(ServeOptions.KeyVariable["CharRnn__".Length..]);
        Assert.All(said, property => Assert.Contains($" {property} {{ get;", page));
    }

    [Fact]
    public void Key_IsInTheServersEnvironmentAndNotInItsArguments()
    {
        var start = Serve(_model, "--api-key", "s3cret");
        Assert.DoesNotContain(start.Arguments, argument => argument.Contains("s3cret"));
        Assert.Equal([new("CharRnn__ApiKey", "s3cret")], start.Variables);
    }

    [Fact]
    public void Variables_AreSettingsToo()
    {
        _shell.Environment["CHARRNN_API_KEY"] = "s3cret";
        _shell.Environment["CHARRNN_PORT"] = "9001";
        _shell.Environment["CHARRNN_ALLOW_HOST"] = "a.example,b.example";
        var start = Serve(_model, "--host", "0.0.0.0");
        Assert.Equal([new("CharRnn__ApiKey", "s3cret")], start.Variables);
        Assert.Contains("--urls=http://0.0.0.0:9001", start.Arguments);
        Assert.Contains("--CharRnn:AllowedHosts:1=b.example", start.Arguments);
    }

    [Fact]
    public void Models_HaveNamesAndAbsolutePaths()
    {
        string classifier = _shell.Folder.File("names.safetensors");
        SmallClassifier.Save(classifier).Dispose();
        string folder = Directory.CreateDirectory(_shell.Folder.File("run-7")).FullName;
        File.Copy(_model, Path.Combine(folder, "model.safetensors"));
        string signs = _shell.Folder.File("with=sign.safetensors");
        File.Copy(_model, signs);
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, classifier);

        var arguments = Serve(
            $"greek={relative}",
            folder + Path.DirectorySeparatorChar,
            _model,
            $"s={signs}"
        ).Arguments;

        Assert.Equal(
            [
                $"--CharRnn:Models:0=greek={classifier}",
                $"--CharRnn:Models:1=run-7={folder}",
                $"--CharRnn:Models:2=letters={_model}",
                $"--CharRnn:Models:3=s={signs}",
            ],
            arguments.Where(argument => argument.StartsWith("--CharRnn:Models"))
        );
        Refuse(2, [signs], "has no name that clients could ask for; give it one, as NAME=PATH.");
        Refuse(2, [$"={_model}"], "has no name that clients could ask for; give it one, as NAME=PATH.");
        Refuse(2, [_model, $"letters={classifier}"], "two models have the name 'letters'");
    }

    [Fact]
    public void ModelsThatCannotBeRead_AreRefusedAsByOtherVerbs()
    {
        string text = _shell.Folder.File("text.txt");
        File.WriteAllText(text, "no model at all");
        string cut = _shell.Folder.File("cut.safetensors");
        File.WriteAllBytes(cut, File.ReadAllBytes(_model)[..^8]);
        foreach (string bad in new[] { text, cut, _shell.Folder.File("nowhere"), _shell.Folder.Path })
        {
            string usual = _shell.Run("inspect", bad).Error;
            Refuse(3, [_model, bad], usual);
            Refuse(3, [$"name={bad}"], usual);
        }
        Refuse(2, [], "'charrnn serve' needs MODEL: run folders or .safetensors files");
    }

    [Theory]
    [InlineData("--port 65536", "--port is '65536'; it needs a whole number from 0 to 65535.")]
    [InlineData("--port -1", "--port is '-1'; it needs a whole number from 0 to 65535.")]
    [InlineData("--host 8080", "--host is '8080'; it needs an IP address, such as 127.0.0.1, 0.0.0.0 or ::1,")]
    [InlineData("--host gpu.example", "--host is 'gpu.example'; it needs an IP address")]
    [InlineData("--host 0.0.0.0", "--host is 0.0.0.0, which other machines can reach; that needs a key")]
    [InlineData("--host ::", "set the environment variable CHARRNN_API_KEY, or leave --host out.")]
    [InlineData("--api-key=", "--api-key needs a value, KEY.")]
    [InlineData("--api-key ", "--api-key is ''; it needs a key")]
    [InlineData("--allow-host https://gpu.example", "it needs the name or address of a host, without scheme and port")]
    [InlineData("--allow-host gpu.example:80", "--allow-host is 'gpu.example:80'; it needs the name")]
    [InlineData("--allow-origin chat.example", "it needs scheme and host of a page, such as https://chat.example")]
    [InlineData("--allow-origin https://chat.example/path", "--allow-origin is 'https://chat.example/path'; it needs")]
    [InlineData("--max-concurrency 0", "--max-concurrency is '0'; it needs a whole number from 1")]
    [InlineData("--max-body 1MiB", "--max-body is '1MiB'; it needs a whole number from 1")]
    [InlineData("--threads 0", "--threads is '0'; it needs a whole number from 1")]
    [InlineData("--drain-timeout 30", "--drain-timeout is '30'; it needs a time above zero")]
    [InlineData("--log-level loud", "it needs one of none, error, warning, information, debug.")]
    public void BadValues_AreOneLineAndCode2(string flags, string expected) =>
        Refuse(2, [_model, .. flags.Split(' ')], expected);

    [Fact]
    public void KeyThatClientsCannotSend_IsRefusedAndNotRepeated()
    {
        foreach (string key in new[] { "two words", "schlüssel", "a\tb" })
        {
            Refuse(2, [_model, "--api-key", key], "--api-key has characters that clients cannot send");
            Assert.DoesNotContain(key, _shell.Run("serve", _model, "--api-key", key).Error);
        }
    }

    [Fact]
    public void MissingAspNetCore_IsOneLineWithWhatIsThereAndWhatToDo()
    {
        string root = Directory.CreateDirectory(_shell.Folder.File("dotnet")).FullName;
        int major = Environment.Version.Major;
        _shell.RuntimeFolder = MakeRuntime(root, "Microsoft.NETCore.App", $"{major}.0.3");
        Refuse(
            1,
            [_model],
            $"'charrnn serve' needs the ASP.NET Core runtime {major}.0, and {root} has only Microsoft.NETCore.App "
                + $"{major}.0.3; install it there: the package aspnetcore-runtime-{major}.0, or "
                + $"https://dotnet.microsoft.com/download/dotnet/{major}.0"
        );

        MakeRuntime(root, "Microsoft.AspNetCore.App", "8.0.20");
        Refuse(1, [_model], $"Microsoft.NETCore.App {major}.0.3, Microsoft.AspNetCore.App 8.0.20; install it there");

        MakeRuntime(root, "Microsoft.AspNetCore.App", $"{major}.0.1");
        Refuse(1, [_model], "which is not there; install the .NET runtime anew.");

        string dotnet = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        File.WriteAllText(dotnet, "");
        Assert.Equal(dotnet, Serve(_model).Program);
    }

    [Fact]
    public void HostWithARuntimeOfItsOwn_NeedsNoOther()
    {
        _shell.HostFolder = Directory.CreateDirectory(_shell.Folder.File("host")).FullName;
        _shell.RuntimeFolder = _shell.Folder.Path;
        foreach (string file in new[] { "CharRnn.Host.dll", "libhostfxr.so", "hostfxr.dll" })
            File.WriteAllText(Path.Combine(_shell.HostFolder, file), "");
        var start = Serve(_model);
        Assert.Equal(
            Path.Combine(_shell.HostFolder, OperatingSystem.IsWindows() ? "CharRnn.Host.exe" : "CharRnn.Host"),
            start.Program
        );
        Assert.StartsWith("--contentRoot=", start.Arguments[0]);
    }

    [Fact]
    public void MissingHost_IsOneLine()
    {
        _shell.HostFolder = _shell.Folder.File("gone");
        Refuse(1, [_model], "CharRnn.Host.dll, which comes with charrnn; install charrnn again.");
    }

    [Fact]
    public void Signal_BeforeTheServerIsStarted_StopsTheCommand()
    {
        _shell.Interruption.Request(ExitCode.Terminated);
        var outcome = _shell.Run("serve", _model);
        Assert.Equal((ExitCode.Terminated, "charrnn: interrupted\n"), (outcome.ExitCode, outcome.Error));
        Assert.Null(_shell.Started);
    }

    private static string MakeRuntime(string root, string framework, string version) =>
        Directory.CreateDirectory(Path.Combine(root, "shared", framework, version)).FullName
        + Path.DirectorySeparatorChar;

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    private ProgramStart Serve(params string[] arguments)
    {
        var outcome = _shell.Run(["serve", .. arguments]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return _shell.Started!;
    }

    private void Refuse(int code, string[] arguments, string expected)
    {
        var outcome = _shell.Run(["serve", .. arguments]);
        Assert.Contains(expected, outcome.Error);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("charrnn: error: ", outcome.Error);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
        Assert.Null(_shell.Started);
    }
}
