using CharRnn.Sampling;

namespace CharRnn.Server.Generating;

/// <summary>A character of an answer with its log-probability.</summary>
/// <param name="Id">The symbol.</param>
/// <param name="Offset">Place in the text, in characters.</param>
/// <param name="LogProbability">Its ln p; null for a prompt's first.</param>
/// <param name="Likeliest">The likeliest in its place; null for a prompt's first.</param>
internal sealed record AnswerToken(int Id, int Offset, double? LogProbability, IReadOnlyList<ScoredSymbol>? Likeliest);

/// <summary>Part of an answer's text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its characters with their log-probabilities; null where none are asked for.</param>
internal sealed record AnswerPart(string Text, IReadOnlyList<AnswerToken>? Tokens);

/// <summary>The text of one answer, from what its generation writes part by part.</summary>
/// <param name="vocabulary">The vocabulary.</param>
/// <param name="prompt">The prompt, where it is part of the answer; null where not.</param>
/// <param name="beginsAtBoundary">Whether a boundary is read before the prompt, so that its first symbol is scored.</param>
/// <param name="hasLogprobs">Whether log-probabilities are asked for.</param>
internal sealed class ChoiceText(Vocabulary vocabulary, int[]? prompt, bool beginsAtBoundary, bool hasLogprobs)
{
    private readonly SymbolDecoder _decoder = new(vocabulary);
    private bool _hasBegun;

    // The interface has null in the place of a prompt's first character, whatever is known of it.
    private bool _skipsScore = beginsAtBoundary;

    /// <summary>Number of symbols written after the prompt.</summary>
    public int Written { get; private set; }

    /// <summary>Adds a part.</summary>
    /// <returns>What it adds to the answer.</returns>
    public AnswerPart Add(WrittenPart part)
    {
        var tokens = hasLogprobs ? new List<AnswerToken>() : null;
        string text = Begin(tokens);
        Written += part.Ids.Count;
        if (tokens is null)
        {
            text += _decoder.Decode(part.Ids.ToArray(), isEnd: part.End is not null);
            return new AnswerPart(text, null);
        }
        foreach (var score in part.PromptScores.Skip(_skipsScore ? 1 : 0).Concat(part.Scores))
        {
            int offset = _decoder.Characters;
            text += _decoder.Decode([score.Symbol.Id]);
            tokens.Add(new(score.Symbol.Id, offset, score.Symbol.LogProbability, score.Likeliest));
        }
        _skipsScore &= part.PromptScores.Count == 0;
        if (part.End is not null)
            text += _decoder.Decode([], isEnd: true);
        return new AnswerPart(text, tokens);
    }

    private string Begin(List<AnswerToken>? tokens)
    {
        if (_hasBegun || prompt is not { Length: > 0 })
            return "";
        _hasBegun = true;
        if (tokens is null)
            return _decoder.Decode(prompt);
        // The others come with their scores.
        string first = _decoder.Decode(prompt.AsSpan(0, 1));
        tokens.Add(new(prompt[0], 0, null, null));
        return first;
    }
}
