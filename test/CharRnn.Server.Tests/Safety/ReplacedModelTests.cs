using System.Net.Http.Json;
using CharRnn.Server.Models;
using CharRnn.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace CharRnn.Server.Tests.Safety;

public sealed class ReplacedModelTests : IDisposable
{
    private const int Length = 40;

    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _first = DrawnModels.Draw(hidden: 16, seed: 11),
        _second = DrawnModels.Draw(hidden: 12, seed: 12);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Dispose();
    }

    private string Served => _folder.File("served.safetensors");

    [Fact]
    public async Task AFileThatIsReplaced_IsServedFromTheNextRequestOn_HoweverItIsReplaced()
    {
        _first.Save(Served);
        await using var server = await StartAsync();
        await AssertServesAsync(server, _first);
        ReplaceAtOnce(_second);
        await AssertServesAsync(server, _second);
        ReplaceInPlace(_first);
        await AssertServesAsync(server, _first);
        await File.WriteAllTextAsync(Served, "no model", TestContext.Current.CancellationToken);
        await AssertServesAsync(server, _first);
        File.Delete(Served);
        await AssertServesAsync(server, _first);
        _second.Save(Served);
        await AssertServesAsync(server, _second);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATextThatHasBegun_EndsWithTheModelItBeganWith_WhichIsThenLetGo(bool isInPlace)
    {
        const int length = 200_000;
        _first.Save(Served);
        await using var server = await StartAsync();
        var registry = server.Services.GetRequiredService<ModelRegistry>();
        var (_, before) = registry.Take("served");
        before.Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(
                new
                {
                    max_tokens = length,
                    seed = 5,
                    stream = true,
                }
            ),
        };
        using var response = await server.Client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        if (isInPlace)
            ReplaceInPlace(_second);
        else
            ReplaceAtOnce(_second);
        await AssertServesAsync(server, _second);
        string all = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Written.Alone(_first, "", length, seed: 5), Written.Streamed(all));
        await Eventually.HoldsAsync(() => IsReleased(before), "the memory of the model before is let go");
        await AssertServesAsync(server, _second);
    }

    [Fact]
    public async Task ModelsThatAreReplacedUnderLoad_AreAllLetGo()
    {
        _first.Save(Served);
        await using var server = await StartAsync();
        var registry = server.Services.GetRequiredService<ModelRegistry>();
        var all = new List<LoadedModel>();
        using var end = new CancellationTokenSource();
        Task[] clients =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(async number =>
                {
                    while (!end.IsCancellationRequested)
                    {
                        using var response = await server.PostAsync(
                            "/v1/completions",
                            new { max_tokens = 20 * number, seed = number }
                        );
                        Assert.True(response.IsSuccessStatusCode);
                    }
                }),
        ];
        for (int time = 0; time < 20; time++)
        {
            ReplaceAtOnce(time % 2 == 0 ? _second : _first);
            var (_, loaded) = registry.Take(null);
            loaded.Dispose();
            if (!all.Contains(loaded))
                all.Add(loaded);
        }
        await end.CancelAsync();
        await Task.WhenAll(clients);
        var (_, last) = registry.Take(null);
        last.Dispose();
        Assert.True(all.Count > 1, "no model was loaded anew");
        foreach (var loaded in all.Where(loaded => loaded != last))
            await Eventually.HoldsAsync(() => IsReleased(loaded), "each model before the last is let go");
        Assert.False(IsReleased(last));
    }

    [Fact]
    public void AFileThatIsBroken_IsToldOnce_UntilItChangesAgain()
    {
        var told = new Observer();
        _first.Save(Served);
        using var model = new ServedModel("served", Served);
        Take(model, told);
        File.WriteAllText(Served, "no model");
        for (int time = 0; time < 3; time++)
            Take(model, told);
        Assert.Equal((0, 1), (told.Reloads, told.Failures));
        File.WriteAllText(Served, "still none");
        for (int time = 0; time < 3; time++)
            Take(model, told);
        Assert.Equal((0, 2), (told.Reloads, told.Failures));
        ReplaceAtOnce(_second);
        for (int time = 0; time < 3; time++)
            Take(model, told);
        Assert.Equal((1, 2), (told.Reloads, told.Failures));
    }

    private static void Take(ServedModel model, IModelObserver told)
    {
        using var loaded = model.Take(told);
        Assert.False(IsReleased(loaded));
    }

    private static bool IsReleased(LoadedModel loaded)
    {
        try
        {
            return loaded.Model.Weights.Span(0, 1).Length == 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(
            $"--CharRnn:Models:0={Served}",
            "--CharRnn:MaxTokens=1000000",
            "--Logging:LogLevel:CharRnn.Server=None"
        );

    private static async Task AssertServesAsync(RunningServer server, LanguageModel model)
    {
        var answer = await server.AnswerAsync(
            "/v1/completions",
            new
            {
                prompt = "a",
                max_tokens = Length,
                seed = 3,
            }
        );
        Assert.Equal(
            Written.Alone(model, "a", Length, seed: 3),
            answer.GetProperty("choices")[0].GetProperty("text").GetString()
        );
    }

    private void ReplaceAtOnce(LanguageModel model)
    {
        string beside = _folder.File("beside.safetensors");
        model.Save(beside);
        File.Move(beside, Served, overwrite: true);
    }

    private void ReplaceInPlace(LanguageModel model)
    {
        string beside = _folder.File("beside.safetensors");
        model.Save(beside);
        File.WriteAllBytes(Served, File.ReadAllBytes(beside));
    }

    private sealed class Observer : IModelObserver
    {
        public int Reloads { get; private set; }

        public int Failures { get; private set; }

        public void Reloaded(string id, LoadedModel before) => Reloads++;

        public void NotReloaded(string id, Exception failure) => Failures++;
    }
}
