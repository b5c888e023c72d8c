using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CharRnn.Checkpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CharRnn.Server.Requests;

/// <summary>Body of a request as JSON.</summary>
internal static class RequestBody
{
    /// <summary>Reads it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What it is read as.</param>
    /// <exception cref="ApiException">It is no JSON of that kind.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        RequireJson(context.Request);
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw ApiException.Invalid(null, "the body is null; an object is needed.");
        }
        catch (JsonException failure)
        {
            throw Unreadable(failure, type);
        }
        catch (BadHttpRequestException failure)
        {
            throw TooLargeOrBroken(failure);
        }
        // A body that breaks its own rules, as of a chunk longer than any number.
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw ApiException.Invalid(null, "the body cannot be read to its end; send it whole.");
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        bool isJson =
            request.HasJsonContentType()
            && (
                !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
                || type.Charset.Length == 0
                || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            );
        if (!isJson)
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType,
                "the Content-Type is not that of JSON in UTF-8; send 'Content-Type: application/json'."
            );
        if (request.Headers.ContentEncoding.Count > 0)
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType,
                "the body has a Content-Encoding; send it uncompressed."
            );
    }

    private static ApiException Unreadable<T>(JsonException failure, JsonTypeInfo<T> type)
    {
        string path =
            failure.Path is { Length: > 2 } given && given.StartsWith("$.", StringComparison.Ordinal) ? given[2..] : "";
        string param = path.Split('.', '[')[0];
        // What the reader trips over is inside; then the fault is the text's, wherever it stands.
        bool isSyntax = failure.InnerException is JsonException;
        if (isSyntax || type.Properties.FirstOrDefault(property => property.Name == param) is not { } property)
            return ApiException.Invalid(null, $"the body cannot be read as JSON: {Reason(failure)}");
        // The serializer's own words name .NET's types; those of the converters here do not.
        string needed =
            failure.Message.Contains(".NET") || failure.Message.Contains("could not be converted")
                ? $"{Kind(property.PropertyType)} is needed."
                : failure.Message;
        return ApiException.Invalid(param, $"{OneLine.Quote(path)} cannot be read: {OneLine.CutLongWords(needed)}");
    }

    private static string Reason(JsonException failure) =>
        failure is { InnerException: JsonException, LineNumber: { } line, BytePositionInLine: { } place }
            ? $"see line {line + 1}, byte {place + 1}."
        : failure.Message.StartsWith("Duplicate", StringComparison.Ordinal) ? OneLine.CutLongWords(failure.Message)
        : "an object is needed.";

    private static string Kind(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(Dictionary<string, double>) ? "an object of numbers"
            : typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? "a list"
            : "an object";
    }

    /// <summary>What the server itself has against a request, in the interface's shape.</summary>
    public static ApiException TooLargeOrBroken(BadHttpRequestException failure) =>
        failure.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? new(failure.StatusCode, "the body is larger than the server takes; send less.")
            {
                Code = "request_too_large",
            }
            : new(failure.StatusCode, $"the request cannot be read: {OneLine.Reason(failure)}");
}
