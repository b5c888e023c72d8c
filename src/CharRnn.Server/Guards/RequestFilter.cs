using System.Diagnostics;
using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Server.Requests;
using CharRnn.Server.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CharRnn.Server;

/// <summary>
/// Filter around every endpoint: the guard, the limit of the body, the drain; and failures in the shape of OpenAI's.
/// </summary>
internal sealed partial class RequestFilter(
    RequestGuard guard,
    ServerDrain drain,
    ServerMetrics metrics,
    IOptions<CharRnnServerOptions> options,
    ILogger<RequestFilter> logger
)
{
    /// <summary>Answers a request that does work: with the key, within the limits, unless the server drains.</summary>
    public async Task WorkAsync(HttpContext context, Func<Task> next)
    {
        bool hasEntered = false;
        try
        {
            if (guard.Check(context))
                return;
            guard.RequireKey(context);
            LimitBody(context);
            hasEntered = drain.TryEnter();
            if (!hasEntered)
                throw Draining(context);
            metrics.Began();
            await next();
        }
        catch (Exception failure) when (!IsClientGone(failure, context))
        {
            await FailAsync(context, failure);
        }
        catch (Exception failure) when (IsClientGone(failure, context))
        {
            LogClientGone(context.Request.Path);
        }
        finally
        {
            if (hasEntered)
            {
                metrics.Ended();
                drain.Exit();
            }
        }
    }

    /// <summary>Answers any other request: guarded, but without the key.</summary>
    public async Task GuardAsync(HttpContext context, Func<Task> next)
    {
        try
        {
            if (!guard.Check(context))
                await next();
        }
        catch (Exception failure) when (!IsClientGone(failure, context))
        {
            await FailAsync(context, failure);
        }
    }

    /// <summary>Asks for the key alone, within <see cref="GuardAsync"/>.</summary>
    public Task RequireKeyAsync(HttpContext context, Func<Task> next)
    {
        guard.RequireKey(context);
        return next();
    }

    /// <summary>Tells a client of a failure; in a stream that has begun, as its last event.</summary>
    public async Task FailAsync(HttpContext context, Exception failure)
    {
        var answer = AnswerTo(failure);
        metrics.Refused(answer.Status);
        bool isDefect = failure is not (ApiException or OperationCanceledException);
        if (answer.Status >= StatusCodes.Status500InternalServerError && isDefect)
            LogFailure(failure, context.Request.Path);
        // A stream that has begun may have events that are not yet sent: only another can follow them.
        if (EventStream.IsOne(context.Response))
        {
            await new EventStream(context.Response).FailAsync(answer);
            return;
        }
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } time)
            context.Response.Headers.RetryAfter = ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsJsonAsync(ErrorResponse.Of(answer), ServerJson.Instance.ErrorResponse);
    }

    private void LimitBody(HttpContext context)
    {
        long max = options.Value.MaxBodyBytes;
        if (context.Request.ContentLength > max)
        {
            // What is not read would have to be skipped before the connection's next request.
            context.Response.Headers.Connection = "close";
            throw new ApiException(
                StatusCodes.Status413PayloadTooLarge,
                $"the body has {context.Request.ContentLength} bytes; the server takes {max}. Send less."
            )
            {
                Code = "request_too_large",
            };
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = max;
    }

    private static ApiException Draining(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return new ApiException(
            StatusCodes.Status503ServiceUnavailable,
            "the server is stopping; what has started is finished, and nothing more starts."
        )
        {
            Code = "shutting_down",
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    private static bool IsClientGone(Exception failure, HttpContext context) =>
        context.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException;

    private ApiException AnswerTo(Exception failure) =>
        failure switch
        {
            ApiException answer => answer,
            SettingsException refused => ApiException.Invalid(
                FieldNames.In(refused.Message, out string message),
                message
            ),
            BadHttpRequestException bad => RequestBody.TooLargeOrBroken(bad),
            OperationCanceledException when drain.Cut.IsCancellationRequested => new ApiException(
                StatusCodes.Status503ServiceUnavailable,
                "the server has stopped before the text was finished."
            )
            {
                Code = "shutting_down",
            },
            ModelException damaged => new ApiException(
                StatusCodes.Status500InternalServerError,
                OneLine.Reason(damaged)
            ),
            _ => new ApiException(
                StatusCodes.Status500InternalServerError,
                "the request failed inside the server; its log says more."
            ),
        };

    [LoggerMessage(LogLevel.Error, "{Path} failed")]
    private partial void LogFailure(Exception failure, string path);

    [LoggerMessage(LogLevel.Debug, "{Path}: the client has gone")]
    private partial void LogClientGone(string path);
}
