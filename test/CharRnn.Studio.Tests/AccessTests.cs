using System.Net;
using System.Net.WebSockets;
using CharRnn.Tests;

namespace CharRnn.Studio.Tests;

/// <summary>Who is let in, and what a foreign page or another machine's name gets.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningStudio _studio = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _studio = await RunningStudio.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _studio.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/neurons/example")]
    [InlineData("/assets/studio.js")]
    [InlineData("/_blazor/negotiate?negotiateVersion=1")]
    [InlineData("/?token=")]
    [InlineData("/?token=00")]
    public async Task Request_WithoutTheCookie_IsRefusedInOneLine(string path)
    {
        using var client = _studio.NewClient();
        using var answer = await client.GetAsync(path, Token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.Single(text.TrimEnd().Split('\n'));
        Assert.DoesNotContain("<", text);
    }

    [Fact]
    public async Task Token_OpensOneBrowserAndIsThenReplaced()
    {
        string opening = _studio.Opening;
        using var first = _studio.NewClient();
        using var second = _studio.NewClient();
        using var admitted = await first.GetAsync(opening, Token);
        using var refused = await second.GetAsync(opening, Token);
        using var again = await first.GetAsync(opening, Token);
        using var page = await first.GetAsync("/", Token);
        using var next = await second.GetAsync(_studio.Opening, Token);
        Assert.Equal(HttpStatusCode.Redirect, admitted.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // Whoever is in may follow the printed address again.
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, next.StatusCode);
        Assert.NotEqual(opening, _studio.Opening);
    }

    [Fact]
    public async Task Cookie_IsForThisStudioAlone_AndForNoScript()
    {
        using var client = _studio.NewClient();
        using var answer = await client.GetAsync(_studio.Opening, Token);
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"charrnn-studio-{_studio.Address.Port}=", cookie);
        Assert.Contains("samesite=strict", cookie);
        Assert.Contains("httponly", cookie);
        Assert.DoesNotContain("token", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/neurons/example?unit=0%3A1&token={0}", "/neurons/example?unit=0%3A1")]
    [InlineData("//evil.example/?token={0}", "/evil.example/")]
    public async Task Token_LeadsToThePage_AndNeverElsewhere(string asked, string led)
    {
        using var client = _studio.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, _studio.Address);
        var address = new Uri(
            _studio.Address.GetLeftPart(UriPartial.Authority) + string.Format(asked, _studio.Token),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var answer = await client.GetAsync(address, Token);
        Assert.Equal(led, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "127.0.0.1.evil.example:80")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    public async Task ForeignHostOrOrigin_IsRefused_WhateverIsAsked(string header, string value)
    {
        using var client = await _studio.NewAdmittedClientAsync();
        foreach (
            var (method, path) in new[]
            {
                (HttpMethod.Get, "/"),
                (HttpMethod.Get, $"/?token={_studio.Token}"),
                (HttpMethod.Post, "/"),
                (HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1"),
                (HttpMethod.Get, "/_blazor"),
                (HttpMethod.Post, "/_blazor/disconnect"),
            }
        )
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task LiveConnection_OpensForOwnPagesAlone()
    {
        using var client = _studio.NewClient();
        using var admitted = await client.GetAsync(_studio.Opening, Token);
        string cookie = admitted.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        string own = _studio.Address.GetLeftPart(UriPartial.Authority);
        Assert.True(await ConnectsAsync(cookie, own));
        Assert.False(await ConnectsAsync(cookie, "http://evil.example"));
        Assert.False(await ConnectsAsync(cookie, "null"));
        Assert.False(await ConnectsAsync("", own));
    }

    [Fact]
    public async Task Pages_ForbidForeignScriptsAndFrames()
    {
        using var client = await _studio.NewAdmittedClientAsync();
        foreach (string path in new[] { "/", "/play", "/explain", "/assets/studio.js", "/nowhere" })
        {
            using var answer = await client.GetAsync(path, Token);
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("script-src 'self';", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            string page = await answer.Content.ReadAsStringAsync(Token);
            Assert.DoesNotContain("https://", path.StartsWith("/assets") ? "" : page);
        }
    }

    private async Task<bool> ConnectsAsync(string cookie, string origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Cookie", cookie);
        socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{_studio.Address.Authority}/_blazor"), Token);
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }
}
