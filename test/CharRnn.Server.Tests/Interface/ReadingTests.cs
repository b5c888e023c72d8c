using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>What is read and not written: <c>/v1/score</c>, <c>/v1/classify</c>, <c>/v1/models</c>.</summary>
public sealed class ReadingTests(SharedServer server)
{
    private const int Digits = 6;

    [Theory]
    [InlineData("prose")]
    [InlineData("bytes")]
    public async Task Score_IsTheEvaluators(string id)
    {
        var model = id == "prose" ? server.Prose : server.Bytes;
        string[] texts = ["the dragon slept under the hill.\nżółw", "by night", "a"];
        var answer = await server.AskAsync("/v1/score", new { model = id, input = texts });
        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.Equal(id, answer.GetProperty("model").GetString());
        for (int i = 0; i < 2; i++)
        {
            var expected = Library.Score(model, texts[i]);
            var nats = Library.Nats(model, texts[i]);
            var score = answer.GetProperty("data")[i];
            Assert.Equal(i, score.GetProperty("index").GetInt32());
            Assert.Equal(expected.Characters, score.GetProperty("chars").GetInt64());
            Assert.Equal(expected.TotalNats / Math.Log(2), score.GetProperty("bits").GetDouble(), Digits);
            Assert.Equal(expected.BitsPerChar, score.GetProperty("bits_per_char").GetDouble(), Digits);
            Assert.Equal(expected.NatsPerChar, score.GetProperty("nats_per_char").GetDouble(), Digits);
            Assert.Equal(expected.Perplexity, score.GetProperty("perplexity").GetDouble(), Digits);
            var bits = score.GetProperty("char_bits");
            Assert.Equal(score.GetProperty("characters").GetArrayLength(), bits.GetArrayLength());
            Assert.Equal(JsonValueKind.Null, bits[0].ValueKind);
            Assert.All(nats, (each, place) => Assert.Equal(each / Math.Log(2), bits[place + 1].GetDouble(), Digits));
        }
        // Of one character none is predicted.
        var alone = answer.GetProperty("data")[2];
        Assert.Equal(0, alone.GetProperty("chars").GetInt32());
        Assert.Equal(JsonValueKind.Null, alone.GetProperty("bits_per_char").ValueKind);
        Assert.Equal("[null]", alone.GetProperty("char_bits").GetRawText());
        var usage = answer.GetProperty("usage");
        Assert.Equal(texts.Sum(text => model.Encode(text).Length), usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Score_OfARecordHasItsEnd()
    {
        var answer = await server.AskAsync(
            "/v1/score",
            new
            {
                model = "names",
                input = "Anna",
                label = "Greek",
            }
        );
        var score = answer.GetProperty("data")[0];
        Assert.Equal(5, score.GetProperty("chars").GetInt32());
        Assert.Equal(["A", "n", "n", "a", "<|boundary|>"], score.GetProperty("characters").Deserialize<string[]>()!);
        Assert.Equal(5, score.GetProperty("char_bits").GetArrayLength());
        Assert.All(score.GetProperty("char_bits").EnumerateArray(), bits => Assert.True(bits.GetDouble() > 0));
        Assert.Equal(4, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Classify_GivesTheClassifiersProbabilities()
    {
        string[] texts = ["Papadopoulos", "Kowalski", "Li"];
        float[][] expected = server.Classifier.Predict(texts);
        var answer = await server.AskAsync("/v1/classify", new { model = "languages", input = texts });
        var best = await server.AskAsync(
            "/v1/classify",
            new
            {
                model = "languages",
                input = texts,
                top = 2,
            }
        );
        for (int i = 0; i < texts.Length; i++)
        {
            var predictions = answer.GetProperty("data")[i].GetProperty("predictions");
            Assert.Equal(server.Classifier.Labels.Count, predictions.GetArrayLength());
            double[] given =
            [
                .. predictions.EnumerateArray().Select(each => each.GetProperty("probability").GetDouble()),
            ];
            Assert.Equal(given.OrderDescending(), given);
            Assert.Equal(1, given.Sum(), 5);
            foreach (var prediction in predictions.EnumerateArray())
            {
                int label = server.Classifier.Labels.ToList().IndexOf(prediction.GetProperty("label").GetString()!);
                Assert.Equal(expected[i][label], (float)prediction.GetProperty("probability").GetDouble());
            }
            Assert.Equal(
                predictions.EnumerateArray().Take(2).Select(each => each.GetRawText()),
                best.GetProperty("data")[i]
                    .GetProperty("predictions")
                    .EnumerateArray()
                    .Select(each => each.GetRawText())
            );
        }
    }

    [Fact]
    public async Task Models_AreListedAndShownWithTheirVocabulary()
    {
        var list = await GetAsync("/v1/models");
        Assert.Equal(
            ["prose", "bytes", "names", "languages", "tales"],
            list.GetProperty("data").EnumerateArray().Select(each => each.GetProperty("id").GetString())
        );
        Assert.All(
            list.GetProperty("data").EnumerateArray(),
            each =>
            {
                Assert.Equal("model", each.GetProperty("object").GetString());
                Assert.InRange(each.GetProperty("created").GetInt64(), 1_700_000_000, 10_000_000_000);
                Assert.Equal("charrnn", each.GetProperty("owned_by").GetString());
            }
        );
        var prose = await GetAsync("/v1/models/prose");
        var vocabulary = prose.GetProperty("vocabulary");
        Assert.Equal(server.Prose.Vocabulary.Count, vocabulary.GetArrayLength());
        Assert.All(
            vocabulary.EnumerateArray(),
            entry =>
                Assert.Equal(
                    [entry.GetProperty("id").GetInt32()],
                    server.Prose.Encode(entry.GetProperty("token").GetString()!)
                )
        );
        Assert.Equal("language-model", prose.GetProperty("kind").GetString());
        Assert.Equal("classifier", (await GetAsync("/v1/models/languages")).GetProperty("kind").GetString());
        var names = await GetAsync("/v1/models/names");
        Assert.Equal(server.Names.Labels, names.GetProperty("labels").Deserialize<string[]>()!);
    }

    [Theory]
    [InlineData("/v1/models/tellers/prose")]
    [InlineData("/v1/models/tellers%2Fprose")]
    public async Task Model_MayHaveASlashInItsName(string path)
    {
        await using var another = await RunningServer.StartAsync(
            $"--CharRnn:Models:0=tellers/prose={server.ProseFile}"
        );
        var model = await another.Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
        Assert.Equal("tellers/prose", model.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/v1/models/nothing", "model", "model_not_found")]
    [InlineData("/v1/nothing", null, null)]
    [InlineData("/nothing", null, null)]
    public async Task WhatIsNotThere_Is404InTheShapeOfOpenAIs(string path, string? param, string? code)
    {
        using var response = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var error = answer.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(each => each.Name));
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("/v1/completions", "languages")]
    [InlineData("/v1/chat/completions", "languages")]
    [InlineData("/v1/score", "languages")]
    [InlineData("/v1/classify", "prose")]
    public async Task ModelOfAnotherKind_IsRefusedByItsField(string path, string model)
    {
        var error = await server.ErrorAsync(
            path,
            new
            {
                model,
                input = "a",
                messages = new[] { new { content = "a" } },
            },
            HttpStatusCode.BadRequest
        );
        Assert.Equal("model", error.GetProperty("param").GetString());
    }

    private Task<JsonElement> GetAsync(string path) =>
        server.Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
}
