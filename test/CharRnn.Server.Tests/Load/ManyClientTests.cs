using System.Net.Http.Json;
using System.Text.Json;
using CharRnn.Server.Generating;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server.Tests.Load;

public sealed class ManyClientTests(DrawnModels models)
{
    private const int Clients = 200;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ManyAtOnce_EachGetTheTextTheyWouldGetAlone(int threads)
    {
        await using var server = await RunningServer.StartAsync(models.Settings($"--CharRnn:Threads={threads}"));
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] clients =
        [
            .. Enumerable
                .Range(0, Clients)
                .Select(async number =>
                {
                    await gate.Task;
                    await AssertGetsItsTextAsync(server, number);
                }),
        ];
        gate.SetResult();
        await Task.WhenAll(clients);
        await Eventually.HoldsAsync(() => scheduler.Active == 0, "every place is free");
    }

    private async Task AssertGetsItsTextAsync(RunningServer server, int number)
    {
        var random = new Random(number);
        string prompt = "once upon a time."[..random.Next(1, 17)];
        int length = random.Next(3) == 0 ? random.Next(1, 10) : random.Next(400);
        string? stop = random.Next(3) switch
        {
            0 => "a",
            1 => "th",
            _ => null,
        };
        bool isStreamed = random.Next(2) == 0;
        var request = new
        {
            model = "plain",
            prompt,
            max_tokens = length,
            stop,
            seed = number,
            stream = isStreamed,
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(request),
        };
        using var response = await server.Client.SendAsync(
            message,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal(
            Written.Alone(models.Plain, prompt, length, (ulong)number, stop),
            isStreamed ? Written.Streamed(body) : Written.TextOf(JsonElement.Parse(body))
        );
    }
}
