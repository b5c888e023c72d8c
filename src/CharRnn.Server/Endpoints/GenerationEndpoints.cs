using System.Diagnostics;
using CharRnn.Sampling;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CharRnn.Server.Endpoints;

/// <summary><c>/v1/completions</c> and <c>/v1/chat/completions</c>.</summary>
internal sealed class GenerationEndpoints(
    ModelRegistry models,
    GenerationScheduler scheduler,
    ServerDrain drain,
    ServerMetrics metrics,
    TimeProvider clock,
    IOptions<CharRnnServerOptions> options
)
{
    // As OpenAI's for completions; a chat's answer has no end of its own.
    private const int DefaultCompletionLength = 16,
        DefaultChatLength = 500;

    // What is written in between goes out together: a reader sees no difference, and many streams cost less.
    private static readonly TimeSpan BetweenFlushes = TimeSpan.FromMilliseconds(20);

    /// <summary>Answers <c>/v1/completions</c>.</summary>
    public async Task CompletionsAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ServerJson.Instance.CompletionRequest);
        var (id, loaded) = models.Take(request.Model);
        using var taken = loaded;
        bool isEchoed = request.Echo ?? false;
        var plan = GenerationPlan.Of(
            request,
            (request.Prompt?.Items ?? [""], "prompt"),
            (request.Logprobs, "logprobs"),
            scoresPrompt: isEchoed,
            DefaultCompletionLength,
            loaded,
            options.Value
        );
        if (plan.Prompts.Count == 0)
            throw ApiException.Invalid("prompt", "'prompt' is an empty list; at least one text is needed.");
        var shape = new CompletionShape(Head("cmpl", id, loaded));
        await AnswerAsync(context, request, plan, (id, loaded), isEchoed, shape);
    }

    /// <summary>Answers <c>/v1/chat/completions</c>.</summary>
    public async Task ChatAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ServerJson.Instance.ChatRequest);
        var (id, loaded) = models.Take(request.Model);
        using var taken = loaded;
        bool hasLogprobs = request.Logprobs ?? false;
        if (request.TopLogprobs is not null && !hasLogprobs)
            throw ApiException.Invalid("top_logprobs", "'top_logprobs' needs 'logprobs': true.");
        var plan = GenerationPlan.Of(
            request,
            ([request.ToPrompt()], "messages"),
            (hasLogprobs ? request.TopLogprobs ?? 0 : null, "top_logprobs"),
            scoresPrompt: false,
            DefaultChatLength,
            loaded,
            options.Value
        );
        var shape = new ChatShape(Head("chatcmpl", id, loaded));
        await AnswerAsync(context, request, plan, (id, loaded), isEchoed: false, shape);
    }

    private async Task AnswerAsync(
        HttpContext context,
        GenerationFields request,
        GenerationPlan plan,
        (string Id, LoadedModel Model) model,
        bool isEchoed,
        IAnswerShape shape
    )
    {
        long start = Stopwatch.GetTimestamp();
        bool isStreamed = request.Stream ?? false;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Cut);
        using var run = new GenerationRun(scheduler, model.Model, plan.Requests, isStreamed);
        ChoiceText[] texts =
        [
            .. plan.Requests.Select(
                (_, i) =>
                {
                    int[] prompt = plan.Prompts[i / plan.TextsPerPrompt];
                    return new ChoiceText(
                        plan.Model.Vocabulary,
                        isEchoed ? prompt : null,
                        beginsAtBoundary: TextGenerator.Start(plan.Model, prompt).Length > prompt.Length,
                        hasLogprobs: plan.Likeliest is not null
                    );
                }
            ),
        ];
        if (isStreamed)
        {
            var stream = new AnswerStream(new EventStream(context.Response), shape, plan.Seed);
            stream.SentFirst += () => metrics.SentFirst(model.Id, start);
            await stream.SendAsync(run, texts, BetweenFlushes, end.Token);
            stream.Finish(request.StreamOptions?.IncludeUsage == true ? UsageOf(plan, texts) : null);
            await context.Response.BodyWriter.FlushAsync(end.Token);
        }
        else
        {
            await run.Completion.WaitAsync(end.Token);
            FinishedChoice[] choices = [.. run.Progress.Select((progress, i) => Finish(progress.Take(), texts[i]))];
            object whole = shape.Whole(choices, UsageOf(plan, texts), plan.Seed);
            await context.Response.WriteAsJsonAsync(
                whole,
                whole.GetType(),
                ServerJson.Instance,
                cancellationToken: end.Token
            );
        }
        var usage = UsageOf(plan, texts);
        metrics.Answered(model.Id, start, usage.PromptTokens, usage.CompletionTokens ?? 0);
    }

    private static FinishedChoice Finish(WrittenPart part, ChoiceText text) =>
        new(text.Add(part), AnswerStream.ReasonOf(part));

    private static Usage UsageOf(GenerationPlan plan, ChoiceText[] texts) =>
        new()
        {
            PromptTokens = plan.Prompts.Sum(prompt => prompt.Length),
            CompletionTokens = texts.Sum(text => text.Written),
        };

    private AnswerHead Head(string kind, string id, LoadedModel loaded) =>
        new(
            $"{kind}-{Guid.NewGuid():N}",
            clock.GetUtcNow().ToUnixTimeSeconds(),
            id,
            loaded.Fingerprint,
            loaded.Model.Vocabulary
        );
}
