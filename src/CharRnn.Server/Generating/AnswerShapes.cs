using CharRnn.Sampling;
using CharRnn.Server.Responses;

namespace CharRnn.Server.Generating;

/// <summary>What is the same in an answer and in all chunks of its stream.</summary>
/// <param name="Id">Id of the answer.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="Model">Id of the model.</param>
/// <param name="Fingerprint">Changes with the model's file.</param>
/// <param name="Vocabulary">The model's symbols.</param>
internal sealed record AnswerHead(string Id, long Created, string Model, string Fingerprint, Vocabulary Vocabulary);

/// <summary>A finished text.</summary>
/// <param name="Part">The text.</param>
/// <param name="FinishReason">Why it ended.</param>
internal sealed record FinishedChoice(AnswerPart Part, string FinishReason);

/// <summary>Shape of answers: that of completions, or that of chats.</summary>
internal interface IAnswerShape
{
    /// <summary>The whole answer.</summary>
    object Whole(IReadOnlyList<FinishedChoice> choices, Usage usage, long seed);

    /// <summary>The first chunk of a choice; null for none.</summary>
    object? Opening(int index);

    /// <summary>A chunk with text.</summary>
    object Chunk(int index, AnswerPart part);

    /// <summary>The last chunk of a choice.</summary>
    object Closing(int index, string finishReason, long seed);

    /// <summary>The chunk with the number of characters.</summary>
    object UsageChunk(Usage usage);
}

/// <summary>Shape of <c>/v1/completions</c>.</summary>
internal sealed class CompletionShape(AnswerHead head) : IAnswerShape
{
    /// <inheritdoc/>
    public object Whole(IReadOnlyList<FinishedChoice> choices, Usage usage, long seed) =>
        Response([
            .. choices.Select((choice, i) => Choice(i, choice.Part) with { FinishReason = choice.FinishReason }),
        ]) with
        {
            Usage = usage,
            Seed = seed,
        };

    /// <inheritdoc/>
    public object? Opening(int index) => null;

    /// <inheritdoc/>
    public object Chunk(int index, AnswerPart part) => Response([Choice(index, part)]);

    /// <inheritdoc/>
    public object Closing(int index, string finishReason, long seed) =>
        Response([Choice(index, new("", null)) with { FinishReason = finishReason }]) with
        {
            Seed = seed,
        };

    /// <inheritdoc/>
    public object UsageChunk(Usage usage) => Response([]) with { Usage = usage };

    private CompletionResponse Response(IReadOnlyList<CompletionChoice> choices) =>
        new()
        {
            Id = head.Id,
            Created = head.Created,
            Model = head.Model,
            SystemFingerprint = head.Fingerprint,
            Choices = choices,
        };

    private CompletionChoice Choice(int index, AnswerPart part) =>
        new()
        {
            Index = index,
            Text = part.Text,
            Logprobs = part.Tokens is null ? null : Logprobs(part.Tokens),
        };

    private CompletionLogprobs Logprobs(IReadOnlyList<AnswerToken> tokens)
    {
        var logprobs = new CompletionLogprobs();
        foreach (var token in tokens)
        {
            logprobs.Tokens.Add(SymbolText.TokenOf(token.Id, head.Vocabulary));
            logprobs.TextOffset.Add(token.Offset);
            logprobs.TokenLogprobs.Add(token.LogProbability);
            logprobs.TopLogprobs.Add(token.Likeliest is null ? null : Top(token));
        }
        return logprobs;
    }

    private Dictionary<string, double> Top(AnswerToken token)
    {
        var top = token.Likeliest!.ToDictionary(
            each => SymbolText.TokenOf(each.Id, head.Vocabulary),
            each => each.LogProbability
        );
        top.TryAdd(SymbolText.TokenOf(token.Id, head.Vocabulary), token.LogProbability!.Value);
        return top;
    }
}

/// <summary>Shape of <c>/v1/chat/completions</c>.</summary>
internal sealed class ChatShape(AnswerHead head) : IAnswerShape
{
    private const string Role = "assistant";

    /// <inheritdoc/>
    public object Whole(IReadOnlyList<FinishedChoice> choices, Usage usage, long seed) =>
        Response(
            "chat.completion",
            [
                .. choices.Select(
                    (choice, i) =>
                        new ChatChoice
                        {
                            Index = i,
                            Message = new() { Role = Role, Content = choice.Part.Text },
                            Logprobs = Logprobs(choice.Part),
                            FinishReason = choice.FinishReason,
                        }
                ),
            ]
        ) with
        {
            Usage = usage,
            Seed = seed,
        };

    /// <inheritdoc/>
    public object? Opening(int index) =>
        Chunk(
            new ChatChoice
            {
                Index = index,
                Delta = new() { Role = Role, Content = "" },
            }
        );

    /// <inheritdoc/>
    public object Chunk(int index, AnswerPart part) =>
        Chunk(
            new ChatChoice
            {
                Index = index,
                Delta = new() { Content = part.Text },
                Logprobs = Logprobs(part),
            }
        );

    /// <inheritdoc/>
    public object Closing(int index, string finishReason, long seed) =>
        Chunk(
            new ChatChoice
            {
                Index = index,
                Delta = new(),
                FinishReason = finishReason,
            }
        ) with
        {
            Seed = seed,
        };

    /// <inheritdoc/>
    public object UsageChunk(Usage usage) => Response("chat.completion.chunk", []) with { Usage = usage };

    private ChatResponse Chunk(ChatChoice choice) => Response("chat.completion.chunk", [choice]);

    private ChatResponse Response(string kind, IReadOnlyList<ChatChoice> choices) =>
        new()
        {
            Id = head.Id,
            Object = kind,
            Created = head.Created,
            Model = head.Model,
            SystemFingerprint = head.Fingerprint,
            Choices = choices,
        };

    private ChatLogprobs? Logprobs(AnswerPart part) =>
        part.Tokens is null
            ? null
            : new()
            {
                Content =
                [
                    .. part.Tokens.Select(token =>
                        Logprob(token.Id, token.LogProbability!.Value) with
                        {
                            TopLogprobs = [.. token.Likeliest!.Select(each => Logprob(each.Id, each.LogProbability))],
                        }
                    ),
                ],
            };

    private ChatLogprob Logprob(int id, double logProbability) =>
        new()
        {
            Token = SymbolText.TokenOf(id, head.Vocabulary),
            Logprob = logProbability,
            Bytes = SymbolText.BytesOf(id, head.Vocabulary),
        };
}
