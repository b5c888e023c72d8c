using System.Text.Json;

namespace CharRnn.Server.Tests;

/// <summary>A stream of server-sent events that has ended as it must, with <c>[DONE]</c>.</summary>
/// <param name="Chunks">The chunks before that.</param>
public sealed record StreamedAnswer(IReadOnlyList<JsonElement> Chunks)
{
    private const string Data = "data: ",
        Done = "[DONE]";

    /// <summary>Reads one.</summary>
    public static StreamedAnswer Parse(string stream)
    {
        string[] events = stream.Split("\n\n");
        Assert.Equal("", events[^1]);
        Assert.Equal(Data + Done, events[^2]);
        Assert.All(events[..^1], each => Assert.StartsWith(Data, each));
        return new([.. events[..^2].Select(each => JsonElement.Parse(each[Data.Length..]))]);
    }

    /// <summary>The parts of a choice, in order.</summary>
    public IReadOnlyList<JsonElement> PartsOf(int index) =>
        [
            .. Chunks
                .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
                .Where(choice => choice.GetProperty("index").GetInt32() == index),
        ];

    /// <summary>The text of a choice of <c>/v1/completions</c>.</summary>
    public string TextOf(int index) =>
        string.Concat(PartsOf(index).Select(part => part.GetProperty("text").GetString()));

    /// <summary>What a list of a choice's log-probabilities adds up to.</summary>
    public IReadOnlyList<string> LogprobsOf(int index, string list) =>
        [
            .. PartsOf(index)
                .Select(part => part.GetProperty("logprobs"))
                .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
                .SelectMany(logprobs => logprobs.GetProperty(list).EnumerateArray())
                .Select(entry => entry.GetRawText()),
        ];

    /// <summary>The reason that the last chunk of a choice, and no other, gives.</summary>
    public string? FinishReasonOf(int index)
    {
        string?[] reasons = [.. PartsOf(index).Select(part => part.GetProperty("finish_reason").GetString())];
        Assert.All(reasons[..^1], Assert.Null);
        return reasons[^1];
    }
}
