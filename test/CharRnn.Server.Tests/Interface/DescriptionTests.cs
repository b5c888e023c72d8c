using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CharRnn.Server.Tests.Interface;

/// <summary>The interface's description in OpenAPI, and the page that shows it.</summary>
public sealed partial class DescriptionTests(SharedServer server)
{
    [Fact]
    public async Task Description_HasEveryPath()
    {
        var document = await DescriptionAsync();
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString());
        Assert.Equal(
            [
                "/health get",
                "/v1/chat/completions post",
                "/v1/classify post",
                "/v1/completions post",
                "/v1/embeddings post",
                "/v1/models get",
                "/v1/models/{id} get",
                "/v1/score post",
            ],
            document
                .GetProperty("paths")
                .EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{path.Name} {method.Name}"))
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(
        "/v1/completions",
        "prompt,max_tokens,temperature,top_p,n,stop,seed,stream,logprobs,echo,logit_bias,label"
    )]
    [InlineData(
        "/v1/chat/completions",
        "messages,max_completion_tokens,temperature,logprobs,top_logprobs,stream_options"
    )]
    [InlineData("/v1/score", "model,input,label")]
    [InlineData("/v1/classify", "model,input,top")]
    [InlineData("/v1/embeddings", "model,input,encoding_format,dimensions")]
    public async Task Requests_AreDescribedFieldByField(string path, string fields)
    {
        var document = await DescriptionAsync();
        var operation = document.GetProperty("paths").GetProperty(path).GetProperty("post");
        Assert.NotEqual("", operation.GetProperty("summary").GetString());
        var request = Resolve(
            document,
            operation
                .GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema")
        );
        var properties = request.GetProperty("properties");
        Assert.All(fields.Split(','), field => Assert.True(properties.TryGetProperty(field, out _), field));
        Assert.All(
            properties.EnumerateObject(),
            property =>
                Assert.True(
                    property.Value.TryGetProperty("description", out var description)
                        && description.GetString() is { Length: > 10 },
                    $"{path}: {property.Name} says nothing"
                )
        );
        foreach (string status in (string[])["200", "400", "401", "404", "429"])
        {
            var schema = operation
                .GetProperty("responses")
                .GetProperty(status)
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema");
            Assert.True(Resolve(document, schema).TryGetProperty("properties", out _), $"{path}: {status}");
        }
    }

    [Fact]
    public async Task References_AllLeadSomewhere()
    {
        var document = await DescriptionAsync();
        string[] references = [.. ReferencesIn(document).Distinct()];
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(JsonValueKind.Object, At(document, reference).ValueKind));
    }

    [Fact]
    public async Task Examples_AreAnswered()
    {
        var document = await DescriptionAsync();
        int tried = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("post", out var post))
                continue;
            var example = post.GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("example");
            _ = await server.AskAsync(path.Name, example);
            tried++;
        }
        Assert.Equal(5, tried);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_IsAskedForWhereThereIsOne(bool isAsked)
    {
        string[] key = isAsked ? ["--CharRnn:ApiKey=secret"] : [];
        await using var another = await RunningServer.StartAsync([$"--CharRnn:Models:0={server.NamesFile}", .. key]);
        var document = await another.Client.GetFromJsonAsync<JsonElement>(
            "/openapi/v1.json",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(isAsked, document.TryGetProperty("security", out var security) && security.GetArrayLength() > 0);
        Assert.Equal(isAsked, document.GetProperty("components").TryGetProperty("securitySchemes", out _));
        // The labels of a model with labels are part of what is tried.
        Assert.Contains("\"label\"", document.GetProperty("paths").GetProperty("/v1/completions").GetRawText());
    }

    [Fact]
    public async Task Page_IsServedByTheToolItself()
    {
        string page = await server.Client.GetStringAsync("/docs/index.html", TestContext.Current.CancellationToken);
        string[] parts = [.. Source().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(parts);
        foreach (string part in parts)
        {
            Assert.DoesNotContain("//", part);
            using var response = await server.Client.GetAsync(
                new Uri(new Uri(server.Address, "/docs/index.html"), part),
                TestContext.Current.CancellationToken
            );
            Assert.True(response.IsSuccessStatusCode, part);
        }
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("https://", page);
        Assert.Contains("/openapi/v1.json", await InitializerAsync());

        async Task<string> InitializerAsync() =>
            page + await server.Client.GetStringAsync("/docs/index.js", TestContext.Current.CancellationToken);
    }

    private Task<JsonElement> DescriptionAsync() =>
        server.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", TestContext.Current.CancellationToken);

    private static JsonElement Resolve(JsonElement document, JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? At(document, reference.GetString()!) : schema;

    private static JsonElement At(JsonElement document, string reference)
    {
        Assert.StartsWith("#/", reference);
        return reference[2..]
            .Split('/')
            .Aggregate(document, (at, name) => at.GetProperty(name.Replace("~1", "/").Replace("~0", "~")));
    }

    private static IEnumerable<string> ReferencesIn(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(property =>
                    property.NameEquals("$ref") ? [property.Value.GetString()!] : ReferencesIn(property.Value)
                ),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(ReferencesIn),
            _ => [],
        };

    [GeneratedRegex("(?:src|href)=[\"']([^\"']+)[\"']")]
    private static partial Regex Source();
}
