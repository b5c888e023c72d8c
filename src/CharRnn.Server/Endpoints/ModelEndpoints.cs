using CharRnn.Networks;
using CharRnn.Server.Generating;
using CharRnn.Server.Models;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Http;

namespace CharRnn.Server.Endpoints;

/// <summary><c>/v1/models</c>, <c>/v1/models/{id}</c> and <c>/health</c>.</summary>
internal sealed class ModelEndpoints(ModelRegistry models, GenerationScheduler scheduler, ServerDrain drain)
{
    /// <summary>Answers <c>/v1/models</c>.</summary>
    public Task ListAsync(HttpContext context)
    {
        var list = new ListResponse<ModelResponse> { Data = [.. models.Ids.Select(Describe)] };
        return context.Response.WriteAsJsonAsync(list, ServerJson.Instance.ListResponseModelResponse);
    }

    /// <summary>Answers <c>/v1/models/{id}</c>, whose slashes clients may escape, and the server leaves so.</summary>
    public Task ShowAsync(HttpContext context, string id) =>
        context.Response.WriteAsJsonAsync(
            Describe(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)),
            ServerJson.Instance.ModelDetails
        );

    /// <summary>Answers <c>/health</c>: 200, or 503 while the server drains.</summary>
    public Task HealthAsync(HttpContext context)
    {
        bool isDraining = drain.IsDraining;
        if (isDraining)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var health = new HealthResponse
        {
            Status = isDraining ? "draining" : "ok",
            Models = models.Ids,
            ActiveGenerations = scheduler.Active,
        };
        return context.Response.WriteAsJsonAsync(health, ServerJson.Instance.HealthResponse);
    }

    private ModelDetails Describe(string id)
    {
        var (_, loaded) = models.Take(id);
        using var taken = loaded;
        var model = loaded.Model;
        return new ModelDetails
        {
            Id = id,
            Created = new DateTimeOffset(loaded.Stamp.Written, TimeSpan.Zero).ToUnixTimeSeconds(),
            Kind = model is SequenceClassifier ? "classifier" : "language-model",
            Cell = model.Layout.Network.CellKind.Name,
            Params = model.ParameterCount,
            Weights = model.WeightFormat.ToString().ToLowerInvariant(),
            Labels = model.Labels,
            Encoding = ModelMetadata.EncodingName(model.Vocabulary.Encoding),
            Vocabulary =
            [
                .. Enumerable
                    .Range(0, model.Vocabulary.Count)
                    .Select(symbol => new VocabularyEntry
                    {
                        Id = symbol,
                        Token = SymbolText.TokenOf(symbol, model.Vocabulary),
                    }),
            ],
        };
    }
}
