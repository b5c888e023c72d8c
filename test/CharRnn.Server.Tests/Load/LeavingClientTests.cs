using CharRnn.Server.Generating;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server.Tests.Load;

public sealed class LeavingClientTests(DrawnModels models)
{
    [Theory]
    [InlineData("/v1/completions", true)]
    [InlineData("/v1/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/chat/completions", false)]
    public async Task AClientThatGoes_FreesItsPlaces(string path, bool isStreamed)
    {
        const int texts = 3;
        await using var server = await RunningServer.StartAsync(models.Settings());
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        for (int time = 0; time < 3; time++)
        {
            using (var connection = await RawConnection.OpenAsync(server.Address))
            {
                await connection.SayAsync(RawConnection.Post(path, Endless(path, isStreamed, texts)));
                if (isStreamed)
                    Assert.StartsWith("HTTP/1.1 200 OK", await connection.ReadAsync());
                await Eventually.HoldsAsync(() => scheduler.Active == texts, "its texts are written");
            }
            await Eventually.HoldsAsync(() => scheduler.Active == 0, "its places are free");
        }
    }

    [Fact]
    public async Task AClientThatReadsNothing_HoldsUpNobody()
    {
        await using var server = await RunningServer.StartAsync(models.Settings("--CharRnn:Threads=1"));
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        using (var deaf = await RawConnection.OpenAsync(server.Address, receiveBuffer: 1 << 10))
        {
            await deaf.SayAsync(RawConnection.Post("/v1/completions", Endless("/v1/completions", true, 1)));
            await Eventually.HoldsAsync(() => scheduler.Active == 1, "its text is written");
            for (ulong seed = 0; seed < 20; seed++)
            {
                var request = new
                {
                    model = "plain",
                    prompt = "a",
                    max_tokens = 500,
                    seed,
                };
                var answer = await server.AnswerAsync("/v1/completions", request);
                Assert.Equal(
                    Written.Alone(models.Plain, "a", 500, seed),
                    answer.GetProperty("choices")[0].GetProperty("text").GetString()
                );
            }
        }
        await Eventually.HoldsAsync(() => scheduler.Active == 0, "its place is free");
    }

    [Fact]
    public async Task MoreTextsThanPlaces_AreRefusedForNow_AndMoreThanThereEverAreForGood()
    {
        const int places = 4;
        await using var server = await RunningServer.StartAsync(models.Settings($"--CharRnn:MaxConcurrency={places}"));
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        object one = new
        {
            model = "plain",
            prompt = "a",
            max_tokens = 1,
        };
        using (var connection = await RawConnection.OpenAsync(server.Address))
        {
            await connection.SayAsync(RawConnection.Post("/v1/completions", Endless("/v1/completions", false, places)));
            await Eventually.HoldsAsync(() => scheduler.Active == places, "all places are taken");
            using var busy = await server.PostAsync("/v1/completions", one);
            var refusal = await Refusal.ReadAsync(busy);
            Assert.Equal((429, "rate_limit_exceeded"), ((int)refusal.Status, refusal.Code));
            Assert.Equal(TimeSpan.FromSeconds(1), busy.Headers.RetryAfter!.Delta);
            foreach (string path in new[] { "/v1/score", "/v1/embeddings" })
            {
                using var other = await server.PostAsync(path, new { model = "plain", input = "a" });
                Assert.Equal(429, (int)(await Refusal.ReadAsync(other)).Status);
            }
            Assert.Equal(places, scheduler.Active);
        }
        await Eventually.HoldsAsync(() => scheduler.Active == 0, "all places are free");
        using var served = await server.PostAsync("/v1/completions", one);
        Assert.True(served.IsSuccessStatusCode);
        foreach (
            object never in (object[])
                [
                    new { model = "plain", n = places + 1 },
                    new
                    {
                        model = "plain",
                        prompt = new[] { "a", "b", "c" },
                        n = 2,
                    },
                ]
        )
        {
            using var refused = await server.PostAsync("/v1/completions", never);
            Assert.Equal(400, (int)(await Refusal.ReadAsync(refused)).Status);
        }
        using (
            var refused = await server.PostAsync(
                "/v1/score",
                new { model = "plain", input = Enumerable.Repeat("a", places + 1) }
            )
        )
        {
            Assert.Equal("input", (await Refusal.ReadAsync(refused)).Param);
        }
        Assert.Equal(0, scheduler.Active);
    }

    [Fact]
    public async Task PlacesThatAreAskedForAtOnce_AreNeverMoreThanThereAre_NorRefusedWhereTheyFit()
    {
        const int places = 8;
        await using var server = await RunningServer.StartAsync(models.Settings($"--CharRnn:MaxConcurrency={places}"));
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        // One place is held, and six others come and go: all eight never fit, and one always does.
        scheduler.Reserve(1);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, places - 1),
            TestContext.Current.CancellationToken,
            (worker, _) =>
            {
                for (int time = 0; time < 20_000; time++)
                {
                    if (worker == 0)
                    {
                        Assert.Throws<ApiException>(() => scheduler.Reserve(places));
                        continue;
                    }
                    scheduler.Reserve(1);
                    Assert.InRange(scheduler.Active, 2, places - 1);
                    scheduler.Free(1);
                }
                return ValueTask.CompletedTask;
            }
        );
        Assert.Equal(1, scheduler.Active);
    }

    private static string Endless(string path, bool isStreamed, int texts)
    {
        string prompt = path.Contains("chat") ? "\"messages\":[{\"content\":\"a\"}]" : "\"prompt\":\"a\"",
            stream = isStreamed ? "true" : "false";
        return $"{{\"model\":\"plain\",{prompt},\"max_tokens\":{DrawnModels.Endless},\"n\":{texts},\"stream\":{stream}}}";
    }
}
