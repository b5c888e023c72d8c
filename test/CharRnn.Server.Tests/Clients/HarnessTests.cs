using System.Text.Json;

namespace CharRnn.Server.Tests.Clients;

/// <summary>
/// The requests of EleutherAI's lm-evaluation-harness (its model <c>local-completions</c>), and what it makes of the
/// answers.
/// </summary>
public sealed class HarnessTests(SharedServer server)
{
    private const string Path = "/v1/completions";
    private const int Digits = 6;

    private static readonly (string Context, string Continuation)[] Pairs =
    [
        ("the dragon slept under the ", "hill and gold"),
        ("żółw ", "came by"),
        ("the", " "),
        ("gold shone by night", "the.the"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Loglikelihood_OfContinuationsIsTheEvaluators(int maxTokens)
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                prompt = Pairs.Select(pair => pair.Context + pair.Continuation),
                temperature = 0,
                max_tokens = maxTokens,
                logprobs = 1,
                seed = 1234,
                echo = true,
            }
        );
        var choices = answer
            .GetProperty("choices")
            .EnumerateArray()
            .OrderBy(choice => choice.GetProperty("index").GetInt32());
        Assert.All(
            choices.Zip(Pairs),
            each => AssertIsTheEvaluators(each.First.GetProperty("logprobs"), each.Second, written: maxTokens)
        );
    }

    [Fact]
    public async Task Loglikelihood_KnowsWhatTheModelItselfWouldWrite()
    {
        string greedy = Library.Text(server.Prose, "the dragon ", 20, new() { Temperature = 0 });
        (string, string) likeliest = ("the dragon ", greedy),
            another = ("the dragon ", greedy[..^1] + (greedy[^1] == 'g' ? 'h' : 'g'));
        Assert.True(await IsGreedyAsync(likeliest));
        Assert.False(await IsGreedyAsync(another));

        async Task<bool> IsGreedyAsync((string Context, string Continuation) pair)
        {
            var answer = await server.AskAsync(
                Path,
                new
                {
                    model = "prose",
                    prompt = pair.Context + pair.Continuation,
                    temperature = 0,
                    max_tokens = 1,
                    logprobs = 1,
                    echo = true,
                }
            );
            var logprobs = answer.GetProperty("choices")[0].GetProperty("logprobs");
            return Read(logprobs, pair.Context.Length, written: 1).IsGreedy;
        }
    }

    [Fact]
    public async Task GenerateUntil_IsTheLikeliestTextBeforeAStop()
    {
        const string prompt = "the dragon ";
        string whole = Library.Text(server.Prose, prompt, 256, new() { Temperature = 0 });
        string[] until = [whole.Substring(12, 3), "\n\n", "zzz"];
        var answer = await server.AskAsync(
            Path,
            new
            {
                prompt = new[] { prompt },
                model = "prose",
                max_tokens = 256,
                temperature = 0,
                stop = until,
                seed = 1234,
            }
        );
        Assert.Equal(
            whole[..whole.IndexOf(until[0], StringComparison.Ordinal)],
            answer.GetProperty("choices")[0].GetProperty("text").GetString()
        );
    }

    [Fact]
    public async Task GenerateUntil_OfChatsIsTheSame()
    {
        const string prompt = "the dragon ";
        string whole = Library.Text(server.Prose, prompt, 256, new() { Temperature = 0 });
        var answer = await server.AskAsync(
            "/v1/chat/completions",
            new
            {
                messages = new[]
                {
                    new
                    {
                        role = "user",
                        content = prompt,
                        type = "text",
                    },
                },
                model = "prose",
                max_tokens = 256,
                temperature = 0,
                stop = new[] { whole.Substring(12, 3), "Question:", "</s>", "<|im_end|>" },
                seed = 1234,
            }
        );
        Assert.Equal(
            whole[..whole.IndexOf(whole.Substring(12, 3), StringComparison.Ordinal)],
            answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()
        );
    }

    private void AssertIsTheEvaluators(JsonElement logprobs, (string Context, string Continuation) pair, int written)
    {
        var (logLikelihood, isGreedy) = Read(logprobs, pair.Context.Length, written);
        double expected = Library
            .Nats(server.Prose, pair.Context + pair.Continuation)
            .Skip(pair.Context.Length - 1)
            .Sum(nats => -nats);
        Assert.Equal(expected, logLikelihood, Digits);
        string own = Library.Text(server.Prose, pair.Context, pair.Continuation.Length, new() { Temperature = 0 });
        Assert.Equal(own == pair.Continuation, isGreedy);
    }

    /// <summary>As the harness reads it: from the context's end to what was written, the likeliest if none is larger.</summary>
    private static (double LogLikelihood, bool IsGreedy) Read(JsonElement logprobs, int context, int written)
    {
        double?[] numbers = logprobs.GetProperty("token_logprobs").Deserialize<double?[]>()![context..^written];
        var likeliest = logprobs.GetProperty("top_logprobs").Deserialize<Dictionary<string, double>?[]>()![
            context..^written
        ];
        bool isGreedy = numbers.Zip(likeliest).All(each => each.First == each.Second!.Values.Max());
        return (numbers.Sum()!.Value, isGreedy);
    }
}
