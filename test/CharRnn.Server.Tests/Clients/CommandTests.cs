using System.Text.Json;
using CharRnn.Tests;

namespace CharRnn.Server.Tests.Clients;

/// <summary>The server and the command say the same.</summary>
public sealed class CommandTests(SharedServer server)
{
    private const int Digits = 6;

    [Fact]
    public async Task Sample_WritesTheTextsOfCompletions()
    {
        string output = await OtherProgram.CommandAsync([
            .. new[] { "sample", server.ProseFile, "-p", "the dragon ", "-n", "80", "--num-samples", "3" },
            .. new[] { "--temperature", "0.8", "--top-p", "0.9", "--presence-penalty", "0.3" },
            .. new[] { "--seed", "17", "--stop", "gold", "--json" },
        ]);
        var answer = await server.AskAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = "the dragon ",
                max_tokens = 80,
                n = 3,
                seed = 17,
                temperature = 0.8,
                top_p = 0.9,
                presence_penalty = 0.3,
                stop = "gold",
            }
        );
        Assert.Equal(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Field(line, "text").GetString()),
            answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString())
        );
    }

    [Fact]
    public async Task Eval_ScoresAsScoreAndEchoDo()
    {
        const string text = "the dragon slept under the hill.\nżółw came by night";
        using var folder = new TemporaryFolder();
        string file = folder.File("tale.txt");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        string output = await OtherProgram.CommandAsync(["eval", server.ProseFile, file, "--json"]);
        int chars = Field(output, "chars").GetInt32();
        double nats = Field(output, "nats_per_char").GetDouble();

        var score = (await server.AskAsync("/v1/score", new { model = "prose", input = text })).GetProperty("data")[0];
        Assert.Equal(chars, score.GetProperty("chars").GetInt32());
        Assert.Equal(nats, score.GetProperty("nats_per_char").GetDouble(), Digits);

        var echoed = await server.AskAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = text,
                echo = true,
                max_tokens = 0,
                logprobs = 0,
            }
        );
        double?[] logprobs = echoed
            .GetProperty("choices")[0]
            .GetProperty("logprobs")
            .GetProperty("token_logprobs")
            .Deserialize<double?[]>()!;
        Assert.Equal(-nats * chars, logprobs.Sum()!.Value, Digits);
    }

    [Fact]
    public async Task Eval_ScoresRecordsWithTheirEnds()
    {
        string[] names = ["Anna", "Bo", "Papadopoulos"];
        using var folder = new TemporaryFolder();
        string records = Directory.CreateDirectory(folder.File("records")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(records, "Greek.txt"), names, TestContext.Current.CancellationToken);
        string output = await OtherProgram.CommandAsync(["eval", server.NamesFile, records, "--json"]);
        var answer = await server.AskAsync(
            "/v1/score",
            new
            {
                model = "names",
                input = names,
                label = "Greek",
            }
        );
        var scores = answer.GetProperty("data").EnumerateArray();
        int chars = scores.Sum(score => score.GetProperty("chars").GetInt32());
        Assert.Equal(Field(output, "chars").GetInt32(), chars);
        Assert.Equal(
            Field(output, "bits_per_char").GetDouble(),
            scores.Sum(score => score.GetProperty("bits").GetDouble()) / chars,
            Digits
        );
    }

    private static JsonElement Field(string line, string name) => JsonElement.Parse(line).GetProperty(name);
}
