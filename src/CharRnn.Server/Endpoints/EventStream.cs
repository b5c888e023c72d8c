using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Http;

namespace CharRnn.Server;

/// <summary>
/// Stream of server-sent events, each a line <c>data: {json}</c>; they are sent when it is flushed.
/// </summary>
/// <param name="response">The response.</param>
internal sealed class EventStream(HttpResponse response)
{
    private const string ContentType = "text/event-stream; charset=utf-8";

    /// <summary>Whether a response is one.</summary>
    public static bool IsOne(HttpResponse response) => response.ContentType == ContentType;

    /// <summary>Begins the response; its status can no longer change once something was flushed.</summary>
    public void Begin()
    {
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-cache";
        // Proxies must not wait for the end.
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Adds an event.</summary>
    public void Write(object value, JsonTypeInfo type)
    {
        response.BodyWriter.Write("data: "u8);
        response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
        response.BodyWriter.Write("\n\n"u8);
    }

    /// <summary>Adds the event that ends the stream.</summary>
    public void WriteDone() => response.BodyWriter.Write("data: [DONE]\n\n"u8);

    /// <summary>Sends what was added; waits for a reader that is slow.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken) =>
        await response.BodyWriter.FlushAsync(cancellationToken);

    /// <summary>Ends the stream by a failure.</summary>
    public async Task FailAsync(ApiException failure)
    {
        Write(ErrorResponse.Of(failure), ServerJson.Instance.ErrorResponse);
        await FlushAsync(response.HttpContext.RequestAborted);
    }
}
