using CharRnn.Server.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The server's page, on which its interface is read and tried.</summary>
public sealed class ServerPageTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    // The first answer is compiled while one waits.
    private const float Patience = 30_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1280)]
    [InlineData(375)]
    public async Task Page_TriesCompletions_FromTheToolItselfAndWithoutErrors(int width)
    {
        await using var server = await RunningServer.StartAsync($"--CharRnn:Models:0={SaveModel()}");
        await using var context = await chromium.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        List<string> requests = [],
            errors = [];
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                errors.Add(message.Text);
        };
        page.PageError += (_, error) => errors.Add(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                errors.Add($"{response.Status} {response.Url}");
        };
        await page.GotoAsync(new Uri(server.Address, "/docs/").AbsoluteUri);
        var operation = page.Locator(".opblock", new() { HasText = "/v1/completions" }).First;
        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions
            .Expect(operation.Locator(".live-responses-table .response-col_status").Last)
            .ToContainTextAsync("200", new() { Timeout = Patience });
        await Assertions.Expect(operation.Locator(".live-responses-table")).ToContainTextAsync("\"text_completion\"");
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        Assert.Empty(errors);
        Assert.All(
            requests,
            request =>
                Assert.True(request.StartsWith(server.Address.AbsoluteUri) || request.StartsWith("data:"), request)
        );
    }

    private string SaveModel()
    {
        using var corpus = Corpus.FromText("prose", SmallText.Of(2_000));
        using var trainer = Trainer.Start(
            corpus,
            new TrainingSettings
            {
                HiddenSize = 16,
                NumLayers = 1,
                SeqLength = 16,
                BatchSize = 4,
                MaxSteps = 5,
                SampleEvery = Cadence.Never,
            }
        );
        trainer.Run();
        string path = _folder.File("prose.safetensors");
        trainer.Model.Save(path);
        return path;
    }
}
