using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>
/// The system's Chromium, without a window. Tests that need it are skipped where there is none; <c>.ci/run</c> installs
/// it.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser; skips the test where there is none.</summary>
    public IBrowser Browser
    {
        get
        {
            Assert.SkipWhen(
                _browser is null,
                "there is no Chromium on this machine: install chromium, or put it on the PATH"
            );
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } path)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = path,
                Headless = true,
                // As root, which is what CI runs as, Chromium has no sandbox; and of itself it looks for updates.
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(
                _ => Names,
                (folder, name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)
            )
            .FirstOrDefault(File.Exists);
}
