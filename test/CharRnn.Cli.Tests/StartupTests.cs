using CharRnn.Tests;

namespace CharRnn.Cli.Tests;

/// <summary>What is not loaded takes no time.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_LoadsNeitherStyledOutputNorTheNetworkNorJson()
    {
        string[] loaded = await AssembliesLoadedByAsync("--version");
        Assert.Contains("System.CommandLine", loaded);
        Assert.DoesNotContain("Spectre.Console", loaded);
        Assert.DoesNotContain("System.Net.Http", loaded);
        Assert.DoesNotContain("System.Text.Json", loaded);
    }

    [Fact]
    public async Task Help_LoadsNothingThatDrawsPages()
    {
        string[] loaded = await AssembliesLoadedByAsync("--help");
        Assert.DoesNotContain(loaded, IsOfReports);
        Assert.DoesNotContain(await AssembliesLoadedByAsync("report", "--help"), IsOfReports);
    }

    [Fact]
    public async Task Sample_LoadsNeitherStyledOutputNorTheNetwork()
    {
        string model = SuccessorModel.Save(_folder.File("model.safetensors"), "abcd");
        string[] loaded = await AssembliesLoadedByAsync("sample", model, "-n", "1");
        Assert.Contains("System.Text.Json", loaded);
        Assert.DoesNotContain("Spectre.Console", loaded);
        Assert.DoesNotContain("System.Net.Http", loaded);
        Assert.DoesNotContain(loaded, IsOfReports);
        // Code made at run time is what a serializer that goes by reflection begins with.
        Assert.DoesNotContain("System.Reflection.Emit.ILGeneration", loaded);
    }

    private static bool IsOfReports(string assembly) =>
        assembly is "CharRnn.Report" or "Radzen.Blazor"
        || assembly.StartsWith("Microsoft.AspNetCore.")
        || assembly.StartsWith("Microsoft.Extensions.");

    private async Task<string[]> AssembliesLoadedByAsync(params string[] arguments)
    {
        string list = _folder.File("loaded");
        var outcome = await CharrnnProcess.RunAsync(
            new()
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(StartupTests).Assembly.Location,
                [StartupHook.FileVariable] = list,
            },
            arguments
        );
        Assert.Equal(0, outcome.ExitCode);
        return File.ReadAllLines(list);
    }
}
