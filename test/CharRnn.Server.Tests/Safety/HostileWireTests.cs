using System.Net;
using System.Text;

namespace CharRnn.Server.Tests.Safety;

public sealed class HostileWireTests(DrawnModels models)
{
    private const string Head =
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private Uri Address => models.Server.Address;

    [Theory]
    [InlineData("/v1/models/../../etc/passwd")]
    [InlineData("/v1/models/..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/v1/models/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/v1/models/..%5c..%5cwindows")]
    [InlineData("/v1/models/%252e%252e%252f")]
    [InlineData("/v1/models/%2Fetc%2Fpasswd")]
    [InlineData("/v1/models/%00")]
    [InlineData("/v1/models/plain%00.safetensors")]
    [InlineData("/v1/models/%c0%ae%c0%ae/")]
    [InlineData("/v1/models/%")]
    [InlineData("/v1/models/plain/../../../etc/passwd")]
    [InlineData("/docs/../../../../etc/passwd")]
    [InlineData("/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("//etc/passwd")]
    public async Task PathsThatLeadOutside_LeadNowhere(string path)
    {
        string answer = await RawConnection.AnswerAsync(
            Address,
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );
        Assert.Contains((int)Refusal.StatusOf(answer), new[] { 400, 404 });
        Assert.DoesNotContain("root:", answer);
        Refusal.AssertTellsNothingOfTheMachine(answer);
    }

    [Theory]
    [InlineData("../plain")]
    [InlineData("..%2fplain")]
    [InlineData("plain.safetensors")]
    [InlineData("./plain")]
    [InlineData("PLAIN")]
    [InlineData("plain\\u0000")]
    [InlineData("")]
    public async Task AModelThatIsNone_IsNotLookedFor(string model)
    {
        string answer = await RawConnection.AnswerAsync(
            Address,
            RawConnection.Post("/v1/completions", $"{{\"model\":\"{model}\"}}")
        );
        var refusal = Refusal.Read(answer);
        Assert.Equal(
            (HttpStatusCode.NotFound, "model", "model_not_found"),
            (refusal.Status, refusal.Param, refusal.Code)
        );
    }

    [Fact]
    public async Task ABodyOfAGigabyte_IsRefusedByItsLengthAlone()
    {
        // Nothing of it is ever sent.
        string answer = await RawConnection.AnswerAsync(Address, $"{Head}Content-Length: 1073741824\r\n\r\n");
        var refusal = Refusal.Read(answer);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request_too_large"), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task ABodyWithoutEnd_IsRefusedLongBeforeIt()
    {
        using var connection = await RawConnection.OpenAsync(Address);
        await connection.SayAsync($"{Head}Transfer-Encoding: chunked\r\n\r\n10\r\n{{\"prompt\":\"aaaaa\r\n");
        string chunk = $"10000\r\n{new string('a', 0x10000)}\r\n";
        const int most = 1000;
        int sent = 0;
        while (sent < most && !await connection.IsAnsweredAsync(TimeSpan.FromMilliseconds(1)))
        {
            try
            {
                await connection.SayAsync(chunk);
            }
            catch (System.Net.Sockets.SocketException)
            {
                break; // The server has closed the connection.
            }
            sent++;
        }
        Assert.True(sent < most, "64 MB were read");
        string answer = await connection.ReadToEndAsync();
        if (answer.Length > 0)
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, Refusal.Read(answer).Status);
    }

    [Fact]
    public async Task ALimitOfTheBody_IsKeptToTheByte()
    {
        // What is sent in chunks counts with their lengths.
        const int max = 1000,
            lengths = 20;
        await using var server = await RunningServer.StartAsync(models.Settings($"--CharRnn:MaxBodyBytes={max}"));
        foreach (int length in new[] { max, max + 1 })
        {
            string body = "{\"model\":\"plain\"}".PadRight(length);
            string part = length > max ? body : body[..^lengths];
            string chunked =
                $"{Head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + $"{part.Length:x}\r\n{part}\r\n0\r\n\r\n";
            foreach (string request in new[] { RawConnection.Post("/v1/completions", body), chunked })
            {
                string answer = await RawConnection.AnswerAsync(server.Address, request);
                Assert.Equal(
                    length == max ? HttpStatusCode.OK : HttpStatusCode.RequestEntityTooLarge,
                    Refusal.StatusOf(answer)
                );
            }
        }
    }

    [Fact]
    public async Task AHeaderWithoutEnd_IsRefused()
    {
        using var connection = await RawConnection.OpenAsync(Address);
        await connection.SayAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
        string part = new('x', 1 << 12);
        for (int i = 0; i < 100 && !await connection.IsAnsweredAsync(TimeSpan.FromMilliseconds(1)); i++)
            await connection.SayAsync(part);
        string answer = await connection.ReadToEndAsync();
        if (answer.Length > 0)
            Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, Refusal.StatusOf(answer));
    }

    [Fact]
    public async Task TooManyHeaders_AreRefused()
    {
        string headers = string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: 1\r\n"));
        string answer = await RawConnection.AnswerAsync(
            Address,
            $"GET /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        );
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, Refusal.StatusOf(answer));
    }

    [Fact]
    public async Task HeadersThatDripIn_AreNotWaitedFor()
    {
        await using var server = await RunningServer.StartAsync(models.Settings("--CharRnn:HeadersTimeout=00:00:01"));
        using var connection = await RawConnection.OpenAsync(server.Address);
        await connection.SayAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
        var drip = TimeSpan.FromMilliseconds(100);
        for (int i = 0; i < 300 && !await connection.IsAnsweredAsync(drip); i++)
            await connection.SayAsync("x");
        Assert.Equal(HttpStatusCode.RequestTimeout, Refusal.StatusOf(await connection.ReadToEndAsync()));
    }

    [Theory]
    [InlineData("\r\n\r\n\r\n")]
    [InlineData("hello\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /health\r\n\r\n")]
    [InlineData("GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task WhatIsNoHttp_IsRefusedOrHungUpOn(string said)
    {
        using var connection = await RawConnection.OpenAsync(Address);
        await connection.SayAsync(said);
        connection.EndSaying();
        string answer = await connection.ReadToEndAsync();
        if (answer.StartsWith("HTTP/1.1", StringComparison.Ordinal))
            Assert.InRange((int)Refusal.StatusOf(answer), 400, 505);
        Refusal.AssertTellsNothingOfTheMachine(answer);
    }

    [Fact]
    public async Task ChunksThatAreNone_AreRefused()
    {
        foreach (string chunks in new[] { "zz\r\n", "-1\r\n{}\r\n", "ffffffffffffffffff\r\n", "2\r\n{}{}{}\r\n" })
        {
            string answer = await RawConnection.AnswerAsync(
                Address,
                $"{Head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
            );
            Assert.Equal(HttpStatusCode.BadRequest, Refusal.Read(answer).Status);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/completions", 405)]
    [InlineData("DELETE", "/v1/models/plain", 405)]
    [InlineData("PUT", "/v1/chat/completions", 405)]
    [InlineData("POST", "/v1/models", 405)]
    [InlineData("POST", "/health", 405)]
    [InlineData("TRACE", "/v1/models", 405)]
    [InlineData("FROB", "/v1/models", 405)]
    [InlineData("GET", "/v1/engines", 404)]
    [InlineData("POST", "/v1/completions/x", 404)]
    [InlineData("POST", "/v1/images/generations", 404)]
    [InlineData("GET", "/v2/models", 404)]
    [InlineData("GET", "/.env", 404)]
    [InlineData("GET", "/appsettings.json", 404)]
    public async Task AnotherMethodOrPath_IsRefusedInTheErrorsShape(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await models.Server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)(await Refusal.ReadAsync(response)).Status);
        if (status == 405)
            Assert.NotEmpty(response.Content.Headers.Allow);
    }
}
