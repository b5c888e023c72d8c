using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;

namespace CharRnn.Server;

/// <summary>JSON of requests and answers. A field that comes twice is refused: either could be meant.</summary>
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ClassifyRequest))]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(CompletionResponse))]
[JsonSerializable(typeof(ChatResponse))]
[JsonSerializable(typeof(ListResponse<TextScore>))]
[JsonSerializable(typeof(ListResponse<TextLabels>))]
[JsonSerializable(typeof(ListResponse<EmbeddingEntry>))]
[JsonSerializable(typeof(ListResponse<ModelResponse>))]
[JsonSerializable(typeof(ModelDetails))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(HealthResponse))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>For every request and answer.</summary>
    public static ServerJson Instance { get; } =
        new(
            new JsonSerializerOptions
            {
                AllowDuplicateProperties = false,
                // Texts stay readable; what HTML would act on is no danger in application/json, which is never sniffed.
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
