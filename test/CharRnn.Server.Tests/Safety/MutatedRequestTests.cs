using System.Text;
using CharRnn.Server.Generating;
using CharRnn.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server.Tests.Safety;

/// <summary>
/// Sound requests with something wrong in them, drawn from seeds: no failure of the server's, and no hang.
/// </summary>
public sealed class MutatedRequestTests(DrawnModels models)
{
    private const int Whole = 10_000,
        SideBySide = 16,
        MaxMutations = 4;

    // What is cut short gets no answer before its sender says that nothing more comes.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private static readonly (string Path, string Body)[] Sound =
    [
        (
            "/v1/completions",
            """{"model":"plain","prompt":"once","max_tokens":5,"temperature":0.7,"top_p":0.9,"top_k":5,"min_p":0.01,"n":2,"stop":["ab","."],"seed":7,"logprobs":2,"echo":true,"logit_bias":{"3":-2.5,"7":1}}"""
        ),
        (
            "/v1/completions",
            """{"model":"labeled","prompt":["a","be"],"max_tokens":9,"label":"one=0.7,two=0.3","stream":true,"stream_options":{"include_usage":true},"presence_penalty":0.5,"frequency_penalty":-0.5,"repetition_penalty":1.2}"""
        ),
        (
            "/v1/chat/completions",
            """{"model":"plain","messages":[{"role":"user","content":"tell"},{"role":"system","content":[{"type":"text","text":"me"}]}],"max_completion_tokens":6,"stream":true,"logprobs":true,"top_logprobs":3}"""
        ),
        (
            "/v1/chat/completions",
            """{"model":"plain","messages":[{"content":"a"}],"max_tokens":3,"stop":"x","tools":[],"response_format":{"type":"text"},"user":"me"}"""
        ),
        ("/v1/score", """{"model":"labeled","input":["once upon","a time"],"label":"two"}"""),
        ("/v1/classify", """{"model":"kinds","input":["this","that"],"top":1}"""),
        ("/v1/embeddings", """{"model":"plain","input":["this","that"],"encoding_format":"base64"}"""),
    ];

    private static readonly string[] Extremes =
    [
        "0",
        "-0",
        "-1",
        "1e308",
        "-1e308",
        "1e-320",
        "1e999",
        "2147483647",
        "-2147483648",
        "9223372036854775808",
        "0.1",
        "NaN",
        "null",
        "true",
        "\"\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "[]",
        "{}",
        "[[[[[[[[1]]]]]]]]",
        "{\"a\":{\"a\":{}}}",
    ];

    [Fact]
    public async Task NoMutatedRequest_FailsInsideTheServer_OrHangs_AndItServesOn()
    {
        await using var server = await RunningServer.StartAsync(
            models.Settings(
                "--CharRnn:MaxTokens=300",
                "--CharRnn:HeadersTimeout=00:00:05",
                "--Logging:LogLevel:CharRnn.Server=None"
            )
        );
        await Parallel.ForEachAsync(
            Enumerable.Range(0, LongTests.Times(Whole)),
            new ParallelOptions
            {
                MaxDegreeOfParallelism = SideBySide,
                CancellationToken = TestContext.Current.CancellationToken,
            },
            async (seed, _) => await AssertIsAnsweredAsync(server.Address, seed)
        );
        var scheduler = server.Services.GetRequiredService<GenerationScheduler>();
        await Eventually.HoldsAsync(() => scheduler.Active == 0, "every place is free");
        foreach (var (path, body) in Sound)
        {
            string answer = await RawConnection.AnswerAsync(server.Address, RawConnection.Post(path, body));
            Assert.True(answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), answer);
        }
    }

    private static async Task AssertIsAnsweredAsync(Uri address, int seed)
    {
        byte[] request = Mutated(new Random(seed));
        using var connection = await RawConnection.OpenAsync(address);
        string answer;
        try
        {
            await connection.SayAsync(request);
            answer = await connection.ReadPastSilenceAsync(Silence);
        }
        catch (System.Net.Sockets.SocketException)
        {
            return; // The server has hung up before all was said.
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"seed {seed}: no answer to {Encoding.Latin1.GetString(request)}");
        }
        bool isSound =
            answer.Length == 0
            || !answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal)
            || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal);
        Assert.True(isSound, $"seed {seed}: {answer}\nto {Encoding.Latin1.GetString(request)}");
        Assert.DoesNotContain("inside the server", answer);
        Refusal.AssertTellsNothingOfTheMachine(answer);
    }

    private static byte[] Mutated(Random random)
    {
        var (path, body) = Sound[random.Next(Sound.Length)];
        int count = random.Next(1, MaxMutations + 1);
        if (random.Next(3) > 0)
        {
            for (int i = 0; i < count; i++)
                body = MutatedBody(body, random);
            return Encoding.UTF8.GetBytes(RawConnection.Post(path, body));
        }
        byte[] request = Encoding.UTF8.GetBytes(RawConnection.Post(path, body));
        for (int i = 0; i < count; i++)
            request = MutatedBytes(request, random);
        return request;
    }

    private static byte[] MutatedBytes(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length),
            until = Math.Min(bytes.Length, at + random.Next(1, 9));
        switch (random.Next(4))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return [.. bytes[..at], .. bytes[until..]];
            default:
                return [.. bytes[..until], .. bytes[at..]];
        }
    }

    /// <summary>
    /// A body with a field doubled, left out or of another kind, a number beyond all, or a character gone.
    /// </summary>
    private static string MutatedBody(string body, Random random)
    {
        string[] fields = body.Split(',');
        int field = random.Next(fields.Length);
        switch (random.Next(5))
        {
            case 0:
                return string.Join(',', (string[])[.. fields[..field], .. fields[(field + 1)..]]);
            case 1:
                return string.Join(',', (string[])[.. fields[..field], fields[field], .. fields[field..]]);
            case 2 or 3:
                int colon = fields[field].LastIndexOf(':');
                fields[field] = fields[field][..(colon + 1)] + Extremes[random.Next(Extremes.Length)];
                return string.Join(',', fields) + (field == fields.Length - 1 ? "}" : "");
            default:
                int at = random.Next(body.Length + 1);
                return body.Insert(at, Extremes[random.Next(Extremes.Length)]);
        }
    }
}
