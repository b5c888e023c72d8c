using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>Streams: their chunks together are the answer that comes whole.</summary>
public sealed class StreamTests(SharedServer server)
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"logprobs": 2}""")]
    [InlineData("""{"echo": true}""")]
    [InlineData("""{"echo": true, "logprobs": 0}""")]
    [InlineData("""{"echo": true, "max_tokens": 0}""")]
    [InlineData("""{"max_tokens": 0}""")]
    [InlineData("""{"stop": ["gold", "."], "max_tokens": 300}""")]
    public async Task Completions_OfSeveralPromptsAndTextsAreTheWholeAnswer(string fields)
    {
        var request = SharedServer.With(
            new
            {
                model = "prose",
                prompt = new[] { "the dragon ", "żółw", "" },
                n = 2,
                max_tokens = 70,
                seed = 6,
            },
            fields
        );
        var whole = await server.AskAsync("/v1/completions", request);
        var streamed = await server.StreamAsync("/v1/completions", request);
        Assert.Equal(6, whole.GetProperty("choices").GetArrayLength());
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            int index = choice.GetProperty("index").GetInt32();
            Assert.Equal(choice.GetProperty("text").GetString(), streamed.TextOf(index));
            Assert.Equal(choice.GetProperty("finish_reason").GetString(), streamed.FinishReasonOf(index));
            if (choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs)
            {
                foreach (var list in logprobs.EnumerateObject())
                    Assert.Equal(
                        list.Value.EnumerateArray().Select(each => each.GetRawText()),
                        streamed.LogprobsOf(index, list.Name)
                    );
            }
        }
    }

    [Fact]
    public async Task Chunks_AreOfOneAnswer()
    {
        var streamed = await server.StreamAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = "the ",
                n = 3,
                max_tokens = 200,
            }
        );
        Assert.Single(streamed.Chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Single(streamed.Chunks.Select(chunk => chunk.GetProperty("created").GetInt64()).Distinct());
        Assert.Single(streamed.Chunks.Select(chunk => chunk.GetProperty("system_fingerprint").GetString()).Distinct());
        Assert.All(
            streamed.Chunks,
            chunk =>
            {
                Assert.Equal("text_completion", chunk.GetProperty("object").GetString());
                Assert.Equal("prose", chunk.GetProperty("model").GetString());
                Assert.Single(chunk.GetProperty("choices").EnumerateArray());
                Assert.False(chunk.TryGetProperty("usage", out _));
            }
        );
    }

    [Theory]
    [InlineData("/v1/completions")]
    [InlineData("/v1/chat/completions")]
    public async Task Usage_ComesLastWithoutChoicesWhereItIsAskedFor(string path)
    {
        var request = new
        {
            model = "prose",
            prompt = "the ",
            messages = new[] { new { role = "user", content = "the " } },
            n = 2,
            max_tokens = 30,
            seed = 1,
        };
        var whole = await server.AskAsync(path, request);
        var streamed = await server.StreamAsync(
            path,
            SharedServer.With(request, """{"stream_options": {"include_usage": true}}""")
        );
        var last = streamed.Chunks[^1];
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        Assert.Equal(whole.GetProperty("usage").GetRawText(), last.GetProperty("usage").GetRawText());
        Assert.All(streamed.Chunks.SkipLast(1), chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
    }

    [Fact]
    public async Task Seed_IsToldInAStreamToo()
    {
        var streamed = await server.StreamAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = "the ",
                max_tokens = 40,
            }
        );
        long seed = streamed.Chunks[^1].GetProperty("seed").GetInt64();
        Assert.Equal(Library.Text(server.Prose, "the ", 40, new() { Seed = (ulong)seed }), streamed.TextOf(0));
    }

    [Fact]
    public async Task Chat_OpensEachChoiceWithItsRole_AndIsTheWholeAnswer()
    {
        var request = new
        {
            model = "prose",
            messages = new[] { new { role = "user", content = "the " } },
            n = 3,
            max_completion_tokens = 50,
            seed = 4,
            logprobs = true,
            top_logprobs = 2,
        };
        var whole = await server.AskAsync("/v1/chat/completions", request);
        var streamed = await server.StreamAsync("/v1/chat/completions", request);
        Assert.All(
            streamed.Chunks,
            chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString())
        );
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var parts = streamed.PartsOf(choice.GetProperty("index").GetInt32());
            var opening = parts[0].GetProperty("delta");
            Assert.Equal("assistant", opening.GetProperty("role").GetString());
            Assert.Equal("", opening.GetProperty("content").GetString());
            Assert.All(parts.Skip(1), part => Assert.False(part.GetProperty("delta").TryGetProperty("role", out _)));
            Assert.Equal(
                choice.GetProperty("message").GetProperty("content").GetString(),
                string.Concat(
                    parts.SkipLast(1).Select(part => part.GetProperty("delta").GetProperty("content").GetString())
                )
            );
            Assert.Equal(
                choice
                    .GetProperty("logprobs")
                    .GetProperty("content")
                    .EnumerateArray()
                    .Select(each => each.GetRawText()),
                parts
                    .Select(part => part.GetProperty("logprobs"))
                    .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
                    .SelectMany(logprobs => logprobs.GetProperty("content").EnumerateArray())
                    .Select(each => each.GetRawText())
            );
            Assert.Equal("length", streamed.FinishReasonOf(choice.GetProperty("index").GetInt32()));
            Assert.Equal("{}", parts[^1].GetProperty("delta").GetRawText());
        }
    }
}
