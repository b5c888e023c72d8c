using System.Text.Json.Nodes;
using CharRnn.Server.Models;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CharRnn.Host;

/// <summary>
/// Examples of requests, with which the page to try the interface begins: they name a model that is served, and text
/// that it can read.
/// </summary>
internal static class RequestExamples
{
    private const string Json = "application/json";
    private const int Length = 200;
    private const double Temperature = 0.8;

    private static readonly string[] Beginnings = ["Once upon a time ", "The ", "the ", "Anna"];

    /// <summary>Gives operations that read JSON their example.</summary>
    public static Task AddAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var models = context.ApplicationServices.GetRequiredService<ModelRegistry>();
        if (operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true)
            body.Example = Of(context.Description.RelativePath, models);
        return Task.CompletedTask;
    }

    private static JsonObject? Of(string? path, ModelRegistry models) =>
        path switch
        {
            "v1/completions" => About<LanguageModel>(
                models,
                text =>
                    new()
                    {
                        ["prompt"] = text,
                        ["max_tokens"] = Length,
                        ["temperature"] = Temperature,
                    }
            ),
            "v1/chat/completions" => About<LanguageModel>(
                models,
                text =>
                    new()
                    {
                        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
                        ["max_completion_tokens"] = Length,
                        ["temperature"] = Temperature,
                    }
            ),
            "v1/classify" => About<SequenceClassifier>(models, text => new() { ["input"] = new JsonArray(text) }),
            "v1/embeddings" => About<RecurrentModel>(models, text => new() { ["input"] = new JsonArray(text) }),
            _ => About<LanguageModel>(models, text => new() { ["input"] = new JsonArray(text) }),
        };

    /// <summary>The example for the first model of a kind; null where none is served.</summary>
    private static JsonObject? About<T>(ModelRegistry models, Func<string, JsonObject> fields)
        where T : RecurrentModel
    {
        foreach (string id in models.Ids)
        {
            var (_, loaded) = models.Take(id);
            using var taken = loaded;
            if (loaded.Model is not T model)
                continue;
            var example = fields(TextFor(model));
            example.Insert(0, "model", id);
            if (model is LanguageModel { Labels: [var label, ..] })
                example["label"] = label;
            return example;
        }
        return null;
    }

    private static string TextFor(RecurrentModel model)
    {
        var vocabulary = model.Vocabulary;
        bool isKnown(string text) => text.EnumerateRunes().All(rune => vocabulary.Symbols.Contains(rune.Value));
        return Array.Find(Beginnings, isKnown)
            ?? vocabulary.Decode([
                Enumerable.Range(0, vocabulary.Count).First(id => vocabulary.Symbols[id] < Vocabulary.BoundarySymbol),
            ]);
    }
}
