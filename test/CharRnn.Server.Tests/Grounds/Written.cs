using System.Text.Json;

namespace CharRnn.Server.Tests;

/// <summary>Texts as the library writes them, one alone.</summary>
internal static class Written
{
    /// <summary>A text at temperature 1.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Its beginning, which is no part of it.</param>
    /// <param name="length">Max number of characters.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="stop">Text before which it ends; null for none.</param>
    public static string Alone(LanguageModel model, string prompt, int length, ulong seed, string? stop = null)
    {
        var ids = new TextGenerator(model).Ids(model.Encode(prompt), new SamplingOptions { Seed = seed });
        string text = model.Vocabulary.Decode([.. ids.Take(length)]);
        int end = stop is null ? -1 : text.IndexOf(stop, StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    /// <summary>The text of a stream of one answer, which has ended as it must.</summary>
    public static string Streamed(string body)
    {
        const string data = "data: ";
        Assert.EndsWith("data: [DONE]\n\n", body);
        string[] events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(events[..^1].Select(each => TextOf(JsonElement.Parse(each[data.Length..]))));
    }

    /// <summary>The text of an answer, or of a chunk of one.</summary>
    public static string? TextOf(JsonElement answer) =>
        answer.GetProperty("choices")[0].GetProperty("text").GetString();
}
