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
}
