namespace CharRnn.Server.Tests;

/// <summary>Waits for what must come, however busy the machine is.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60),
        Between = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until something holds; fails when it does not for a minute.</summary>
    public static async Task HoldsAsync(Func<bool> holds, string what)
    {
        var end = DateTime.UtcNow + Patience;
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < end, $"waited in vain until {what}");
            await Task.Delay(Between, TestContext.Current.CancellationToken);
        }
    }
}
