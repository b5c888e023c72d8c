using System.Text.Json;

namespace CharRnn.Server.Tests.Clients;

/// <summary>Errors as <c>curl</c> shows them: a status, and OpenAI's shape.</summary>
public sealed class CurlTests(SharedServer server)
{
    [Theory]
    [InlineData("/v1/completions", "{\"prompt\": \"the", 400, null)]
    [InlineData("/v1/completions", "[1]", 400, null)]
    [InlineData("/v1/completions", "{\"model\": \"prose\", \"prompt\": 3}", 400, "prompt")]
    [InlineData("/v1/completions", "{\"model\": \"prose\", \"temperature\": \"hot\"}", 400, "temperature")]
    [InlineData("/v1/completions", "{\"model\": \"prose\", \"max_tokens\": -1}", 400, "max_tokens")]
    [InlineData("/v1/completions", "{\"prompt\": \"the\"}", 400, "model")]
    [InlineData("/v1/completions", "{\"model\": \"no\"}", 404, "model")]
    [InlineData("/v1/nothing", "{}", 404, null)]
    public async Task Errors_HaveAStatusAndSayWhatIsWrong(string path, string body, int status, string? param)
    {
        string? curl = OtherProgram.Find("curl");
        Assert.SkipWhen(curl is null, "there is no curl on this machine: install curl");
        string output = await OtherProgram.RunAsync(
            curl!,
            ["-s", "-i", new Uri(server.Address, path).AbsoluteUri, "-H", "Content-Type: application/json", "-d", body]
        );
        string[] parts = output.ReplaceLineEndings("\n").Split("\n\n", 2);
        Assert.StartsWith($"HTTP/1.1 {status} ", parts[0]);
        Assert.Contains("Content-Type: application/json", parts[0]);
        var error = JsonElement.Parse(parts[1]).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(each => each.Name));
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.DoesNotContain('\n', error.GetProperty("message").GetString()!);
    }
}
