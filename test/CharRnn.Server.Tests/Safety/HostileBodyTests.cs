using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CharRnn.Server.Tests.Safety;

public sealed class HostileBodyTests(DrawnModels models)
{
    private const string Completions = "/v1/completions",
        Chat = "/v1/chat/completions",
        Score = "/v1/score",
        Classify = "/v1/classify",
        Embeddings = "/v1/embeddings";

    private static readonly string[] All = [Completions, Chat, Score, Classify, Embeddings];

    // What no field takes: beyond every range, no whole number, no number.
    private static readonly string[] NeverWhole =
    [
        "-2",
        "-1e3",
        "0.5",
        "1.5",
        "1e400",
        "-1e400",
        "99999999999999999999",
        "2147483648",
        "\"1\"",
        "true",
        "[]",
        "{}",
        "[1]",
    ];

    private static readonly string[] NeverNumbers =
    [
        "-2.001",
        "1e400",
        "-1e400",
        "1e308",
        "\"1\"",
        "\"NaN\"",
        "true",
        "[]",
        "{}",
    ];

    /// <summary>Fields of whole numbers, by path.</summary>
    public static TheoryData<string, string> WholeFields =>
        new()
        {
            { Completions, "max_tokens" },
            { Completions, "n" },
            { Completions, "top_k" },
            { Completions, "logprobs" },
            { Completions, "best_of" },
            { Chat, "max_tokens" },
            { Chat, "max_completion_tokens" },
            { Chat, "n" },
            { Chat, "top_k" },
            { Classify, "top" },
            { Embeddings, "dimensions" },
        };

