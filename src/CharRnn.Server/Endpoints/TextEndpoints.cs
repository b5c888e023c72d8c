using CharRnn.Checkpoints;
using CharRnn.Sampling;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CharRnn.Server.Endpoints;

/// <summary><c>/v1/score</c>, <c>/v1/classify</c> and <c>/v1/embeddings</c>: texts that are read, not written.</summary>
internal sealed class TextEndpoints(
    ModelRegistry models,
    GenerationScheduler scheduler,
    ServerDrain drain,
    IOptions<CharRnnServerOptions> options
)
{
    private const string Float = "float",
        Base64 = "base64";

    /// <summary>Answers <c>/v1/score</c>: the bits of each character, as <c>charrnn eval</c> counts them.</summary>
    public async Task ScoreAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ServerJson.Instance.ScoreRequest);
        var (id, loaded) = models.Take(request.Model);
        using var taken = loaded;
        var model = GenerationPlan.RequireLanguageModel(loaded);
        var label = GenerationPlan.LabelOf(request.Label, model);
        var input = TextReading.Require(request.Input);
        GenerationScheduler.RequirePlaces(input.Count, options.Value.MaxConcurrency, "input");
        int[][] texts = EncodeAll(input, model);
        // That a record ends is part of it.
        int[] end = model is { Preparation.Records: true, Vocabulary.BoundaryId: { } boundary } ? [boundary] : [];
        GenerationRequest[] requests =
        [
            .. texts.Select(text => new GenerationRequest
            {
                Prompt = [.. text, .. end],
                Options = new SamplingOptions(),
                MaxSymbols = 0,
                Label = label,
                Likeliest = 0,
                ScoresPrompt = true,
            }),
        ];
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Cut);
        using var run = new GenerationRun(scheduler, loaded, requests, isStreamed: false);
        await run.Completion.WaitAsync(cut.Token);
        TextScore[] scores = [.. requests.Select((each, i) => ScoreOf(i, each.Prompt, run.Progress[i].Take(), model))];
        await WriteAsync(context, Answer(id, texts, scores), ServerJson.Instance.ListResponseTextScore);
    }

    /// <summary>Answers <c>/v1/classify</c>: labels with their probabilities.</summary>
    public async Task ClassifyAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ServerJson.Instance.ClassifyRequest);
        var (id, loaded) = models.Take(request.Model);
        using var taken = loaded;
        if (loaded.Model is not SequenceClassifier model)
            throw ApiException.Invalid(
                "model",
                "the model is a language model, which has no labels to tell; name a classifier."
            );
        if (request.Top is < 1)
            throw ApiException.Invalid("top", $"'top' is {request.Top}; it must be at least 1.");
        var texts = TextReading.Require(request.Input);
        int[][] ids = EncodeAll(texts, model);
        float[][] probabilities = await ComputeAsync(() => model.Predict(texts, threads: 1));
        TextLabels[] labels = [.. probabilities.Select((row, i) => LabelsOf(i, row, model, request.Top))];
        await WriteAsync(context, Answer(id, ids, labels), ServerJson.Instance.ListResponseTextLabels);
    }

    /// <summary>Answers <c>/v1/embeddings</c>: the pooled state of texts, of length 1.</summary>
    public async Task EmbedAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync(context, ServerJson.Instance.EmbeddingRequest);
        var (id, loaded) = models.Take(request.Model);
        using var taken = loaded;
        if (request.EncodingFormat is not (null or Float or Base64))
            throw ApiException.Invalid(
                "encoding_format",
                $"'encoding_format' is {OneLine.Quote(request.EncodingFormat)}; it must be {Float} or {Base64}."
            );
        var embedder = EmbedderOf(loaded.Model, request.Label);
        if (request.Dimensions is { } dimensions && dimensions != embedder.EmbeddingSize)
            throw ApiException.Invalid(
                "dimensions",
                $"'dimensions' is {dimensions}; the model's embeddings have {embedder.EmbeddingSize}. Leave it out."
            );
        int[][] texts = EncodeAll(TextReading.Require(request.Input), loaded.Model);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Cut);
        float[][] vectors = await ComputeAsync(() => embedder.Embed(texts, cancellationToken: end.Token));
        bool isBase64 = request.EncodingFormat == Base64;
        EmbeddingEntry[] embeddings =
        [
            .. vectors.Select((vector, i) => new EmbeddingEntry { Index = i, Embedding = new(vector, isBase64) }),
        ];
        await WriteAsync(context, Answer(id, texts, embeddings), ServerJson.Instance.ListResponseEmbeddingEntry);
    }

    private static ITextEmbedder EmbedderOf(RecurrentModel model, string? label) =>
        model switch
        {
            LanguageModel writer => new TextEmbedder(writer, label: GenerationPlan.LabelOf(label, writer)),
            _ when label is null => (SequenceClassifier)model,
            _ => throw ApiException.Invalid(
                "label",
                "the model is a classifier, which tells labels; leave 'label' out."
            ),
        };

    /// <summary>Computes beside the generations, within the same limit.</summary>
    private async Task<T> ComputeAsync<T>(Func<T> compute)
    {
        scheduler.Reserve(1);
        try
        {
            return await Task.Run(compute);
        }
        finally
        {
            scheduler.Free(1);
        }
    }

    private int[][] EncodeAll(IReadOnlyList<string> texts, RecurrentModel model) =>
        [.. texts.Select(text => TextReading.Encode(text, model, "input", options.Value))];

    private static TextScore ScoreOf(int index, IReadOnlyList<int> text, WrittenPart part, LanguageModel model)
    {
        // Throws where the generation failed.
        _ = AnswerStream.ReasonOf(part);
        SymbolScore[] scores = [.. part.PromptScores.Skip(model.Spec.ConditionOnFirstSymbol ? 1 : 0)];
        double bits = scores.Sum(score => -score.Symbol.LogProbability) / Math.Log(2);
        double? bitsPerChar = scores.Length == 0 ? null : bits / scores.Length;
        return new TextScore
        {
            Index = index,
            Chars = scores.Length,
            Bits = bits,
            BitsPerChar = bitsPerChar,
            NatsPerChar = bitsPerChar * Math.Log(2),
            Perplexity = bitsPerChar is { } mean && double.IsFinite(Math.Pow(2, mean)) ? Math.Pow(2, mean) : null,
            Characters = [.. text.Select(id => SymbolText.TokenOf(id, model.Vocabulary))],
            CharBits =
            [
                .. Enumerable.Repeat<double?>(null, text.Count - scores.Length),
                .. scores.Select(score => (double?)(-score.Symbol.LogProbability / Math.Log(2))),
            ],
        };
    }

    private static TextLabels LabelsOf(int index, float[] probabilities, SequenceClassifier model, int? top) =>
        new()
        {
            Index = index,
            Predictions =
            [
                .. probabilities
                    .Select((probability, label) => (Probability: probability, Label: model.Labels[label]))
                    .OrderByDescending(each => each.Probability)
                    .Take(top ?? probabilities.Length)
                    .Select(each => new LabelPrediction { Label = each.Label, Probability = each.Probability }),
            ],
        };

    private static ListResponse<T> Answer<T>(string model, int[][] texts, IReadOnlyList<T> data) =>
        new()
        {
            Model = model,
            Data = data,
            Usage = new() { PromptTokens = texts.Sum(text => text.Length) },
        };

    private static Task WriteAsync<T>(
        HttpContext context,
        T answer,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type
    ) => context.Response.WriteAsJsonAsync(answer, type, cancellationToken: context.RequestAborted);
}
