using System.Net;
using System.Text.Json;

namespace CharRnn.Server.Tests.Interface;

/// <summary>Stop texts of <c>/v1/completions</c>.</summary>
public sealed class StopTests(SharedServer server)
{
    private const string Path = "/v1/completions",
        Prompt = "the ";
    private const int Length = 80;

    private string Whole => Library.Text(server.Prose, Prompt, Length, new() { Seed = 3 });

    [Theory]
    [InlineData(20, 3)]
    [InlineData(0, 1)]
    [InlineData(40, 12)]
    public async Task OneText_EndsBeforeIt(int start, int length)
    {
        string stop = Whole.Substring(start, length);
        await AssertEnds(stop, Whole[..Whole.IndexOf(stop, StringComparison.Ordinal)], "stop");
    }

    [Fact]
    public async Task SeveralTexts_EndBeforeWhicheverIsCompleteFirst()
    {
        string[] stops = [Whole.Substring(50, 6), Whole.Substring(30, 6), Whole.Substring(40, 6), "no such"];
        await AssertEnds(stops, Whole[..FirstStop(stops)], "stop");
    }

    [Fact]
    public async Task TextsThatOverlap_EndBeforeTheLongerWhereBothEndTogether()
    {
        string longer = Whole.Substring(30, 8);
        string[] stops = [longer[3..], longer];
        await AssertEnds(stops, Whole[..FirstStop(stops)], "stop");
        stops = [longer, longer[2..5]];
        await AssertEnds(stops, Whole[..FirstStop(stops)], "stop");
    }

    [Fact]
    public async Task TextThatHasBegunAtTheEnd_IsPartOfTheText()
    {
        string beginning = Whole[^2..];
        await AssertEnds(beginning + "zzzz", Whole, "length");
    }

    [Theory]
    [InlineData("\"€\"")]
    [InlineData("[\"\", \"the€\"]")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task TextThatCannotCome_EndsNothing(string stop) =>
        await AssertEnds(JsonElement.Parse(stop), Whole, "length");

    [Fact]
    public async Task MoreThanSixteen_AreRefused()
    {
        var error = await server.ErrorAsync(
            Path,
            new { model = "prose", stop = Enumerable.Range(0, 17).Select(i => $"{(char)('a' + i)}") },
            HttpStatusCode.BadRequest
        );
        Assert.Equal("stop", error.GetProperty("param").GetString());
    }

    /// <summary>Where the text is cut by the stop that is complete first, the longest of those.</summary>
    private int FirstStop(string[] stops)
    {
        for (int end = 1; end <= Whole.Length; end++)
        {
            if (stops.Where(Whole[..end].EndsWith).MaxBy(stop => stop.Length) is { } stop)
                return end - stop.Length;
        }
        return Whole.Length;
    }

    private async Task AssertEnds(object stop, string text, string reason)
    {
        var request = new
        {
            model = "prose",
            prompt = Prompt,
            max_tokens = Length,
            seed = 3,
            logprobs = 0,
            stop,
        };
        var answer = await server.AskAsync(Path, request);
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(text, choice.GetProperty("text").GetString());
        Assert.Equal(reason, choice.GetProperty("finish_reason").GetString());
        Assert.Equal(
            text,
            string.Concat(
                choice.GetProperty("logprobs").GetProperty("tokens").EnumerateArray().Select(token => token.GetString())
            )
        );
        Assert.Equal(text.Length, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        var streamed = await server.StreamAsync(Path, request);
        Assert.Equal(text, streamed.TextOf(0));
        Assert.Equal(reason, streamed.FinishReasonOf(0));
    }
}
