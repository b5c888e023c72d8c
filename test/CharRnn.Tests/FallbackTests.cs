using System.Diagnostics;
using System.Text.RegularExpressions;
using CharRnn.Tests.Engine;

namespace CharRnn.Tests;

/// <summary>
/// The tests of kernels, windows and gradients once more, on this machine made poorer: each run is this very program in
/// a process of its own, with vector instructions switched off. The class itself is not among those it runs. A tenth of
/// each class's tests is run, and all of them where <c>CHARRNN_LONG_TESTS</c> is 1.
/// </summary>
public sealed partial class FallbackTests
{
    // Far longer than it takes on a busy machine; what hangs is killed then.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(LongTests.AreAsked ? 40 : 5);

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task WithInstructionsSwitchedOff_KernelsAndGradientsPassToo(string setting)
    {
        Type[] classes =
        [
            .. typeof(FallbackTests)
                .Assembly.GetTypes()
                .Where(type => type.IsPublic && type.Namespace == typeof(MatrixProductsTests).Namespace),
            typeof(GradientTests),
            typeof(ClassifierGradientTests),
            typeof(WindowTests),
        ];

        var (exitCode, output) = await RunTests(setting, classes);

        Assert.True(exitCode == 0, $"with {setting}=0 the tests ended with exit code {exitCode}:\n{output}");
        var total = TotalLine().Match(output);
        int run = int.Parse(total.Groups[1].Value) - int.Parse(total.Groups[2].Value);
        Assert.InRange(run, classes.Length, int.MaxValue);
    }

    private static async Task<(int ExitCode, string Output)> RunTests(string setting, Type[] classes)
    {
        string program = Path.Combine(
            AppContext.BaseDirectory,
            "CharRnn.Tests" + (OperatingSystem.IsWindows() ? ".exe" : "")
        );
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-noColor");
        foreach (var type in classes)
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add(type.FullName!);
        }
        foreach (string inherited in VectorWidthTests.Settings)
            start.Environment.Remove(inherited);
        start.Environment[setting] = "0";
        if (!LongTests.AreAsked)
            start.Environment[SampledTestsAttribute.Variable] = "10";

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"Total: (\d+),.* Skipped: (\d+),")]
    private static partial Regex TotalLine();
}
