using System.Text.Json;
using System.Text.RegularExpressions;

namespace CharRnn.Cli.Tests.Golden;

/// <summary>
/// config.json of runs with default settings: every key, its place and its value as an earlier version wrote them.
/// </summary>
public sealed partial class RecordedConfigurationTests
{
    [Theory]
    [InlineData("language-model.json")]
    [InlineData("classifier.json")]
    public void ConfigurationOfARun_IsTheRecordedText(string file)
    {
        string recorded = File.ReadAllText(GoldenFiles.At("configurations", file));
        using var shell = new TestShell();
        string run = shell.Folder.File("run");

        var outcome = shell.Run([.. CommandOf(recorded).Select(argument => argument == "RUN" ? run : argument)]);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        string actual = File.ReadAllText(Path.Combine(run, "config.json"));
        Assert.Equal(Machine().Replace(recorded, ""), Machine().Replace(actual, ""));
    }

    private static IEnumerable<string> CommandOf(string configuration)
    {
        using var document = JsonDocument.Parse(configuration);
        return document.RootElement.GetProperty("command").GetString()!.Split(' ').Skip(1);
    }

    // The command line is that of the tests' own process, and how well gzip packs a text depends on the runtime.
    [GeneratedRegex("\"(command|gzip_bpc)\": [^\n]*")]
    private static partial Regex Machine();
}
