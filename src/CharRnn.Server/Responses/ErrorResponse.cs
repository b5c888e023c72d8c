using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace CharRnn.Server.Responses;

/// <summary>A failure, in the shape of OpenAI's.</summary>
internal sealed record ErrorResponse
{
    [JsonPropertyName("error")]
    public required ErrorBody Error { get; init; }

    /// <summary>What a client is told of a failure.</summary>
    public static ErrorResponse Of(ApiException failure) =>
        new()
        {
            Error = new()
            {
                Message = failure.Message,
                Type = failure.Status switch
                {
                    StatusCodes.Status429TooManyRequests => "rate_limit_error",
                    >= StatusCodes.Status500InternalServerError => "server_error",
                    _ => "invalid_request_error",
                },
                Param = failure.Param,
                Code = failure.Code,
            },
        };
}

/// <summary>What went wrong.</summary>
internal sealed record ErrorBody
{
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("param")]
    public string? Param { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }
}

/// <summary>Answer of <c>/health</c>.</summary>
internal sealed record HealthResponse
{
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("models")]
    public required IReadOnlyList<string> Models { get; init; }

    [JsonPropertyName("active_generations")]
    public required int ActiveGenerations { get; init; }
}
