using System.Net.Http.Json;
using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>Models that are served with compact weights.</summary>
public sealed class WeightsTests(SharedServer shared)
{
    [Theory]
    [InlineData("bf16", WeightFormat.BF16)]
    [InlineData("int8", WeightFormat.Int8)]
    public async Task Models_SayTheFormat_AndAreReadWithIt(string word, WeightFormat format)
    {
        await using var server = await RunningServer.StartAsync(
            $"--CharRnn:Models:0={shared.ProseFile}",
            $"--CharRnn:Models:1={shared.NamesFile}",
            $"--CharRnn:Weights={format}"
        );
        const string Text = "the dragon slept";

        var listed = await server.Client.GetFromJsonAsync<JsonElement>(
            "/v1/models",
            TestContext.Current.CancellationToken
        );
        var scored = await server.AnswerAsync("/v1/score", new { model = "prose", input = Text });
        var written = await server.AnswerAsync(
            "/v1/completions",
            new
            {
                model = "prose",
                prompt = Text,
                max_tokens = 20,
                n = 3,
            }
        );

        Assert.All(
            listed.GetProperty("data").EnumerateArray(),
            model => Assert.Equal(word, model.GetProperty("weights").GetString())
        );
        using var model = LanguageModel.Load(shared.ProseFile, format);
        Assert.Equal(
            Library.Score(model, Text).NatsPerChar,
            scored.GetProperty("data")[0].GetProperty("nats_per_char").GetDouble(),
            1e-6
        );
        Assert.Equal(3, written.GetProperty("choices").GetArrayLength());
    }
}
