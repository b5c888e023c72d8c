using System.Diagnostics;
using System.Text.RegularExpressions;
using CharRnn.Checkpoints;
using CharRnn.Server.Tests;
using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>A studio that is killed while it shows a training that it started.</summary>
public sealed class StudioKilledTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Studio_KilledWhileItTrains_LeavesARunThatGoesOn_AndResumes()
    {
        var token = TestContext.Current.CancellationToken;
        string runs = _folder.File("runs"),
            run = Path.Combine(runs, "mine");
        using var studio = Process.Start(
            new ProcessStartInfo(
                RunningStudio.Command[0],
                [.. RunningStudio.Command.Skip(1), "studio", runs, "--port", "0", "--no-browser"]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        try
        {
            string address = await AddressAsync(studio, token);
            await using var context = await chromium.Browser.NewContextAsync();
            context.SetDefaultTimeout(60_000);
            var page = await context.NewPageAsync();
            await page.GotoAsync(address);
            await page.Locator(".panel label", new() { HasText = "Text" })
                .Locator("select")
                .First.SelectOptionAsync("Dragons");
            await page.GetByText("Settings").ClickAsync();
            await Field(page, "Hidden units").FillAsync("16");
            await Field(page, "Minutes").FillAsync("2");
            await Field(page, "Name").FillAsync("mine");
            await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
            await page.WaitForURLAsync(new Regex("/runs/mine$"));
        }
        finally
        {
            studio.Kill();
            await studio.WaitForExitAsync(token);
        }

        // The training neither noticed nor ended.
        var folder = RunFolder.Open(run);
        long before = new FileInfo(folder.MetricsPath) is { Exists: true } file ? file.Length : 0;
        await Eventually.HoldsAsync(
            () =>
                new FileInfo(folder.MetricsPath) is { Exists: true } now && now.Length > before && folder.LastStep > 0,
            "the training has gone on and saved"
        );
        int trainer = RunLock.Owner(folder) ?? throw new InvalidOperationException("nobody trains the run");
        using (var training = Process.GetProcessById(trainer))
        {
            training.Kill();
            await training.WaitForExitAsync(token);
        }

        long saved = folder.LastStep!.Value;
        using var resumed = Process.Start(
            new ProcessStartInfo(
                RunningStudio.Command[0],
                [
                    .. RunningStudio.Command.Skip(1),
                    "train",
                    "--resume",
                    "-o",
                    run,
                    "--max-steps",
                    $"{saved + 10}",
                    "--progress",
                    "none",
                ]
            )
        )!;
        await resumed.WaitForExitAsync(token);
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(saved + 10, folder.LastStep);
    }

    private static ILocator Field(IPage page, string label) =>
        page.Locator("label")
            .Filter(new() { HasTextRegex = new Regex($@"^\s*{label}\b") })
            .Locator("input, select")
            .First;

    private static async Task<string> AddressAsync(Process studio, CancellationToken token)
    {
        while (await studio.StandardError.ReadLineAsync(token) is { } line)
        {
            if (Regex.Match(line, @"http://\S+token=\w+") is { Success: true } found)
                return found.Value;
        }
        throw new InvalidOperationException("the studio ended without an address");
    }
}
