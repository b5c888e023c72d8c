using System.Globalization;
using System.Net;
using System.Text.Json;

namespace CharRnn.Server.Tests;

/// <summary>An answer that refuses a request, in the shape of OpenAI's errors.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Message">What it says.</param>
/// <param name="Param">The field it blames.</param>
/// <param name="Code">The word for programs.</param>
internal sealed record Refusal(HttpStatusCode Status, string Message, string? Param, string? Code)
{
    private const string HeadEnd = "\r\n\r\n";

    /// <summary>Reads one, and asserts its shape.</summary>
    public static async Task<Refusal> ReadAsync(HttpResponseMessage response) =>
        Read(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>The status of an answer as it came over a connection.</summary>
    public static HttpStatusCode StatusOf(string answer)
    {
        Assert.StartsWith("HTTP/1.1 ", answer);
        return (HttpStatusCode)int.Parse(answer.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads one as it came over a connection.</summary>
    public static Refusal Read(string answer)
    {
        string body = answer[(answer.IndexOf(HeadEnd, StringComparison.Ordinal) + HeadEnd.Length)..];
        // In chunks, the JSON stands between their lengths.
        int start = body.IndexOf('{'),
            end = body.LastIndexOf('}');
        Assert.True(start >= 0, $"no error in {answer}");
        return Read(StatusOf(answer), body[start..(end + 1)]);
    }

    private static Refusal Read(HttpStatusCode status, string body)
    {
        var answer = JsonElement.Parse(body);
        Assert.Equal(["error"], answer.EnumerateObject().Select(property => property.Name));
        var error = answer.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        string message = error.GetProperty("message").GetString()!;
        Assert.NotEmpty(message);
        Assert.DoesNotContain('\n', message);
        AssertTellsNothingOfTheMachine(message);
        Assert.Equal(
            (int)status switch
            {
                429 => "rate_limit_error",
                >= 500 => "server_error",
                _ => "invalid_request_error",
            },
            error.GetProperty("type").GetString()
        );
        return new(status, message, error.GetProperty("param").GetString(), error.GetProperty("code").GetString());
    }

    /// <summary>Asserts that a text has no stack trace, no type and no path of the machine.</summary>
    public static void AssertTellsNothingOfTheMachine(string text)
    {
        Assert.DoesNotContain("   at ", text);
        Assert.DoesNotContain("Exception", text);
        Assert.DoesNotContain("System.", text);
        Assert.DoesNotContain(Path.GetTempPath(), text);
        Assert.DoesNotContain(AppContext.BaseDirectory, text);
    }
}
