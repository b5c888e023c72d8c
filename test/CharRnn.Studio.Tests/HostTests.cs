using CharRnn.Host;

namespace CharRnn.Studio.Tests;

/// <summary>The program that shows the studio.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:8123")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    public void Address_ThatOtherMachinesReach_IsRefused(string urls)
    {
        var refused = Assert.Throws<SettingsException>(() =>
            StudioHost.Build([$"--urls={urls}", "--Studio:Folder=/runs", "--Studio:Command:0=charrnn"])
        );
        Assert.Contains("for this one alone", refused.Message);
    }
}
