using System.Text.Json;

namespace CharRnn.Server.Tests.Clients;

/// <summary>OpenAI's client for Node, the package <c>openai</c>, which <c>.ci/run</c> installs.</summary>
public sealed class NodeTests(SharedServer server)
{
    private const int Length = 40;

    [Fact]
    public async Task OpenAIsClient_ReadsEveryAnswer_AndKnowsItsErrors()
    {
        var answers = await RunAsync();
        AssertTexts(answers);
        AssertError("badRequest", "BadRequestError", 400, "prompt", "unknown_character");
        AssertError("streamRefused", "BadRequestError", 400, "prompt", "unknown_character");
        AssertError("refused", "BadRequestError", 400, "response_format", "unsupported");
        AssertError("notFound", "NotFoundError", 404, "model", "model_not_found");
        AssertError("noPath", "NotFoundError", 404, null, null);
        AssertError("noKey", "AuthenticationError", 401, null, "invalid_api_key");

        void AssertError(string field, string name, int status, string? param, string? code)
        {
            var error = answers.GetProperty(field);
            Assert.Equal(name, error.GetProperty("class").GetString());
            Assert.Equal(status, error.GetProperty("status").GetInt32());
            Assert.Equal(param, error.GetProperty("param").GetString());
            Assert.Equal(code, error.GetProperty("code").GetString());
        }
    }

    private void AssertTexts(JsonElement answers)
    {
        string text = Library.Text(server.Prose, "the dragon ", Length, new() { Seed = 21 });
        foreach (string field in (string[])["completion", "tokens", "chat", "chatTokens", "chatHelper"])
            Assert.Equal(text, answers.GetProperty(field).GetString());
        foreach (string field in (string[])["completionStream", "chatStream"])
        {
            var stream = answers.GetProperty(field);
            Assert.Equal(text, stream.GetProperty("text").GetString());
            Assert.Equal("length", stream.GetProperty("reason").GetString());
            Assert.Equal(answers.GetProperty("completionUsage").GetRawText(), stream.GetProperty("usage").GetRawText());
        }
        Assert.Equal("length", answers.GetProperty("chatReason").GetString());
        Assert.Equal(
            Library.Vectors(new TextEmbedder(server.Prose), "the dragon ", "gold"),
            answers.GetProperty("embeddings").Deserialize<float[][]>()!
        );
        Assert.Contains("prose", answers.GetProperty("models").Deserialize<string[]>()!);
        Assert.Equal("prose", answers.GetProperty("model").GetString());
    }

    private async Task<JsonElement> RunAsync()
    {
        string? node = OtherProgram.Find("node");
        Assert.SkipWhen(node is null, "there is no Node on this machine: install nodejs");
        string modules = Path.Combine(OtherProgram.Repository, "artifacts/npm/node_modules");
        Assert.SkipWhen(
            !Directory.Exists(Path.Combine(modules, "openai")),
            "there is no package openai: npm install --prefix artifacts/npm openai"
        );
        string script = Path.Combine(AppContext.BaseDirectory, "Clients/openai.mjs");
        await using var guarded = await RunningServer.StartAsync(
            $"--CharRnn:Models:0={server.ProseFile}",
            "--CharRnn:ApiKey=secret"
        );
        string[] addresses =
        [
            .. new[] { server.Address, guarded.Address }.Select(each => new Uri(each, "/v1").AbsoluteUri),
        ];
        return JsonElement.Parse(await OtherProgram.RunAsync(node!, [script, .. addresses, modules]));
    }
}
