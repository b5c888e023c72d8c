using Microsoft.AspNetCore.Http;

namespace CharRnn.Server;

/// <summary>Failure of a request that its client is told, with a status and in the shape of OpenAI's errors.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">One line: what was found, what is needed, what to do.</param>
internal sealed class ApiException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The field of the request that is wrong; null where it is none.</summary>
    public string? Param { get; init; }

    /// <summary>A word for programs.</summary>
    public string? Code { get; init; }

    /// <summary>Time after which to try again; null where that is of no use.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field that cannot be used: 400.</summary>
    public static ApiException Invalid(string? param, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message) { Param = param, Code = code };
}
