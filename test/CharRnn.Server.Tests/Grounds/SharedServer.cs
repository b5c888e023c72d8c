using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CharRnn.Tests;

[assembly: AssemblyFixture(typeof(CharRnn.Server.Tests.SharedServer))]

namespace CharRnn.Server.Tests;

/// <summary>One server with all small models, for tests that ask it as its clients do, and the models themselves.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServedModels _models = new();
    private RunningServer? _server;

    public SharedServer()
    {
        Prose = LanguageModel.Load(_models.Prose);
        Bytes = LanguageModel.Load(_models.Bytes);
        Names = LanguageModel.Load(_models.Names);
        Classifier = SequenceClassifier.Load(_models.Classifier);
        (ProseFile, NamesFile) = (_models.Prose, _models.Names);
        Tales = LanguageModel.Load(TalesFile = SaveTales());
    }

    /// <summary>The model <c>prose</c>.</summary>
    public LanguageModel Prose { get; }

    /// <summary>Where it is.</summary>
    public string ProseFile { get; }

    /// <summary>The model <c>bytes</c>.</summary>
    public LanguageModel Bytes { get; }

    /// <summary>The model <c>names</c>, of records with labels.</summary>
    public LanguageModel Names { get; }

    /// <summary>Where it is.</summary>
    public string NamesFile { get; }

    /// <summary>The model <c>tales</c>, of two files with a boundary between, and a character beyond U+FFFF.</summary>
    public LanguageModel Tales { get; }

    /// <summary>The model <c>languages</c>.</summary>
    public SequenceClassifier Classifier { get; }

    /// <summary>Where the server listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>A client of it.</summary>
    public HttpClient Client => _server!.Client;

    private string TalesFile { get; }

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync([
            .. new[] { _models.Prose, _models.Bytes, _models.Names, _models.Classifier, TalesFile }.Select(
                (path, i) => $"--CharRnn:Models:{i}={path}"
            ),
        ]);

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        Prose.Dispose();
        Bytes.Dispose();
        Names.Dispose();
        Tales.Dispose();
        Classifier.Dispose();
        _models.Dispose();
        _folder.Dispose();
    }

    /// <summary>The answer to a request that must succeed.</summary>
    public async Task<JsonElement> AskAsync(string path, object body)
    {
        using var response = await PostAsync(path, body);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>The <c>error</c> of the answer to a request that must be refused.</summary>
    public async Task<JsonElement> ErrorAsync(string path, object body, HttpStatusCode status)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal(status, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return answer.GetProperty("error");
    }

    /// <summary>The stream of a request, whole.</summary>
    public async Task<StreamedAnswer> StreamAsync(string path, object body)
    {
        var streamed = JsonSerializer.SerializeToNode(body)!.AsObject();
        streamed["stream"] = true;
        using var response = await PostAsync(path, streamed);
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return StreamedAnswer.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A request with other fields beside.</summary>
    public static JsonObject With(object body, string fields)
    {
        var all = JsonSerializer.SerializeToNode(body)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            all[name] = value?.DeepClone();
        return all;
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        Client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    private string SaveTales()
    {
        string[] files = [_folder.File("one.txt"), _folder.File("two.txt")];
        foreach (string file in files)
            File.WriteAllText(file, string.Concat(Enumerable.Repeat("A 🐉 slept. 🐉🐉 came.\n", 100)));
        using var corpus = Corpus.LoadFiles("tales", files, new CorpusOptions());
        using var trainer = Trainer.Start(
            corpus,
            new TrainingSettings
            {
                HiddenSize = 16,
                NumLayers = 1,
                SeqLength = 16,
                BatchSize = 4,
                MaxSteps = 20,
                SampleEvery = Cadence.Never,
            }
        );
        trainer.Run();
        string path = _folder.File("tales.safetensors");
        trainer.Model.Save(path);
        return path;
    }
}
