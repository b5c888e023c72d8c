using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace CharRnn.Cli.Downloads;

/// <summary>Limits of a download: attempts, delays and silence.</summary>
internal sealed record DownloadPatience
{
    /// <summary>
    /// Number of failures in a row, none of which brought a byte, that ends the transfer; 4 by default.
    /// </summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait after the first failure, doubled after each further one; half a second by default.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Time for which the server may send nothing; 30 seconds by default.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Progress of a download in bytes.</summary>
/// <param name="Bytes">The bytes received so far.</param>
/// <param name="Total">The bytes there are; null where the server does not say.</param>
internal readonly record struct DownloadProgress(long Bytes, long? Total);

/// <summary>
/// Transfer of one address into a <see cref="PartialFile"/>: continues what is there, retries after transient failures,
/// and reports permanent ones.
/// </summary>
internal sealed class ResumableTransfer(HttpClient http, DownloadPatience patience)
{
    private const int BlockBytes = 1 << 16;

    public async Task RunAsync(
        Uri address,
        PartialFile part,
        Action<DownloadProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        int failures = 0;
        var pipeline = new ResiliencePipelineBuilder()
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = attempt =>
                        ValueTask.FromResult(
                            attempt.Outcome.Exception is TransientFailureException && failures < patience.Attempts
                        ),
                    DelayGenerator = _ =>
                        ValueTask.FromResult<TimeSpan?>(patience.RetryDelay * Math.Pow(2, failures - 1)),
                }
            )
            .Build();
        try
        {
            await pipeline.ExecuteAsync(AttemptAndCountAsync, cancellationToken);
        }
        catch (TransientFailureException failure)
        {
            throw new CharRnnException($"{failure.Message}, {failures} times in a row. {Kept(part, address)}", failure);
        }

        if (part.Length == 0)
            throw new CorpusException($"{address} gave an empty file");
        part.FlushToDisk();

        // Only failures in a row that brought nothing end the download, so one that brought bytes is the first again.
        async ValueTask AttemptAndCountAsync(CancellationToken token)
        {
            long before = part.Length;
            try
            {
                await AttemptAsync(address, part, progress, token);
            }
            catch (TransientFailureException)
            {
                failures = part.Length > before ? 1 : failures + 1;
                throw;
            }
        }
    }

    private static string Kept(PartialFile part, Uri address) =>
        part.ContinueIf(address) is null
            ? "Try again later"
            : FormattableString.Invariant(
                $"The {part.Length} bytes that came are kept, and the next try goes on from there"
            );

    private async Task AttemptAsync(
        Uri address,
        PartialFile part,
        Action<DownloadProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (part.ContinueIf(address) is { } condition)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = condition;
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var response = await AskAsync(request, address, silence, cancellationToken);
        long? total = response.Content.Headers.ContentLength;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart(address, response);
                break;
            case HttpStatusCode.PartialContent
                when response.Content.Headers.ContentRange is { } range && range.From == part.Length:
                total = range.Length;
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable
                when response.Content.Headers.ContentRange?.Length == part.Length:
                return;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                part.Discard();
                throw new TransientFailureException($"{address} answered with another range than was asked for", null);
            default:
                throw Refusal(address, response);
        }

        await CopyAsync(address, response, part, total, progress, silence, cancellationToken);
    }

    private async Task<HttpResponseMessage> AskAsync(
        HttpRequestMessage request,
        Uri address,
        CancellationTokenSource silence,
        CancellationToken cancellationToken
    )
    {
        try
        {
            silence.CancelAfter(patience.Silence);
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError)
        {
            throw new CharRnnException($"{address.Host} cannot be found ({Reason(e)}); check the network", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw new CharRnnException(
                $"{address.Host} cannot be reached securely ({Reason(e)}); check the machine's clock and certificates",
                e
            );
        }
        catch (HttpRequestException e)
        {
            throw new TransientFailureException($"{address.Authority} cannot be reached ({Reason(e)})", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientFailureException(Silent(address), e);
        }
    }

    private async Task CopyAsync(
        Uri address,
        HttpResponseMessage response,
        PartialFile part,
        long? total,
        Action<DownloadProgress>? progress,
        CancellationTokenSource silence,
        CancellationToken cancellationToken
    )
    {
        byte[] buffer = new byte[BlockBytes];
        using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        progress?.Invoke(new(part.Length, total));
        while (true)
        {
            int count = await ReadAsync();
            if (count == 0)
                break;
            await part.AppendAsync(buffer.AsMemory(0, count), cancellationToken);
            progress?.Invoke(new(part.Length, total));
        }

        if (total is { } needed && part.Length != needed)
            throw new TransientFailureException(
                FormattableString.Invariant($"{address} ended after {part.Length} of {needed} bytes"),
                null
            );

        async Task<int> ReadAsync()
        {
            try
            {
                silence.CancelAfter(patience.Silence);
                return await body.ReadAsync(buffer, silence.Token);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new TransientFailureException(
                    FormattableString.Invariant($"{address} broke off after {part.Length} bytes"),
                    e
                );
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TransientFailureException(Silent(address), e);
            }
        }
    }

    private string Silent(Uri address) =>
        FormattableString.Invariant($"{address.Authority} sent nothing for {patience.Silence.TotalSeconds:0.#} s");

    private static string Reason(HttpRequestException e) => e.InnerException?.Message ?? e.Message;

    private static CharRnnException Refusal(Uri address, HttpResponseMessage response)
    {
        string answer = $"{address} answered {(int)response.StatusCode} ({response.ReasonPhrase})";
        bool isTransient =
            response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            || (int)response.StatusCode >= 500;
        if (isTransient)
            return new TransientFailureException(answer, null);
        return new CharRnnException($"{answer}; the corpus is not there (any more)");
    }

    /// <summary>A failure that may be gone at the next try.</summary>
    private sealed class TransientFailureException(string message, Exception? inner) : CharRnnException(message, inner);
}
