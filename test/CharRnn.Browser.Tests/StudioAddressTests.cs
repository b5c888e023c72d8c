using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>Whatever an address or the folder holds, a page is a page, and says what is wrong in place.</summary>
public sealed class StudioAddressTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningStudio _studio = null!;

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(_folder.File("broken.safetensors"), "no model");
        Directory.CreateDirectory(_folder.File("damaged"));
        File.WriteAllText(_folder.File("damaged/config.json"), "{");
        _studio = await RunningStudio.StartAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _studio.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pages_OfOddAddresses_SayWhatIsWrong_OrShowWhatTheyCan()
    {
        (string Address, string Says)[] odd =
        [
            ("/?compare=a,b", "damaged"),
            ("/runs/nowhere", "there is no run"),
            ("/neurons/example?from=abc&chars=-1&likeliest=7&unit=9:9:9&find=rhyme", "Find units"),
            ("/neurons/example?chars=99999999999999999999&find=regex:(", "the pattern '(' cannot be read"),
            ("/neurons/broken", "broken"),
            ("/neurons/nowhere", "there is no model"),
            ("/neurons/..%2F..%2Fetc%2Fpasswd", "there is no model"),
            ("/play/example?temperature=hot&top_k=-3&seed=1e9&chars=x&label=Greek", "What could come next"),
            ("/play/example?top_p=7", "top"),
            ("/play/example?beside=nowhere", "there is no model"),
            ("/play/example?view=surprise&from=-5&read=1", "bits per character"),
            (
                "/explain?hidden=abc&layers=&seed=-1&rate=Infinity&t=zz&stage=never&cell=none&optimizer=x",
                "The parameters"
            ),
            ("/names?share=half&writer=nowhere&name=%00", "Names"),
        ];
        await using var window = await StudioWindow.OpenAsync(chromium, _studio);
        foreach (var (address, says) in odd)
        {
            await window.GoAsync(address);
            await Assertions.Expect(window.Page.Locator("main")).ToContainTextAsync(says);
            await Assertions.Expect(window.Page.Locator("main")).Not.ToContainTextAsync("This page failed");
        }
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Writing_MayBeBegunAgain_AndLeft_WhileItGoesOn()
    {
        await using var window = await StudioWindow.OpenAsync(chromium, _studio, "/play/example?chars=20000");
        var page = window.Page;
        var write = page.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }).Last;
        for (int i = 0; i < 3; i++)
        {
            await Assertions.Expect(page.Locator(".strip.live .line").Nth(3)).ToBeVisibleAsync();
            await page.Locator(".strip.live .line span").First.HoverAsync();
            await write.ClickAsync();
        }
        await page.GetByRole(AriaRole.Link, new() { Name = "Explain" }).ClickAsync();
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("Explain");
        await Assertions.Expect(page.GetByText("The parameters")).ToBeVisibleAsync();
        // It stays where it was sent: the page that was left takes nobody back.
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/explain"));
        await window.RequireSoundAsync();
    }
}
