using System.Net;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server.Tests.Safety;

/// <summary>A model whose output is not a number.</summary>
public sealed class FailingModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/v1/completions", "\"prompt\":\"a\"")]
    [InlineData("/v1/completions", "\"prompt\":\"a\",\"logprobs\":1")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"content\":\"a\"}]")]
    [InlineData("/v1/score", "\"input\":\"abc\"")]
    public async Task BeforeAnythingWasWritten_TheAnswerIsAFailure_StreamedOrNot(string path, string fields)
    {
        await using var server = await StartAsync(DamageAll);
        foreach (string stream in path == "/v1/score" ? new[] { "" } : [",\"stream\":true", ",\"stream\":false"])
        {
            string answer = await RawConnection.AnswerAsync(
                server.Address,
                RawConnection.Post(path, $"{{{fields}{stream}}}")
            );
            var refusal = Refusal.Read(answer);
            Assert.Equal(HttpStatusCode.InternalServerError, refusal.Status);
            Assert.Contains("not a number", refusal.Message);
            Assert.Contains("Content-Type: application/json", answer);
        }
        Assert.Equal(0, server.Services.GetRequiredService<GenerationScheduler>().Active);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InTheMiddleOfAText_AStreamEndsByAnError_AndAWholeAnswerIsOne(bool isStreamed)
    {
        await using var server = await StartAsync(_ => { });
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        using var connection = await RawConnection.OpenAsync(server.Address);
        string stream = isStreamed ? "true" : "false";
        await connection.SayAsync(
            RawConnection.Post("/v1/completions", $"{{\"max_tokens\":{DrawnModels.Endless},\"stream\":{stream}}}")
        );
        string begun = isStreamed ? await connection.ReadAsync() : "";
        await Eventually.HoldsAsync(() => scheduler.Active == 1, "the text has begun");
        Damage(server, DamageAll);
        string all = begun + await connection.ReadToEndAsync();
        if (isStreamed)
        {
            Assert.StartsWith("HTTP/1.1 200 ", all);
            Assert.DoesNotContain("[DONE]", all);
            string last = all[all.LastIndexOf("data: ", StringComparison.Ordinal)..];
            Assert.StartsWith("data: {\"error\":{\"message\":\"the model's output is not a number", last);
            Assert.Contains("\"type\":\"server_error\"", last);
        }
        else
            Assert.Equal(HttpStatusCode.InternalServerError, Refusal.Read(all).Status);
        await Eventually.HoldsAsync(() => scheduler.Active == 0, "its place is free");
    }

    [Fact]
    public async Task OneOfSeveralTexts_FailsThemAll_InOneForm()
    {
        // 'z' alone leads to no number.
        int broken = -1;
        await using var server = await StartAsync(model =>
        {
            broken = model.Encode("z")[0];
            var embedding = model.Weights.Layout.Slices.Single(slice => slice.Name == "embedding");
            model.Weights.Matrix(embedding).Row(broken).Fill(float.NaN);
        });
        foreach (string prompts in new[] { "[\"a\",\"z\"]", "[\"z\",\"a\"]", "[\"a\",\"a\",\"a\",\"z\"]" })
        {
            string body = $"{{\"prompt\":{prompts},\"max_tokens\":5,\"logit_bias\":{{\"{broken}\":-100}},\"stream\":";
            var whole = Refusal.Read(
                await RawConnection.AnswerAsync(server.Address, RawConnection.Post("/v1/completions", body + "false}"))
            );
            Assert.Equal(HttpStatusCode.InternalServerError, whole.Status);
            string answer = await RawConnection.AnswerAsync(
                server.Address,
                RawConnection.Post("/v1/completions", body + "true}")
            );
            bool isStream = answer.Contains("Content-Type: text/event-stream");
            Assert.Equal(isStream ? HttpStatusCode.OK : HttpStatusCode.InternalServerError, Refusal.StatusOf(answer));
            Assert.Equal(isStream, answer.Contains("data: {\"error\":"));
            Assert.DoesNotContain("[DONE]", answer);
            if (!isStream)
                Assert.DoesNotContain("data: ", answer);
        }
    }

    /// <summary>A server of a model that is damaged once it was loaded: a file like that is refused.</summary>
    private async Task<RunningServer> StartAsync(Action<RecurrentModel> damage)
    {
        string path = _folder.File("failing.safetensors");
        using (var model = DrawnModels.Draw(hidden: 16, seed: 21))
            model.Save(path);
        var server = await RunningServer.StartAsync(
            $"--CharRnn:Models:0={path}",
            $"--CharRnn:MaxTokens={DrawnModels.Endless}",
            "--Logging:LogLevel:CharRnn.Server=None"
        );
        Damage(server, damage);
        return server;
    }

    private static void Damage(RunningServer server, Action<RecurrentModel> damage)
    {
        var (_, loaded) = server.Services.GetRequiredService<ModelRegistry>().Take(null);
        using (loaded)
            damage(loaded.Model);
    }

    private static void DamageAll(RecurrentModel model) =>
        model.Weights.Span(0, (int)model.Weights.Length).Fill(float.NaN);
}
