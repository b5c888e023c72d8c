using System.Net;
using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary><c>/v1/chat/completions</c>.</summary>
public sealed class ChatTests(SharedServer server)
{
    private const string Path = "/v1/chat/completions";

    private static readonly object[] Messages =
    [
        new { role = "system", content = "the dragon" },
        new { role = "user", content = "slept." },
    ];

    [Theory]
    [InlineData("""[{"role": "user", "content": "the dragon\nslept."}]""")]
    [InlineData("""[{"role": "system", "content": "the dragon"}, {"role": "assistant", "content": "slept."}]""")]
    [InlineData(
        """[{"role": "user", "content": [{"type": "text", "text": "the "}, {"type": "text", "text": "dragon\nslept."}]}]"""
    )]
    [InlineData("""[{"content": "the dragon", "name": "a"}, {"role": "developer", "content": "slept."}]""")]
    public async Task Messages_AreJoinedByLineEndsToAPrompt(string messages)
    {
        var answer = await server.AskAsync(
            Path,
            SharedServer.With(
                new
                {
                    model = "prose",
                    seed = 3,
                    max_completion_tokens = 40,
                },
                $$"""{"messages": {{messages}}}"""
            )
        );
        Assert.Equal(
            Library.Text(server.Prose, "the dragon\nslept.", 40, new() { Seed = 3 }),
            answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()
        );
        Assert.Equal(17, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(40, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Answer_HasTheShapeThatClientsRead()
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                messages = Messages,
                n = 3,
                seed = 3,
                max_tokens = 20,
            }
        );
        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString());
        Assert.InRange(answer.GetProperty("created").GetInt64(), 1_700_000_000, 10_000_000_000);
        Assert.Equal(3, answer.GetProperty("choices").GetArrayLength());
        for (int i = 0; i < 3; i++)
        {
            var choice = answer.GetProperty("choices")[i];
            Assert.Equal(i, choice.GetProperty("index").GetInt32());
            Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
            Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
            Assert.Equal(
                Library.Text(server.Prose, "the dragon\nslept.", 20, new() { Seed = 3 }, (ulong)i),
                choice.GetProperty("message").GetProperty("content").GetString()
            );
            Assert.False(choice.TryGetProperty("delta", out _));
        }
    }

    [Fact]
    public async Task Length_IsThatOfTheNewNameWhereBothAreGiven_And500WhereNone()
    {
        Assert.Equal(7, await LengthAsync("""{"max_completion_tokens": 7, "max_tokens": 9}"""));
        Assert.Equal(9, await LengthAsync("""{"max_tokens": 9}"""));
        Assert.Equal(500, await LengthAsync("{}"));

        async Task<int> LengthAsync(string fields)
        {
            var answer = await server.AskAsync(
                Path,
                SharedServer.With(new { model = "prose", messages = Messages }, fields)
            );
            return answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Logprobs_AreThoseOfCompletionsInTheShapeOfChats(int? top)
    {
        var chat = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                messages = Messages,
                seed = 3,
                max_tokens = 20,
                logprobs = true,
                top_logprobs = top,
            }
        );
        var completion = await server.AskAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = "the dragon\nslept.",
                seed = 3,
                max_tokens = 20,
                logprobs = top ?? 0,
            }
        );
        var content = chat.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content");
        var lists = completion.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.Equal(20, content.GetArrayLength());
        for (int i = 0; i < 20; i++)
        {
            string token = lists.GetProperty("tokens")[i].GetString()!;
            Assert.Equal(token, content[i].GetProperty("token").GetString());
            Assert.Equal(
                lists.GetProperty("token_logprobs")[i].GetDouble(),
                content[i].GetProperty("logprob").GetDouble()
            );
            Assert.Equal(
                System.Text.Encoding.UTF8.GetBytes(token).Select(each => (int)each),
                content[i].GetProperty("bytes").Deserialize<int[]>()!
            );
            var likeliest = content[i].GetProperty("top_logprobs");
            Assert.Equal(top ?? 0, likeliest.GetArrayLength());
            foreach (var each in likeliest.EnumerateArray())
                Assert.Equal(
                    lists
                        .GetProperty("top_logprobs")[i]
                        .GetProperty(each.GetProperty("token").GetString()!)
                        .GetDouble(),
                    each.GetProperty("logprob").GetDouble()
                );
        }
    }

    [Theory]
    [InlineData("tools", """[{"type": "function", "function": {"name": "f"}}]""")]
    [InlineData("tool_choice", "\"required\"")]
    [InlineData("functions", """[{"name": "f"}]""")]
    [InlineData("function_call", """{"name": "f"}""")]
    [InlineData("response_format", """{"type": "json_object"}""")]
    [InlineData("response_format", """{"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}""")]
    [InlineData("modalities", """["text", "audio"]""")]
    [InlineData("audio", """{"voice": "alloy", "format": "wav"}""")]
    [InlineData("prediction", """{"type": "content", "content": "a"}""")]
    [InlineData("web_search_options", "{}")]
    [InlineData("top_logprobs", "2")]
    [InlineData("messages", "[]")]
    [InlineData("messages", """[{"role": "user", "content": "the €"}]""")]
    [InlineData("messages", "null")]
    [InlineData("messages", """[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a"}}]}]""")]
    [InlineData("messages", """[{"role": "user", "content": 3}]""")]
    [InlineData("messages", """["the"]""")]
    [InlineData("messages", "\"the\"")]
    public async Task Fields_ThatWouldChangeTheAnswerAreRefusedByTheirName(string field, string value)
    {
        var error = await server.ErrorAsync(
            Path,
            SharedServer.With(new { model = "prose", messages = Messages }, $$"""{"{{field}}": {{value}}}"""),
            HttpStatusCode.BadRequest
        );
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains($"'{field}", error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("best_of", "3")]
    [InlineData("suffix", "\"the end\"")]
    public async Task Fields_ThatCompletionsDoNotHaveAreRefusedByTheirName(string field, string value)
    {
        var error = await server.ErrorAsync(
            "/v1/completions",
            SharedServer.With(new { model = "prose" }, $$"""{"{{field}}": {{value}}}"""),
            HttpStatusCode.BadRequest
        );
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Equal("unsupported", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Fields_ThatChangeNothingAreIgnored()
    {
        var request = new
        {
            model = "prose",
            messages = Messages,
            seed = 3,
            max_tokens = 20,
        };
        var plain = await server.AskAsync(Path, request);
        var decorated = await server.AskAsync(
            Path,
            SharedServer.With(
                request,
                """
                {
                  "user": "someone", "store": true, "metadata": {"a": "b"}, "service_tier": "auto",
                  "parallel_tool_calls": true, "tools": [], "tool_choice": "none", "response_format": {"type": "text"},
                  "modalities": ["text"], "reasoning_effort": "low", "safety_identifier": "x", "no_such_field": [1]
                }
                """
            )
        );
        Assert.Equal(plain.GetProperty("choices").GetRawText(), decorated.GetProperty("choices").GetRawText());
    }
}
