using CharRnn.Server.Requests;

namespace CharRnn.Server.Endpoints;

/// <summary>Texts of a request, as a model reads them.</summary>
internal static class TextReading
{
    private const int MaxTexts = 2048;

    /// <summary>The ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="model">The model.</param>
    /// <param name="param">The field that it stands in.</param>
    /// <param name="options">The server's limits.</param>
    /// <exception cref="ApiException">It is too long, or has a character that the model does not know.</exception>
    public static int[] Encode(string text, RecurrentModel model, string param, CharRnnServerOptions options)
    {
        try
        {
            int[] ids = model.Vocabulary.Encode(model.Preparation.Apply(text), options.SkipUnknown, out _);
            return ids.Length <= options.MaxPromptLength
                ? ids
                : throw ApiException.Invalid(
                    param,
                    $"'{param}' has {ids.Length} characters; the server reads {options.MaxPromptLength}. Send fewer.",
                    "context_length_exceeded"
                );
        }
        catch (SettingsException refused)
        {
            throw ApiException.Invalid(param, $"'{param}': {refused.Message}", "unknown_character");
        }
    }

    /// <summary>The texts of a request's input, none of which is empty.</summary>
    /// <exception cref="ApiException">There is none, one is empty, or there are too many.</exception>
    public static IReadOnlyList<string> Require(Texts? input)
    {
        if (input is not { Items.Count: > 0 })
            throw ApiException.Invalid("input", "'input' is missing or empty; a text or a list of texts is needed.");
        if (input.Items.Count > MaxTexts)
            throw ApiException.Invalid(
                "input",
                $"'input' has {input.Items.Count} texts; up to {MaxTexts} are taken at once."
            );
        int empty = input.Items.ToList().FindIndex(text => text.Length == 0);
        if (empty >= 0)
            throw ApiException.Invalid(
                "input",
                $"text {empty + 1} of 'input' is empty; at least one character is needed."
            );
        return input.Items;
    }
}
