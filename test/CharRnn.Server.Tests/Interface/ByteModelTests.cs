using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>A model whose symbols are bytes: texts have whole characters, lists of log-probabilities have bytes.</summary>
public sealed class ByteModelTests(SharedServer server)
{
    private const string Path = "/v1/completions",
        Prompt = "żół";

    [Fact]
    public async Task Text_IsTheLibrarysAndHasWholeCharacters_AlsoInAStream()
    {
        string[] expected = [.. Enumerable.Range(0, 4).Select(text => Written(400, (ulong)text))];
        var request = new
        {
            model = "bytes",
            prompt = Prompt,
            max_tokens = 400,
            seed = 2,
            n = 4,
        };
        var answer = await server.AskAsync(Path, request);
        var streamed = await server.StreamAsync(Path, request);
        Assert.Contains(expected, text => text.Any(character => character > '\x7f'));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], answer.GetProperty("choices")[i].GetProperty("text").GetString());
            Assert.Equal(expected[i], streamed.TextOf(i));
        }
    }

    [Fact]
    public async Task Tokens_AreCharactersOfOneByte_AndBytesOfOthersInOpenAIsNotation()
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "bytes",
                prompt = "a ż.",
                max_tokens = 0,
                echo = true,
                logprobs = 0,
            }
        );
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("a ż.", choice.GetProperty("text").GetString());
        var logprobs = choice.GetProperty("logprobs");
        Assert.Equal(
            ["a", " ", @"bytes:\xc5", @"bytes:\xbc", "."],
            logprobs.GetProperty("tokens").Deserialize<string[]>()!
        );
        // Both bytes are of the character at 2.
        Assert.Equal([0, 1, 2, 2, 3], logprobs.GetProperty("text_offset").Deserialize<int[]>()!);
        Assert.Equal(5, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_WithLogprobsGivesEachByteOnce()
    {
        var request = new
        {
            model = "bytes",
            prompt = Prompt,
            max_tokens = 100,
            seed = 2,
            echo = true,
            logprobs = 1,
        };
        var answer = await server.AskAsync(Path, request);
        var streamed = await server.StreamAsync(Path, request);
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(choice.GetProperty("text").GetString(), streamed.TextOf(0));
        foreach (var list in choice.GetProperty("logprobs").EnumerateObject())
            Assert.Equal(
                list.Value.EnumerateArray().Select(each => each.GetRawText()),
                streamed.LogprobsOf(0, list.Name)
            );
    }

    [Fact]
    public async Task Stop_MayBeACharacterOfSeveralBytes()
    {
        string whole = Written(400, 0);
        int place = whole.IndexOfAny(['ż', 'ó', 'ł']);
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "bytes",
                prompt = Prompt,
                max_tokens = 400,
                seed = 2,
                stop = whole[place].ToString(),
            }
        );
        Assert.Equal(whole[..place], answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Chat_GivesTheBytesOfEachSymbol()
    {
        var answer = await server.AskAsync(
            "/v1/chat/completions",
            new
            {
                model = "bytes",
                messages = new[] { new { role = "user", content = Prompt } },
                max_tokens = 200,
                seed = 2,
                logprobs = true,
            }
        );
        var choice = answer.GetProperty("choices")[0];
        byte[] bytes =
        [
            .. choice
                .GetProperty("logprobs")
                .GetProperty("content")
                .EnumerateArray()
                .SelectMany(token => token.GetProperty("bytes").Deserialize<int[]>()!.Select(each => (byte)each)),
        ];
        Assert.Equal(
            choice.GetProperty("message").GetProperty("content").GetString(),
            System.Text.Encoding.UTF8.GetString(bytes)
        );
    }

    private string Written(int length, ulong stream) =>
        Library.Text(server.Bytes, Prompt, length, new() { Seed = 2 }, stream);
}