    /// <summary>Fields of numbers, by path.</summary>
    public static TheoryData<string, string> NumberFields
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string path in new[] { Completions, Chat })
            foreach (
                string name in new[]
                {
                    "temperature",
                    "top_p",
                    "min_p",
                    "presence_penalty",
                    "frequency_penalty",
                    "repetition_penalty",
                }
            )
                all.Add(path, name);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(WholeFields))]
    public async Task NumbersThatAWholeNumberIsNot_AreRefusedByTheField(string path, string field)
    {
        foreach (string value in NeverWhole)
            await AssertRefusedByAsync(path, field, value);
    }

    [Theory]
    [MemberData(nameof(NumberFields))]
    public async Task NumbersOutOfRange_AreRefusedByTheField(string path, string field)
    {
        foreach (string value in NeverNumbers)
            await AssertRefusedByAsync(path, field, value);
    }

    [Theory]
    [InlineData("{\"0\": 101}")]
    [InlineData("{\"0\": -1e400}")]
    [InlineData("{\"-1\": 1}")]
    [InlineData("{\"01\": 1}")]
    [InlineData("{\"29\": 1}")]
    [InlineData("{\"2147483648\": 1}")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"\": 1}")]
    [InlineData("{\"1.0\": 1}")]
    [InlineData("{\"0\": \"1\"}")]
    [InlineData("{\"0\": null}")]
    [InlineData("[1]")]
    public Task BiasesThatNameNoSymbol_OrAreNoBiases_AreRefused(string bias) =>
        AssertRefusedByAsync(Completions, "logit_bias", bias);

    [Theory]
    [InlineData("seed", "1.5")]
    [InlineData("seed", "9223372036854775808")]
    [InlineData("seed", "\"1\"")]
    [InlineData("stream", "1")]
    [InlineData("stream", "\"true\"")]
    [InlineData("stop", "[\"a\", 1]")]
    [InlineData("stop", "{}")]
    [InlineData("label", "[]")]
    [InlineData("label", "\"one\"")]
    [InlineData("model", "1")]
    [InlineData("stream_options", "[]")]
    [InlineData("suffix", "\"\\ud800\"")]
    [InlineData("response_format", "{\"type\": \"\\udc00\"}")]
    [InlineData("tools", "[{}]")]
    public Task FieldsOfTheWrongKind_AreRefusedByName(string field, string value) =>
        AssertRefusedByAsync(Completions, field, value);

    [Fact]
    public async Task TheExtremesThatAreInRange_AreServed()
    {
        string[] sound =
        [
            """{"temperature":0,"top_p":1e-300,"top_k":2147483647,"min_p":1,"seed":-9223372036854775808}""",
            """{"temperature":1e-300,"top_p":1,"top_k":-1,"min_p":0,"seed":9223372036854775807}""",
            """{"temperature":2,"presence_penalty":2,"frequency_penalty":2,"repetition_penalty":100}""",
            """{"temperature":1e-320,"presence_penalty":-2,"frequency_penalty":-2,"repetition_penalty":0.01}""",
            """{"temperature":-0.0,"min_p":1e-320,"logit_bias":{"0":100,"1":-100},"max_tokens":0}""",
            """{"logit_bias":{"0":-100,"1":-100,"2":-100,"3":-100},"stop":["","é","aaaa"],"n":128}""",
        ];
        foreach (string body in sound)
        {
            using var response = await PostAsync(Completions, Field("model", "\"plain\"", body));
            Assert.True(response.IsSuccessStatusCode, body);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{}}")]
    [InlineData("{\"prompt\":\"a\",}")]
    [InlineData("{'prompt':'a'}")]
    [InlineData("{prompt:1}")]
    [InlineData("{\"temperature\":NaN}")]
    [InlineData("{\"temperature\":Infinity}")]
    [InlineData("{\"temperature\":0x10}")]
    [InlineData("{\"temperature\":01}")]
    [InlineData("{\"temperature\":+1}")]
    [InlineData("{\"prompt\":\"\\u12\"}")]
    [InlineData("{\"prompt\":\"\\x\"}")]
    [InlineData("{\"prompt\":\"a\nb\"}")]
    [InlineData("{\"prompt\":\"a\"} // end")]
    [InlineData("{\"prompt\":\"a\"}{\"prompt\":\"b\"}")]
    [InlineData("{\"prompt\":\"a\",\"prompt\":\"b\"}")]
    [InlineData("{\"model\":\"plain\",\"model\":\"labeled\"}")]
    [InlineData("{\"unknown\":1,\"unknown\":2}")]
    [InlineData("{\"logit_bias\":{\"0\":1,\"0\":2}}")]
    public async Task WhatIsNoObject_OrSaysTwoThings_IsRefusedOnEveryPath(string body)
    {
        foreach (string path in All)
        {
            using var response = await PostAsync(path, body);
            Assert.Equal(HttpStatusCode.BadRequest, (await Refusal.ReadAsync(response)).Status);
        }
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00x")]
    [InlineData("a\\ud83d")]
    public async Task HalfACharacter_IsRefusedInEveryText(string half)
    {
        (string Path, string Body)[] all =
        [
            (Completions, $"{{\"prompt\":\"{half}\"}}"),
            (Completions, $"{{\"prompt\":[\"a\",\"{half}\"]}}"),
            (Completions, $"{{\"stop\":\"{half}\"}}"),
            (Completions, $"{{\"label\":\"{half}\"}}"),
            (Completions, $"{{\"model\":\"{half}\"}}"),
            (Completions, $"{{\"logit_bias\":{{\"{half}\":1}}}}"),
            (Chat, $"{{\"messages\":[{{\"content\":\"{half}\"}}]}}"),
            (Chat, $"{{\"messages\":[{{\"content\":[{{\"type\":\"text\",\"text\":\"{half}\"}}]}}]}}"),
            (Chat, $"{{\"messages\":[{{\"role\":\"{half}\",\"content\":\"a\"}}]}}"),
            (Score, $"{{\"input\":\"{half}\"}}"),
            (Classify, $"{{\"input\":\"{half}\"}}"),
            (Embeddings, $"{{\"input\":\"{half}\"}}"),
            (Embeddings, $"{{\"input\":\"a\",\"encoding_format\":\"{half}\"}}"),
        ];
        foreach (var (path, body) in all)
        {
            string model = path == Classify ? "kinds" : "plain";
            using var response = await PostAsync(
                path,
                body.Contains("\"model\"") ? body : Field("model", $"\"{model}\"", body)
            );
            Assert.Contains((int)(await Refusal.ReadAsync(response)).Status, new[] { 400, 404 });
        }
    }

    [Fact]
    public async Task BytesThatAreNoUtf8_AreRefused()
    {
        byte[][] all =
        [
            [.. "{\"prompt\":\""u8, 0xff, .. "\"}"u8],
            [.. "{\"prompt\":\""u8, 0xc0, 0x80, .. "\"}"u8],
            [.. "{\"prompt\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8],
            [0xff, 0xfe, .. Encoding.Unicode.GetBytes("{}")],
            [.. "{\"prompt\":\"a\",\""u8, 0xf0, 0x9f, .. "\":1}"u8],
        ];
        foreach (byte[] bytes in all)
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await SendAsync(Completions, content);
            Assert.Equal(HttpStatusCode.BadRequest, (await Refusal.ReadAsync(response)).Status);
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task DeepNesting_IsRefused_InFieldsThatAreReadAndInOthers(string open, string close)
    {
        const int depth = 100_000;
        string deep =
            string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        foreach (string field in new[] { "prompt", "messages", "logit_bias", "unknown", "tools" })
        {
            foreach (string path in new[] { Completions, Chat })
            {
                using var response = await PostAsync(path, $"{{\"{field}\":{deep}}}");
                Assert.Equal(HttpStatusCode.BadRequest, (await Refusal.ReadAsync(response)).Status);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=latin1")]
    [InlineData("application/jsonx")]
    [InlineData(",;=")]
    public async Task AnotherContentType_IsRefused(string? type)
    {
        foreach (string path in All)
        {
            using var content = new ByteArrayContent("{}"u8.ToArray());
            if (type is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var response = await SendAsync(path, content);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Refusal.ReadAsync(response)).Status);
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON; charset=\"UTF-8\"")]
    [InlineData("application/vnd.api+json")]
    public async Task JsonUnderItsOtherNames_IsRead(string type)
    {
        using var content = new ByteArrayContent("{\"model\":\"plain\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await SendAsync(Completions, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task ACompressedBody_IsRefused_AndNeverUnpacked()
    {
        var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zip.Write(new byte[1 << 20]);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await SendAsync(Completions, content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await Refusal.ReadAsync(response)).Status);
    }

    [Fact]
    public async Task WhatWouldCostMoreThanItsBodyIsLong_IsRefusedByItsField()
    {
        string many = string.Join(',', Enumerable.Repeat("\"\"", 250_000)),
            quotes = new('\'', 900_000);
        (string Field, string Value, string Param)[] all =
        [
            ("prompt", $"[{many}]", "n"),
            ("stop", $"\"{new string('a', 900_000)}\"", "stop"),
            ("stop", $"[{many.Replace("\"\"", "\"a\"")}]", "stop"),
            ("label", $"\"x{quotes}\"", "label"),
            ("model", $"\"{quotes}\"", "model"),
            ("n", "129", "n"),
            ("logprobs", "20", "logprobs"),
        ];
        foreach (var (field, value, param) in all)
        {
            string body = field == "n" ? "{}" : "{\"n\":128,\"max_tokens\":100000}";
            string model = field == "logprobs" ? "\"plain\"" : "\"labeled\"";
            body = field is "model" ? "{}" : Field("model", model, body);
            using var response = await PostAsync(Completions, Field(field, value, body));
            var refusal = await Refusal.ReadAsync(response);
            Assert.Equal(param, refusal.Param);
            Assert.True(refusal.Message.Length < 1000, $"{refusal.Message.Length} characters");
        }
    }

    private async Task AssertRefusedByAsync(string path, string field, string value)
    {
        string body = Field(field, value, Sound(path));
        if (field != "model")
            body = Field("model", path == Classify ? "\"kinds\"" : "\"plain\"", body);
        using var response = await PostAsync(path, body);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{field}: {value}: {response.StatusCode}");
        Assert.Equal((field, value), ((await Refusal.ReadAsync(response)).Param, value));
    }

    private static string Sound(string path) =>
        path switch
        {
            Completions => "{\"prompt\":\"a\"}",
            Chat => "{\"messages\":[{\"content\":\"a\"}]}",
            _ => "{\"input\":\"a\"}",
        };

    private static string Field(string name, string value, string body) =>
        body.Trim() == "{}" ? $"{{\"{name}\":{value}}}" : $"{{\"{name}\":{value},{body.TrimStart()[1..]}";

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(path, content);
    }

    private Task<HttpResponseMessage> SendAsync(string path, HttpContent content) =>
        models.Server.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
}
