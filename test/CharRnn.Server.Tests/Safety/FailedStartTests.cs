using System.Net;
using System.Net.Sockets;
using CharRnn.Tests;

namespace CharRnn.Server.Tests.Safety;

/// <summary>A host that cannot start says so in one line, and ends by the command's exit codes.</summary>
public sealed class FailedStartTests(DrawnModels models) : IDisposable
{
    private const int Failure = 1,
        Usage = 2,
        BadInput = 3;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task APortInUse()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await AssertFailsAsync(
            Failure,
            "address already in use",
            models.Settings($"--urls=http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")
        );
    }

    [Fact]
    public async Task AModelThatIsNone()
    {
        string broken = _folder.File("broken.safetensors"),
            cut = _folder.File("cut.safetensors");
        await File.WriteAllTextAsync(broken, "no model", TestContext.Current.CancellationToken);
        byte[] sound = await File.ReadAllBytesAsync(models.PlainFile, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cut, sound[..^9], TestContext.Current.CancellationToken);
        await AssertFailsAsync(BadInput, broken, [$"--CharRnn:Models:0={broken}"]);
        foreach (string path in new[] { cut, _folder.File("missing.safetensors"), _folder.Path })
        {
            var refused = Assert.Throws<ModelException>(() => Build($"--CharRnn:Models:0={path}"));
            Assert.Contains(path, refused.Message);
        }
    }

    [Theory]
    [InlineData("'Models' is empty")]
    [InlineData("'MaxConcurrency' is 0", "--CharRnn:MaxConcurrency=0")]
    [InlineData("'MaxTokens' is -1", "--CharRnn:MaxTokens=-1")]
    [InlineData("'DrainTimeout' is -1", "--CharRnn:DrainTimeout=-00:00:01")]
    [InlineData("'ApiKey' is empty", "--CharRnn:ApiKey=")]
    [InlineData("'AllowedOrigins' has 'https://a.example/'", "--CharRnn:AllowedOrigins:0=https://a.example/")]
    [InlineData("'AllowedOrigins' has '*'", "--CharRnn:AllowedOrigins:0=*")]
    public void AnOptionThatCannotBeUsed(string message, params string[] settings)
    {
        if (settings.Length > 0)
            settings = models.Settings(settings);
        var refused = Assert.Throws<SettingsException>(() => Build(settings));
        Assert.Contains(message, refused.Message);
    }

    [Fact]
    public Task AValueThatIsNone() =>
        AssertFailsAsync(Usage, "a setting cannot be used: ", models.Settings("--CharRnn:MaxConcurrency=many"));

    [Theory]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--urls=http://*:0")]
    [InlineData("--urls=http://127.0.0.1:0;http://[::]:0")]
    [InlineData("--urls=http://models.example:0")]
    [InlineData("--http_ports=8080")]
    [InlineData("--Kestrel:Endpoints:All:Url=http://0.0.0.0:0")]
    public void AnAddressThatOthersReach_WithoutAKey(string setting)
    {
        var refused = Assert.Throws<SettingsException>(() =>
            CharRnn.Host.ServerHost.Build([setting, .. models.Settings()])
        );
        Assert.Contains("there is no 'ApiKey'", refused.Message);
        (
            (IDisposable)CharRnn.Host.ServerHost.Build([setting, .. models.Settings("--CharRnn:ApiKey=secret")])
        ).Dispose();
    }

    private static void Build(params string[] settings) =>
        ((IDisposable)CharRnn.Host.ServerHost.Build(["--urls=http://127.0.0.1:0", .. settings])).Dispose();

    private static async Task AssertFailsAsync(int code, string named, string[] settings)
    {
        await using var host = HostProcess.Launch(["--urls=http://127.0.0.1:0", .. settings]);
        Assert.Equal(code, await host.ExitCodeAsync());
        string line = Assert.Single((await host.ErrorAsync()).TrimEnd('\n').Split('\n'));
        Assert.StartsWith("charrnn: error: ", line);
        Assert.Contains(named, line);
    }
}
