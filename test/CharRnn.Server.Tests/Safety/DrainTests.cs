using System.Globalization;
using System.Net;
using CharRnn.Tests;

namespace CharRnn.Server.Tests.Safety;

public sealed class DrainTests(DrawnModels models) : IDisposable
{
    private const string Done = "data: [DONE]\n\n",
        Completions = "/v1/completions";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ASignal_LetsWhatHasStartedEnd_AndRefusesWhatIsNew_AndTheProcessEndsWell()
    {
        // Long enough to be at it when the signal comes, on whatever machine.
        const int hidden = 192,
            length = 30_000;
        string slow = _folder.File("slow.safetensors");
        using (var model = DrawnModels.Draw(hidden, seed: 3))
            model.Save(slow);
        await using var host = await HostProcess.StartAsync([$"--CharRnn:Models:0={slow}"]);
        string request = $"{{\"max_tokens\":{length},\"seed\":1,\"stream\":";
        RawConnection[] streams =
        [
            await RawConnection.OpenAsync(host.Address),
            await RawConnection.OpenAsync(host.Address),
            await RawConnection.OpenAsync(host.Address),
        ];
        using var whole = await RawConnection.OpenAsync(host.Address);
        await whole.SayAsync(RawConnection.Post(Completions, request + "false}"));
        string[] begun = new string[streams.Length];
        for (int i = 0; i < streams.Length; i++)
        {
            await streams[i].SayAsync(RawConnection.Post(Completions, request + "true}"));
            begun[i] = await streams[i].ReadAsync();
            Assert.StartsWith("HTTP/1.1 200 ", begun[i]);
        }
        using var early = await RawConnection.OpenAsync(host.Address);
        host.Signal("TERM");
        await host.SaysAsync("stopping: 4 requests may end within 30 s; a second signal ends them.");
        // On a connection that was there before the signal, and on a new one.
        await early.SayAsync(RawConnection.Post(Completions, "{}"));
        foreach (
            string answer in new[]
            {
                await early.ReadToEndAsync(),
                await RawConnection.AnswerAsync(host.Address, RawConnection.Post("/v1/score", "{\"input\":\"a\"}")),
            }
        )
        {
            var refusal = Refusal.Read(answer);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "shutting_down"), (refusal.Status, refusal.Code));
            Assert.Contains("\r\nRetry-After: 1\r\n", answer);
            Assert.Contains("\r\nConnection: close\r\n", answer);
        }
        string health = await RawConnection.AnswerAsync(
            host.Address,
            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 503 ", health);
        Assert.Contains("\"draining\"", health);
        for (int i = 0; i < streams.Length; i++)
        {
            string all = begun[i] + await streams[i].ReadToEndAsync();
            Assert.Contains("\"finish_reason\":\"length\"", all);
            Assert.Contains(Done, all);
            streams[i].Dispose();
        }
        string answered = await whole.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 ", answered);
        Assert.Contains($"\"completion_tokens\":{length.ToString(CultureInfo.InvariantCulture)}", answered);
        Assert.Equal(0, await host.ExitCodeAsync());
        Refusal.AssertTellsNothingOfTheMachine(await host.ErrorAsync());
    }

    [Fact]
    public async Task ATimeThatIsTooShort_CutsStreamsByAnError_AndTheProcessStillEndsWell()
    {
        await using var host = await HostProcess.StartAsync(models.Settings("--CharRnn:DrainTimeout=00:00:00.2"));
        using var stream = await RawConnection.OpenAsync(host.Address);
        using var whole = await RawConnection.OpenAsync(host.Address);
        using var silent = await RawConnection.OpenAsync(host.Address);
        // Says that a body comes, and never says it.
        await silent.SayAsync(
            $"POST {Completions} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        );
        await whole.SayAsync(RawConnection.Post(Completions, Endless(isStreamed: false)));
        await stream.SayAsync(RawConnection.Post(Completions, Endless(isStreamed: true)));
        string begun = await stream.ReadAsync();
        host.Signal("TERM");
        string all = begun + await stream.ReadToEndAsync();
        Assert.DoesNotContain(Done, all);
        string last = all[all.LastIndexOf("data: ", StringComparison.Ordinal)..];
        Assert.StartsWith("data: {\"error\":{", last);
        Assert.Contains("\"code\":\"shutting_down\"", last);
        Assert.Contains("}}\n\n", last);
        var refusal = Refusal.Read(await whole.ReadToEndAsync());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "shutting_down"), (refusal.Status, refusal.Code));
        Assert.Equal(0, await host.ExitCodeAsync());
        string error = await host.ErrorAsync();
        Assert.Contains("requests were cut short; more time is --drain-timeout.", error);
        Refusal.AssertTellsNothingOfTheMachine(error);
    }

    [Fact]
    public async Task ASecondSignal_EndsTheProcessAtOnce()
    {
        const int interrupted = 130;
        await using var host = await HostProcess.StartAsync(models.Settings("--CharRnn:DrainTimeout=01:00:00"));
        using var stream = await RawConnection.OpenAsync(host.Address);
        await stream.SayAsync(RawConnection.Post(Completions, Endless(isStreamed: true)));
        Assert.StartsWith("HTTP/1.1 200 ", await stream.ReadAsync());
        host.Signal("TERM");
        await host.SaysAsync("stopping: 1 request");
        host.Signal("INT");
        Assert.Equal(interrupted, await host.ExitCodeAsync());
    }

    [Fact]
    public async Task ASignal_EndsAProcessThatDoesNothing()
    {
        await using var host = await HostProcess.StartAsync(models.Settings("--Logging:LogLevel:Default=Warning"));
        host.Signal("INT");
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.Single((await host.ErrorAsync()).TrimEnd('\n').Split('\n'));
    }

    private static string Endless(bool isStreamed) =>
        $"{{\"model\":\"plain\",\"max_tokens\":{DrawnModels.Endless},\"stream\":{(isStreamed ? "true" : "false")}}}";
}
