using System.Diagnostics;
using System.Text;

namespace CharRnn.Tests;

/// <summary>samples/Names, run as it was built.</summary>
public sealed class NamesSampleTests
{
    // Far longer than it takes on a busy machine; what hangs is killed then, and fails by its exit code.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Names_TellsNamesApart_AndMakesNewOnes()
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Names.dll"), "1", "Nguyễn", "Marszałek"]
        )
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var ending = patience.Token.Register(() => process.Kill(entireProcessTree: true));
        string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);

        Assert.Equal(0, process.ExitCode);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(8, lines.Length);
        Assert.Matches(@"^right: \d+\.\d %", lines[1]);
        Assert.StartsWith("Nguyễn: ", lines[2]);
        Assert.StartsWith("Marszałek: ", lines[3]);
        Assert.All(lines[5..], line => Assert.Equal(5, line.Split(": ")[1].Split(", ").Length));
    }
}
