using System.Text.Json;

namespace CharRnn.Cli.UserTrials;

/// <summary>A baseline is shown where it means something.</summary>
public sealed class BaselineTests : IDisposable
{
    private readonly TrainingGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task RandomCharacters_HaveNoBigramBaseline()
    {
        var random = new Random(5);
        File.WriteAllText(
            _ground["noise.txt"],
            string.Concat(Enumerable.Range(0, 30_000).Select(_ => (char)random.Next(0x4E00, 0x9FA5)))
        );
        var stats = await _ground.RunAsync("data", "stats", "noise.txt", "--json");
        Assert.Equal(JsonValueKind.Null, BigramOf(stats).ValueKind);
        var trained = await _ground.RunAsync([
            "train",
            "noise.txt",
            .. TrainingGround.Small,
            "--max-steps",
            "1",
            "-o",
            "r",
        ]);
        Assert.DoesNotContain("how often each follows each", trained.Output + trained.Error);
    }

    [Fact]
    public async Task ATextOfALanguage_HasOne()
    {
        Assert.Equal(JsonValueKind.Number, BigramOf(await _ground.RunAsync("data", "stats", "--json")).ValueKind);
        Assert.Equal(
            JsonValueKind.Number,
            BigramOf(await _ground.RunAsync("data", "stats", "text.txt", "--json")).ValueKind
        );
    }

    private static JsonElement BigramOf(Outcome stats) =>
        TrainingGround.Parsed(stats.Output).GetProperty("bigram_bits_per_char");
}
