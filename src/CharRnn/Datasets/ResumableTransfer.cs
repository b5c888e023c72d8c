using System.Net;
using System.Net.Http.Headers;

namespace CharRnn.Datasets;

/// <summary>How patient a download is.</summary>
public sealed record DownloadPatience
{
    /// <summary>How many failures in a row, none of which brought a byte, end it; 4 by default.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait after the first failure, doubled after each further one; half a second by default.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long the server may send nothing; 30 seconds by default.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How far a download is.</summary>
/// <param name="Bytes">The bytes had so far.</param>
/// <param name="Total">The bytes there are; null where the server does not say.</param>
public readonly record struct DownloadProgress(long Bytes, long? Total);

/// <summary>
/// Brings one address into a <see cref="PartialFile"/>: continues what is there, tries again after failures that pass,
/// says clearly what does not.
/// </summary>
internal sealed class ResumableTransfer(HttpClient http, DownloadPatience patience)
{
    private const int BlockBytes = 1 << 16;

    public async Task RunAsync(
        Uri address,
        PartialFile part,
        Action<DownloadProgress>? progress,
        CancellationToken cancellation
    )
    {
        int failures = 0;
        while (true)
        {
            long before = part.Length;
            try
            {
                await AttemptAsync(address, part, progress, cancellation);
                if (part.Length == 0)
                    throw new CorpusException($"{address} gave an empty file");
                part.FlushToDisk();
                return;
            }
            catch (PassingFailureException failure)
            {
                failures = part.Length > before ? 1 : failures + 1;
                if (failures >= patience.Attempts)
                    throw new CharRnnException(
                        $"{failure.Message}, {failures} times in a row. {Kept(part, address)}",
                        failure
                    );
                await Task.Delay(patience.RetryDelay * Math.Pow(2, failures - 1), cancellation);
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
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (part.ContinueIf(address) is { } condition)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = condition;
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var response = await AskAsync(request, address, silence, cancellation);
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
                throw new PassingFailureException($"{address} answered with another range than was asked for", null);
            default:
                throw Refusal(address, response);
        }

        await CopyAsync(address, response, part, total, progress, silence, cancellation);
    }

    private async Task<HttpResponseMessage> AskAsync(
        HttpRequestMessage request,
        Uri address,
        CancellationTokenSource silence,
        CancellationToken cancellation
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
            throw new PassingFailureException($"{address.Authority} cannot be reached ({Reason(e)})", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new PassingFailureException(Silent(address), e);
        }
    }

    private async Task CopyAsync(
        Uri address,
        HttpResponseMessage response,
        PartialFile part,
        long? total,
        Action<DownloadProgress>? progress,
        CancellationTokenSource silence,
        CancellationToken cancellation
    )
    {
        byte[] buffer = new byte[BlockBytes];
        using var body = await response.Content.ReadAsStreamAsync(cancellation);
        progress?.Invoke(new(part.Length, total));
        while (true)
        {
            int count = await ReadAsync();
            if (count == 0)
                break;
            await part.AppendAsync(buffer.AsMemory(0, count), cancellation);
            progress?.Invoke(new(part.Length, total));
        }

        if (total is { } needed && part.Length != needed)
            throw new PassingFailureException(
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
                throw new PassingFailureException(
                    FormattableString.Invariant($"{address} broke off after {part.Length} bytes"),
                    e
                );
            }
            catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                throw new PassingFailureException(Silent(address), e);
            }
        }
    }

    private string Silent(Uri address) =>
        FormattableString.Invariant($"{address.Authority} sent nothing for {patience.Silence.TotalSeconds:0.#} s");

    private static string Reason(HttpRequestException e) => e.InnerException?.Message ?? e.Message;

    private static CharRnnException Refusal(Uri address, HttpResponseMessage response)
    {
        string answer = $"{address} answered {(int)response.StatusCode} ({response.ReasonPhrase})";
        bool passes =
            response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            || (int)response.StatusCode >= 500;
        if (passes)
            return new PassingFailureException(answer, null);
        return new CharRnnException($"{answer}; the corpus is not there (any more)");
    }

    /// <summary>A failure that may be gone at the next try.</summary>
    private sealed class PassingFailureException(string message, Exception? inner) : CharRnnException(message, inner);
}
