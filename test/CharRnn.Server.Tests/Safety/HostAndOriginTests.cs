using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace CharRnn.Server.Tests.Safety;

public sealed class HostAndOriginTests(DrawnModels models)
{
    private const string Friend = "https://chat.example";

    private static readonly string[] Paths =
    [
        "/v1/models",
        "/v1/models/plain",
        "/v1/completions",
        "/health",
        "/metrics",
        "/openapi/v1.json",
        "/docs/index.html",
        "/",
        "/nothing",
    ];

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5000")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.")]
    [InlineData("localhostx")]
    [InlineData("127.0.0.1@evil.example")]
    public async Task AForeignHost_IsRefusedOnEveryPath(string host)
    {
        foreach (string path in Paths)
        {
            string answer = await RawConnection.AnswerAsync(
                models.Server.Address,
                $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            );
            if (Refusal.StatusOf(answer) == HttpStatusCode.BadRequest)
                continue; // No name of a host at all: refused before anything of it is read.
            var refusal = Refusal.Read(answer);
            Assert.Equal((HttpStatusCode.Forbidden, "host_not_allowed"), (refusal.Status, refusal.Code));
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8080")]
    [InlineData("192.168.0.7:8080")]
    public async Task LoopbackAndNumbers_AreServed(string host)
    {
        string answer = await RawConnection.AnswerAsync(
            models.Server.Address,
            $"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        );
        Assert.Equal(HttpStatusCode.OK, Refusal.StatusOf(answer));
    }

    [Fact]
    public async Task AnAllowedHost_IsServed_AndNoOtherIsWithIt()
    {
        await using var server = await RunningServer.StartAsync(
            models.Settings("--CharRnn:AllowedHosts:0=models.example")
        );
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("Models.Example:99"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("other.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("x.models.example"));

        async Task<HttpStatusCode> StatusAsync(string host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Host = host;
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task ARequestWithoutHost_IsRefused()
    {
        foreach (string version in new[] { "HTTP/1.0", "HTTP/1.1" })
        {
            string answer = await RawConnection.AnswerAsync(
                models.Server.Address,
                $"GET /v1/models {version}\r\nConnection: close\r\n\r\n"
            );
            Assert.Contains((int)Refusal.StatusOf(answer), new[] { 400, 403 });
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("https://chat.example.evil.example")]
    [InlineData("http://chat.example")]
    public async Task AForeignOrigin_IsRefused_WhateverItAsks_AndGetsNoLeave(string origin)
    {
        await using var server = await RunningServer.StartAsync(
            models.Settings($"--CharRnn:AllowedOrigins:0={Friend}")
        );
        foreach (string path in Paths)
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                using var response = await SendAsync(server, method, path, origin);
                Assert.Equal("origin_not_allowed", (await Refusal.ReadAsync(response)).Code);
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
                Assert.DoesNotContain(
                    response.Headers,
                    header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase)
                );
            }
        }
    }

    [Fact]
    public async Task AnAllowedOrigin_IsServedAndNamed_AlsoInRefusals()
    {
        await using var server = await RunningServer.StartAsync(
            models.Settings($"--CharRnn:AllowedOrigins:0={Friend}", "--CharRnn:ApiKey=secret")
        );
        foreach (string path in Paths)
        {
            using var response = await SendAsync(server, HttpMethod.Get, path, Friend);
            AssertNames(response);
        }
        using var refused = await SendAsync(server, HttpMethod.Post, "/v1/completions", Friend);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        AssertNames(refused);
    }

    [Fact]
    public async Task APreflight_OfAnAllowedOrigin_IsAnsweredWithoutTheKey_WithTheHeadersItAsksFor()
    {
        await using var server = await RunningServer.StartAsync(
            models.Settings($"--CharRnn:AllowedOrigins:0={Friend}", "--CharRnn:ApiKey=secret")
        );
        using var response = await SendAsync(server, HttpMethod.Options, "/v1/chat/completions", Friend);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        AssertNames(response);
        Assert.Equal("GET, POST", Header(response.Headers, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,x-stainless-os", Header(response.Headers, "Access-Control-Allow-Headers"));
    }

    [Fact]
    public async Task AnApplicationOfOnesOwn_IsGuardedAlike()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddCharRnn(options =>
        {
            options.Models.Add(models.PlainFile);
            options.AllowedOrigins.Add(Friend);
            options.ApiKey = "secret";
        });
        await using var app = builder.Build();
        app.MapCharRnn();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var preflight = await SendAsync(client, HttpMethod.Options, "/v1/completions", Friend);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        AssertNames(preflight);
        using var foreign = await SendAsync(client, HttpMethod.Options, "/v1/completions", "https://evil.example");
        Assert.Equal("origin_not_allowed", (await Refusal.ReadAsync(foreign)).Code);
        using var keyless = await SendAsync(client, HttpMethod.Get, "/v1/models/plain", Friend);
        Assert.Equal("invalid_api_key", (await Refusal.ReadAsync(keyless)).Code);
        AssertNames(keyless);
    }

    [Fact]
    public async Task TheServersOwnPages_MayUseIt()
    {
        var server = models.Server;
        using var response = await SendAsync(
            server,
            HttpMethod.Get,
            "/v1/models",
            $"http://{server.Address.Authority}"
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static void AssertNames(HttpResponseMessage response)
    {
        Assert.Equal(Friend, Header(response.Headers, "Access-Control-Allow-Origin"));
        Assert.Equal("nosniff", Header(response.Headers, "X-Content-Type-Options"));
        Assert.Equal("Origin", Header(response.Headers, "Vary"));
    }

    private static string Header(HttpResponseHeaders headers, string name) => string.Join(',', headers.GetValues(name));

    private static Task<HttpResponseMessage> SendAsync(
        RunningServer server,
        HttpMethod method,
        string path,
        string origin
    ) => SendAsync(server.Client, method, path, origin);

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string origin
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,x-stainless-os");
        }
        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
