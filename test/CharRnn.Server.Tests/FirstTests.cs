namespace CharRnn.Server.Tests;

public sealed class FirstTests(ServedModels models) : IClassFixture<ServedModels>
{
    [Fact]
    public async Task AServer_AnswersThatItIsWell()
    {
        await using var server = await RunningServer.StartAsync($"--CharRnn:Models:0={models.Prose}");
        string health = await server.Client.GetStringAsync("/health", TestContext.Current.CancellationToken);
        Assert.Contains("\"status\":\"ok\"", health);
    }
}
