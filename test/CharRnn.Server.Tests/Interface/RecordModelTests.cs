using System.Net;
using CharRnn.Tests;

namespace CharRnn.Server.Tests.Interface;

/// <summary>A model of records with labels.</summary>
public sealed class RecordModelTests(SharedServer server)
{
    private const string Path = "/v1/completions";

    [Theory]
    [InlineData("Russian")]
    [InlineData("Russian=0.7,Greek=0.3")]
    public async Task Record_IsTheLibrarysUnderItsLabel_AndEndsByItself(string label)
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "names",
                prompt = "A",
                label,
                n = 5,
                seed = 8,
                max_tokens = 200,
            }
        );
        int written = 0;
        for (int i = 0; i < 5; i++)
        {
            string expected = Library.Text(server.Names, "A", 200, new() { Seed = 8 }, (ulong)i, label);
            var choice = answer.GetProperty("choices")[i];
            Assert.Equal(expected, choice.GetProperty("text").GetString());
            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            written += expected.Length;
        }
        Assert.Equal(written, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData(Path, "{}")]
    [InlineData(Path, """{"label": "Klingon"}""")]
    [InlineData(Path, """{"label": "Russian=-1,Greek"}""")]
    [InlineData(Path, """{"label": "Russian=0.5,Russian=0.5"}""")]
    [InlineData("/v1/chat/completions", """{"messages": [{"content": "A"}]}""")]
    [InlineData("/v1/score", """{"input": "Anna"}""")]
    public async Task Label_ThatIsMissingOrUnknownIsRefusedByItsName(string path, string fields)
    {
        var error = await server.ErrorAsync(
            path,
            SharedServer.With(new { model = "names" }, fields),
            HttpStatusCode.BadRequest
        );
        Assert.Equal("label", error.GetProperty("param").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Label_OfAModelWithoutIsRefused()
    {
        var error = await server.ErrorAsync(Path, new { model = "prose", label = "Greek" }, HttpStatusCode.BadRequest);
        Assert.Equal("label", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Echo_HasNullFirst_ThoughARecordsFirstCharacterIsPredicted()
    {
        var answer = await server.AskAsync(
            Path,
            new
            {
                model = "names",
                prompt = new[] { "Anna", "Bo" },
                label = "Greek",
                echo = true,
                logprobs = 1,
                max_tokens = 0,
            }
        );
        string[] texts = ["Anna", "Bo"];
        for (int i = 0; i < texts.Length; i++)
        {
            var logprobs = answer.GetProperty("choices")[i].GetProperty("logprobs");
            Assert.Equal(
                texts[i],
                string.Concat(logprobs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()))
            );
            Assert.Equal(System.Text.Json.JsonValueKind.Null, logprobs.GetProperty("token_logprobs")[0].ValueKind);
        }
    }

    [Fact]
    public async Task Stream_EndsWithStopAtTheRecordsEnd()
    {
        var streamed = await server.StreamAsync(
            Path,
            new
            {
                model = "names",
                prompt = "A",
                label = "Greek",
                seed = 8,
                max_tokens = 200,
            }
        );
        Assert.Equal(Library.Text(server.Names, "A", 200, new() { Seed = 8 }, 0, "Greek"), streamed.TextOf(0));
        Assert.Equal("stop", streamed.FinishReasonOf(0));
    }

    [Fact]
    public async Task ModelThatIsGivenTheStartsOfRecords_NeedsAPrompt_AndDoesNotScoreThem()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("starts.safetensors");
        TrainWithGivenStarts(path);
        await using var another = await RunningServer.StartAsync($"--CharRnn:Models:0={path}");
        foreach (
            var (asked, field) in ((string, string)[])[("completions", "prompt"), ("chat/completions", "messages")]
        )
        {
            var answer = await another.AnswerAsync(
                $"/v1/{asked}",
                new { label = "Greek", messages = new[] { new { content = "" } } }
            );
            Assert.Equal(field, answer.GetProperty("error").GetProperty("param").GetString());
        }
        var scored = await another.AnswerAsync("/v1/score", new { label = "Greek", input = "Anna" });
        var score = scored.GetProperty("data")[0];
        Assert.Equal(4, score.GetProperty("chars").GetInt32());
        Assert.Equal(5, score.GetProperty("char_bits").GetArrayLength());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, score.GetProperty("char_bits")[0].ValueKind);
    }

    private static void TrainWithGivenStarts(string path)
    {
        var settings = new TrainingSettings
        {
            HiddenSize = 16,
            NumLayers = 1,
            SeqLength = 16,
            BatchSize = 4,
            MaxSteps = 5,
            SampleEvery = Cadence.Never,
            ConditionOnFirstSymbol = true,
        };
        using var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), settings);
        using var trainer = Trainer.Start(corpus, settings);
        trainer.Run();
        trainer.Model.Save(path);
    }
}
