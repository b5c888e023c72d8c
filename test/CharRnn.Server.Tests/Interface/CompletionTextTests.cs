using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary><c>/v1/completions</c>: the text is the library's.</summary>
public sealed class CompletionTextTests(SharedServer server)
{
    private const string Path = "/v1/completions";
    private const int Length = 60;

    private static readonly Dictionary<string, (string Fields, SamplingOptions Options)> Drawings = new()
    {
        ["nothing"] = ("{}", new()),
        ["temperature 0"] = ("""{"temperature": 0}""", new() { Temperature = 0 }),
        ["temperature 1.7"] = ("""{"temperature": 1.7}""", new() { Temperature = 1.7 }),
        ["top_p"] = ("""{"top_p": 0.6}""", new() { TopP = 0.6 }),
        ["top_k"] = ("""{"top_k": 3}""", new() { TopK = 3 }),
        ["top_k 0"] = ("""{"top_k": 0}""", new()),
        ["min_p"] = ("""{"min_p": 0.1}""", new() { MinP = 0.1 }),
        ["presence"] = ("""{"presence_penalty": 1.5}""", new() { PresencePenalty = 1.5 }),
        ["frequency"] = ("""{"frequency_penalty": -0.5}""", new() { FrequencyPenalty = -0.5 }),
        ["repetition"] = ("""{"repetition_penalty": 1.3}""", new() { RepetitionPenalty = 1.3 }),
        ["bias"] = ("""{"logit_bias": {"3": 2.5, "4": -1}}""", new() { LogitBias = Bias((3, 2.5), (4, -1)) }),
        ["all of them"] = (
            """{"temperature": 0.8, "top_p": 0.9, "top_k": 8, "min_p": 0.01, "presence_penalty": 0.2}""",
            new()
            {
                Temperature = 0.8,
                TopP = 0.9,
                TopK = 8,
                MinP = 0.01,
                PresencePenalty = 0.2,
            }
        ),
        ["fields that are null"] = (
            """{"temperature": null, "top_p": null, "stop": null, "n": null, "logit_bias": null, "user": null}""",
            new()
        ),
    };

    public static TheoryData<string> DrawingNames => [.. Drawings.Keys];

    [Theory]
    [MemberData(nameof(DrawingNames))]
    public async Task Text_IsTheLibrarysForTheSameSeedAndOptions(string name)
    {
        var (fields, options) = Drawings[name];
        var request = new
        {
            model = "prose",
            prompt = "the żółw ",
            max_tokens = Length,
            seed = 11,
        };
        var answer = await server.AskAsync(Path, SharedServer.With(request, fields));
        Assert.Equal(
            Library.Text(server.Prose, "the żółw ", Length, options with { Seed = 11 }),
            Choices(answer).Single().Text
        );
    }

    [Fact]
    public async Task PromptsTimesN_AreEachTheTextThatTheyAreAlone_InTheOrderOfPrompts()
    {
        string[] prompts = ["the ", "żółw came by", "", "a"];
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                prompt = prompts,
                n = 3,
                max_tokens = Length,
                seed = 5,
            }
        );
        string[] expected =
        [
            .. prompts.SelectMany(prompt =>
                Enumerable
                    .Range(0, 3)
                    .Select(text => Library.Text(server.Prose, prompt, Length, new() { Seed = 5 }, (ulong)text))
            ),
        ];
        var choices = Choices(answer);
        Assert.Equal(Enumerable.Range(0, expected.Length), choices.Select(choice => choice.Index));
        Assert.Equal(expected, choices.Select(choice => choice.Text));
        Assert.All(choices, choice => Assert.Equal("length", choice.FinishReason));
        var usage = answer.GetProperty("usage");
        int read = prompts.Sum(prompt => prompt.Length),
            written = expected.Length * Length;
        Assert.Equal(read, usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(written, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(read + written, usage.GetProperty("total_tokens").GetInt32());
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public async Task Seed_OfAnySizeIsTaken(long seed)
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                prompt = "the ",
                seed,
            }
        );
        Assert.Equal(
            Library.Text(server.Prose, "the ", 16, new() { Seed = unchecked((ulong)seed) }),
            Choices(answer)[0].Text
        );
        Assert.Equal(seed, answer.GetProperty("seed").GetInt64());
    }

    [Fact]
    public async Task Seed_ThatIsNotGivenVaries_AndIsToldSoThatTheTextCanBeHadAgain()
    {
        var request = new
        {
            model = "prose",
            prompt = "the ",
            max_tokens = Length,
        };
        var first = await server.AskAsync(Path, request);
        var second = await server.AskAsync(Path, request);
        Assert.NotEqual(Choices(first)[0].Text, Choices(second)[0].Text);
        var again = await server.AskAsync(
            Path,
            SharedServer.With(request, $$"""{"seed": {{first.GetProperty("seed").GetInt64()}}}""")
        );
        Assert.Equal(Choices(first)[0].Text, Choices(again)[0].Text);
    }

    [Fact]
    public async Task WithoutALength_SixteenCharactersComeAfterAnEmptyPrompt()
    {
        var answer = await server.AskAsync(Path, new { model = "prose", seed = 2 });
        Assert.Equal(Library.Text(server.Prose, "", 16, new() { Seed = 2 }), Choices(answer)[0].Text);
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.StartsWith("cmpl-", answer.GetProperty("id").GetString());
        Assert.Equal("prose", answer.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Echo_PutsThePromptBeforeEachText(int length)
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "prose",
                prompt = new[] { "the żółw ", "" },
                n = 2,
                echo = true,
                max_tokens = length,
                seed = 1,
            }
        );
        Assert.Equal(
            [Expected("the żółw ", 0), Expected("the żółw ", 1), Expected("", 0), Expected("", 1)],
            Choices(answer).Select(choice => choice.Text)
        );
        Assert.Equal(4 * length, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(9, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());

        string Expected(string prompt, ulong stream) =>
            prompt + (length == 0 ? "" : Library.Text(server.Prose, prompt, length, new() { Seed = 1 }, stream));
    }

    [Fact]
    public async Task Bias_ForbidsACharacterAndDemandsIt()
    {
        int space = server.Prose.Encode(" ")[0];
        string forbidden = await Biased(-100),
            demanded = await Biased(100);
        Assert.DoesNotContain(' ', forbidden);
        Assert.Equal(new string(' ', Length), demanded);

        async Task<string> Biased(double bias) =>
            Choices(
                await server.AskAsync(
                    Path,
                    new
                    {
                        model = "prose",
                        prompt = "the",
                        max_tokens = Length,
                        logit_bias = new Dictionary<string, double> { [$"{space}"] = bias },
                    }
                )
            )[0].Text;
    }

    private static Dictionary<int, double> Bias(params (int Id, double Bias)[] biases) =>
        biases.ToDictionary(each => each.Id, each => each.Bias);

    private static IReadOnlyList<(int Index, string Text, string FinishReason)> Choices(JsonElement answer) =>
        [
            .. answer
                .GetProperty("choices")
                .EnumerateArray()
                .Select(choice =>
                    (
                        choice.GetProperty("index").GetInt32(),
                        choice.GetProperty("text").GetString()!,
                        choice.GetProperty("finish_reason").GetString()!
                    )
                ),
        ];
}
