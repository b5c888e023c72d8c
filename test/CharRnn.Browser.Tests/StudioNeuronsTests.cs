using System.Text.RegularExpressions;
using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The page of neurons, on the model that comes with the studio.</summary>
public sealed class StudioNeuronsTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Hostile =
        "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";

    private readonly TemporaryFolder _folder = new();
    private RunningStudio _studio = null!;

    public async ValueTask InitializeAsync() => _studio = await RunningStudio.StartAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _studio.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(375, ColorScheme.Dark)]
    public async Task FirstVisit_ShowsTheExampleColoredByAUnit(int width, ColorScheme scheme)
    {
        await using var window = await StudioWindow.OpenAsync(chromium, _studio, "/", width, scheme);
        var strip = window.Page.Locator(".strip.live").First;
        await Assertions.Expect(strip.Locator("[class^=n],[class^=p]").First).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Look further" }).ClickAsync();
        await Assertions.Expect(window.Page.Locator("main h1")).ToHaveTextAsync("Neurons");
        await Assertions.Expect(window.Page.Locator(".with-candidates b").First).ToBeVisibleAsync();
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Units_AreFoundAndChosen_AndCharactersSayWhatTheyKnow()
    {
        await using var window = await StudioWindow.OpenAsync(chromium, _studio, "/neurons/example?unit=0:3");
        var page = window.Page;
        var strip = page.Locator(".strip.live").First;

        // A character says its value, its bits and what the network expected next.
        var character = strip.Locator(".line span").First;
        await character.HoverAsync();
        await Assertions.Expect(page.Locator(".tip:visible")).ToContainTextAsync("next:");
        await strip
            .Locator(".line")
            .Nth(3)
            .ClickAsync(
                new()
                {
                    Position = new() { X = 100, Y = 8 },
                }
            );
        await Assertions.Expect(page.Locator(".reading")).ToContainTextAsync("bits");
        await Assertions.Expect(strip.Locator(".here")).ToHaveCountAsync(1);

        // What it looked at: those before it, underlined.
        var lookedAt = page.Locator("section", new() { HasText = "What it looked at" }).Last;
        await Assertions.Expect(lookedAt.Locator("[class^=a]").First).ToBeVisibleAsync();

        // Keys move.
        string before = await page.Locator(".reading").InnerTextAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator(".reading")).Not.ToHaveTextAsync(before);

        // Finding units colours the text by the best, and a click by another.
        await page.GetByRole(AriaRole.Button, new() { Name = "Find", Exact = true }).ClickAsync();
        var rows = page.Locator("table.units tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(20);
        await Assertions.Expect(page.GetByText("untrained network of this shape")).ToBeVisibleAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("find=quotes"));
        var third = rows.Nth(2).Locator("button");
        string unit = await third.InnerTextAsync();
        await third.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(Uri.EscapeDataString(unit))));
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Span_IsDraggedOver_AndAUnitIsHeldWhileTheModelWrites()
    {
        await using var window = await StudioWindow.OpenAsync(chromium, _studio, "/neurons/example?unit=0:0:cell");
        var page = window.Page;
        var box = (await page.Locator(".strip.live .line").Nth(3).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 40, box.Y + 8);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 120, box.Y + 8, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        var exactly = page.Locator("section", new() { HasText = "On exactly there" }).Last;
        await Assertions.Expect(exactly).ToContainTextAsync("Threshold");
        await Assertions.Expect(page.Locator(".strip.live .within").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Silence" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Write" }).ClickAsync();
        var texts = page.Locator(".text.held");
        await Assertions.Expect(texts).ToHaveCountAsync(2);
        Assert.NotEqual(await texts.Nth(0).InnerTextAsync(), await texts.Nth(1).InnerTextAsync());
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task LongText_SendsOnlyTheRowsInSight_AndScrollsToItsEnd()
    {
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            _studio,
            "/neurons/example?from=0&chars=100000"
        );
        var page = window.Page;
        var strip = page.Locator(".strip.live").First;
        await Assertions.Expect(strip.Locator(".line").First).ToBeVisibleAsync();
        Assert.InRange(await strip.EvaluateAsync<int>("s => s.querySelectorAll('*').length"), 10, 5_000);
        await strip.EvaluateAsync("s => { s.scrollTop = s.scrollHeight; }");
        // The last row in sight ends with the last character.
        await page.WaitForFunctionAsync(
            "() => { const all = document.querySelectorAll('.strip.live [data-i]');"
                + " const last = all[all.length - 1];"
                + " return last && Number(last.dataset.i) + last.textContent.length >= 100000; }"
        );
        Assert.InRange(await strip.EvaluateAsync<int>("s => s.querySelectorAll('*').length"), 10, 5_000);
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Text_WithScriptTags_IsShownAsText()
    {
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            _studio,
            $"/neurons/example?text={Uri.EscapeDataString(Hostile)}&find={Uri.EscapeDataString("regex:(" + Hostile)}&label=%3Cb%3E"
        );
        var page = window.Page;
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("<script>");
        await window.GoAsync($"/neurons/example?text={Uri.EscapeDataString(Hostile)}");
        await Assertions.Expect(page.Locator(".strip.live")).ToContainTextAsync("onerror");
        await Assertions.Expect(page).Not.ToHaveTitleAsync("taken");
        Assert.Equal(0, await page.Locator("main script, main img").CountAsync());
        await window.GoAsync($"/neurons/{Uri.EscapeDataString(Hostile)}");
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("there is no model");
        await Assertions.Expect(page).Not.ToHaveTitleAsync("taken");
    }
}
