using System.Text.RegularExpressions;
using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The playground, with the model that comes with the studio.</summary>
public sealed class StudioPlayTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningStudio _studio = null!;

    public async ValueTask InitializeAsync() => _studio = await RunningStudio.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _studio.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Character_IsExchanged_AndTheBranchBeforeIsReturnedTo()
    {
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            _studio,
            "/play/example?prompt=The%20dragon&chars=200"
        );
        var page = window.Page;
        var strip = page.Locator(".strip.live");
        await Assertions.Expect(page.GetByText("What could come next")).ToBeVisibleAsync();
        // The rows come once the browser has said how wide they are.
        await Assertions.Expect(strip.Locator(".line").Nth(1)).ToBeVisibleAsync();
        string first = await strip.InnerTextAsync();
        Assert.StartsWith("The dragon", first);

        await strip
            .Locator(".line")
            .Nth(1)
            .ClickAsync(
                new()
                {
                    Position = new() { X = 60, Y = 8 },
                }
            );
        await Assertions.Expect(page.GetByText("What could have stood here")).ToBeVisibleAsync();
        var alternatives = page.Locator(".alternatives button");
        await Assertions.Expect(alternatives).ToHaveCountAsync(9);
        await page.Locator(".alternatives button[aria-pressed=false]").Nth(4).ClickAsync();
        await Assertions.Expect(page.GetByText("What could come next")).ToBeVisibleAsync();
        await Assertions.Expect(strip).Not.ToHaveTextAsync(first, new() { UseInnerText = true });

        await page.GetByRole(AriaRole.Button, new() { Name = "1, the first" }).ClickAsync();
        await Assertions.Expect(strip).ToHaveTextAsync(first, new() { UseInnerText = true });

        // A digit chooses, too.
        await page.GetByRole(AriaRole.Heading, new() { Name = "Play" }).ClickAsync();
        await page.Keyboard.PressAsync("2");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Group, new() { Name = "Branches" }).Locator("button"))
            .ToHaveCountAsync(3);
        await window.RequireSoundAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    public async Task TwoTemperatures_StandSideBySide(int width, ColorScheme scheme)
    {
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            _studio,
            "/play/example?chars=300&beside=example",
            width,
            scheme
        );
        var strips = window.Page.Locator(".strip.live");
        await Assertions.Expect(strips).ToHaveCountAsync(2);
        await Assertions.Expect(window.Page.GetByText("What could come next")).ToHaveCountAsync(2);
        await Assertions.Expect(strips.Nth(0).Locator(".line").First).ToBeVisibleAsync();
        await Assertions.Expect(strips.Nth(1).Locator(".line").First).ToBeVisibleAsync();
        Assert.NotEqual(await strips.Nth(0).InnerTextAsync(), await strips.Nth(1).InnerTextAsync());
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Surprise_ColorsAPastedText_AndNamesItsWorstWords()
    {
        const string hostile = "The dragon slept. xyzzyq <script>document.title='taken'</script> under the hill.";
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            _studio,
            $"/play/example?view=surprise&text={Uri.EscapeDataString(hostile)}"
        );
        var page = window.Page;
        await Assertions.Expect(page.Locator(".strip.live .s4").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".strip.live")).ToContainTextAsync("scriptdocument");
        // The model has never seen < and >.
        await Assertions.Expect(page.GetByText("are left out")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".figures")).ToContainTextAsync(new Regex(@"bits per character\s*\d"));
        await page.GetByRole(AriaRole.Button, new() { Name = "xyzzyq" }).First.ClickAsync();
        await Assertions.Expect(page.Locator(".strip.live .within").First).ToBeVisibleAsync();
        await Assertions.Expect(page).Not.ToHaveTitleAsync("taken");
        await window.RequireSoundAsync();
    }
}
