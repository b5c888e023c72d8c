using System.Net;

namespace CharRnn.Server.Tests.Safety;

public sealed class ApiKeyTests(DrawnModels models)
{
    private const string Key = "sesame-open-4711";

    [Fact]
    public async Task WithoutTheKey_EveryPathThatDoesOrTellsSomething_IsRefused()
    {
        await using var server = await StartAsync();
        foreach (string path in new[] { "/v1/models", "/v1/models/plain", "/v1/models/none", "/metrics", "/METRICS/" })
        {
            using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            await AssertRefusedAsync(response);
        }
        foreach (string path in new[] { "completions", "chat/completions", "score", "classify", "embeddings" })
        {
            using var response = await server.PostAsync($"/v1/{path}", new { prompt = "a", input = "a" });
            await AssertRefusedAsync(response);
        }
        using var health = await server.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer sesame")]
    [InlineData("Bearer sesame-open-4711x")]
    [InlineData("Bearer SESAME-OPEN-4711")]
    [InlineData("Basic sesame-open-4711")]
    [InlineData("sesame-open-4711")]
    [InlineData("Bearer sesame-open-4711, Bearer sesame-open-4711")]
    public async Task AWrongKey_IsRefused_AndNeitherKeyIsRepeated(string given)
    {
        await using var server = await StartAsync();
        using var response = await AskAsync(server, given);
        var refusal = await AssertRefusedAsync(response);
        Assert.DoesNotContain("sesame", refusal.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Bearer sesame-open-4711")]
    [InlineData("bearer  sesame-open-4711 ")]
    public async Task TheKey_OpensTheServer(string given)
    {
        await using var server = await StartAsync();
        using var response = await AskAsync(server, given);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task NoLog_HasTheKeyOrWhatWasGivenForIt_HoweverMuchIsLogged()
    {
        const string wrong = "wrong-key-0815";
        await using var host = await HostProcess.StartAsync(
            models.Settings("--Logging:LogLevel:Default=Trace"),
            ("CharRnn__ApiKey", Key)
        );
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (string key in new[] { wrong, Key })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Add("Authorization", $"Bearer {key}");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(key == Key ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        }
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitCodeAsync());
        string error = await host.ErrorAsync();
        Assert.Contains("with an API key", error);
        Assert.DoesNotContain(Key, error);
        Assert.DoesNotContain(wrong, error);
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(models.Settings($"--CharRnn:ApiKey={Key}"));

    private static async Task<HttpResponseMessage> AskAsync(RunningServer server, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<Refusal> AssertRefusedAsync(HttpResponseMessage response)
    {
        var refusal = await Refusal.ReadAsync(response);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (refusal.Status, refusal.Code));
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        return refusal;
    }
}
