using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>Log-probabilities of <c>/v1/completions</c> are the evaluator's.</summary>
public sealed class LogprobTests(SharedServer server)
{
    private const string Path = "/v1/completions",
        Scored = "the dragon slept under the hill.\nżółw came by night";
    private const int Digits = 6;

    [Fact]
    public async Task Echo_ScoresATextAsTheEvaluatorDoes()
    {
        var logprobs = await LogprobsAsync(
            new
            {
                model = "prose",
                prompt = Scored,
                max_tokens = 0,
                echo = true,
                logprobs = 3,
            }
        );
        double?[] given = Numbers(logprobs);
        var expected = Library.Nats(server.Prose, Scored);
        Assert.Null(given[0]);
        Assert.Equal(expected.Count, given.Length - 1);
        Assert.All(expected, (nats, i) => Assert.Equal(-nats, given[i + 1]!.Value, Digits));
        Assert.Equal(-Library.Score(server.Prose, Scored).TotalNats, given.Sum()!.Value, Digits);
        Assert.Equal(Scored, string.Concat(Tokens(logprobs)));
    }

    [Fact]
    public async Task Lists_AreOfOneLength_AndBeginWithWhatIsNotPredicted()
    {
        var logprobs = await LogprobsAsync(
            new
            {
                model = "prose",
                prompt = "the ",
                max_tokens = 30,
                echo = true,
                logprobs = 4,
                seed = 1,
            }
        );
        string[] lists = ["tokens", "token_logprobs", "top_logprobs", "text_offset"];
        Assert.Equal(lists, logprobs.EnumerateObject().Select(each => each.Name));
        Assert.All(lists, list => Assert.Equal(34, logprobs.GetProperty(list).GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, logprobs.GetProperty("token_logprobs")[0].ValueKind);
        Assert.Equal(JsonValueKind.Null, logprobs.GetProperty("top_logprobs")[0].ValueKind);
        Assert.Equal(Enumerable.Range(0, 34), Offsets(logprobs));
    }

    [Fact]
    public async Task Likeliest_AreThere_AndWhatCame()
    {
        var logprobs = await LogprobsAsync(
            new
            {
                model = "prose",
                prompt = Scored,
                max_tokens = 0,
                echo = true,
                logprobs = 2,
            }
        );
        string[] tokens = Tokens(logprobs);
        double?[] numbers = Numbers(logprobs);
        int likely = 0,
            unlikely = 0;
        for (int i = 1; i < tokens.Length; i++)
        {
            var top = Top(logprobs, i);
            Assert.Equal(numbers[i]!.Value, top[tokens[i]]);
            double[] best = [.. top.Values.OrderDescending()];
            Assert.InRange(best.Length, 2, 3);
            likely += best.Length == 2 ? 1 : 0;
            unlikely += best.Length == 3 ? 1 : 0;
            // The third, where there is one, is what came.
            if (best.Length == 3)
                Assert.Equal(best[2], numbers[i]!.Value);
        }
        Assert.True(likely > 0 && unlikely > 0);
    }

    [Fact]
    public async Task Likeliest_AreTheModelsOwnWhateverTheTextIsDrawnWith()
    {
        var logprobs = await LogprobsAsync(
            new
            {
                model = "prose",
                prompt = "the dragon",
                max_tokens = 1,
                logprobs = 5,
                temperature = 0.2,
                top_k = 1,
                presence_penalty = 2,
                logit_bias = new Dictionary<string, double> { ["2"] = 50 },
            }
        );
        using var session = new WritingSession(server.Prose, server.Prose.Encode("the dragon"), new());
        var top = Top(logprobs, 0);
        Assert.All(
            session.Candidates(5),
            each => Assert.Equal(Math.Log(each.Probability), top[server.Prose.Vocabulary.Decode([each.Id])], 5)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrittenText_IsScoredAsIfItHadBeenRead(bool echo)
    {
        const string prompt = "the ";
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                prompt,
                max_tokens = 40,
                temperature = 0.5,
                repetition_penalty = 1.2,
                seed = 9,
                logprobs = 0,
                echo,
            }
        );
        var choice = answer.GetProperty("choices")[0];
        string text = (echo ? "" : prompt) + choice.GetProperty("text").GetString();
        var expected = Library.Nats(server.Prose, text).Select(nats => -nats).Skip(echo ? 0 : prompt.Length - 1);
        var given = Numbers(choice.GetProperty("logprobs")).Skip(echo ? 1 : 0);
        Assert.All(
            expected.Zip(given, (each, number) => (each, number)),
            pair => Assert.Equal(pair.each, pair.number!.Value, Digits)
        );
        Assert.Equal(expected.Count(), given.Count());
        // Of none of the likeliest, what came is left.
        Assert.All(Enumerable.Range(echo ? 1 : 0, 40), i => Assert.Single(Top(choice.GetProperty("logprobs"), i)));
    }

    [Fact]
    public async Task Offsets_CountUnicodeScalarValues()
    {
        var logprobs = await LogprobsAsync(
            new
            {
                model = "tales",
                prompt = "🐉🐉 s",
                max_tokens = 0,
                echo = true,
                logprobs = 0,
            }
        );
        Assert.Equal(["🐉", "🐉", " ", "s"], Tokens(logprobs));
        Assert.Equal([0, 1, 2, 3], Offsets(logprobs));
    }

    [Fact]
    public async Task EmptyPromptBesideAnother_LeavesNoCharacterOut()
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "tales",
                prompt = new[] { "", "A 🐉 slept" },
                max_tokens = 3,
                seed = 4,
                echo = true,
                logprobs = 1,
            }
        );
        foreach (var choice in answer.GetProperty("choices").EnumerateArray())
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(Tokens(choice.GetProperty("logprobs"))));
        Assert.StartsWith("A 🐉 slept", answer.GetProperty("choices")[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task WithoutLogprobs_TheyAreNull()
    {
        var answer = await server.AskAsync(Path, new { model = "prose", prompt = "the " });
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("choices")[0].GetProperty("logprobs").ValueKind);
    }

    private async Task<JsonElement> LogprobsAsync(object request) =>
        (await server.AskAsync(Path, request)).GetProperty("choices")[0].GetProperty("logprobs");

    private static string[] Tokens(JsonElement logprobs) =>
        [.. logprobs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];

    private static int[] Offsets(JsonElement logprobs) =>
        [.. logprobs.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32())];

    private static double?[] Numbers(JsonElement logprobs) =>
        [.. logprobs.GetProperty("token_logprobs").Deserialize<double?[]>()!];

    private static Dictionary<string, double> Top(JsonElement logprobs, int at) =>
        logprobs.GetProperty("top_logprobs")[at].Deserialize<Dictionary<string, double>>()!;
}
