using System.Text.RegularExpressions;
using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The lesson, gone through by keys.</summary>
public sealed class StudioExplainTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(375, ColorScheme.Dark)]
    public async Task Arrows_GoThroughTimeAndStages_AndAChangedWeightIsFollowed(int width, ColorScheme scheme)
    {
        await using var studio = await RunningStudio.StartAsync(_folder.Path);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, "/explain?text=abca", width, scheme);
        var page = window.Page;
        var status = page.Locator(".hint[role=status]");
        await Assertions.Expect(status).ToHaveTextAsync("step 1 of 3, forward");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(status).ToHaveTextAsync("step 2 of 3, forward");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(status).ToHaveTextAsync("step 2 of 3, backward");
        await Assertions.Expect(page.Locator("pre.equations")).ToContainTextAsync("dPreactivation");
        await page.Keyboard.PressAsync("ArrowDown");
        var loss = page.Locator("p", new() { HasText = "The loss before the update" });
        string before = await loss.InnerTextAsync();

        await page.Locator(".heat td button").First.ClickAsync();
        await page.Locator(".panel input[type=number]").FillAsync("2.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set" }).ClickAsync();
        await Assertions.Expect(loss).Not.ToHaveTextAsync(before);
        await Assertions.Expect(page.Locator(".heat td button").First).ToHaveTextAsync("2.5000");
        await window.RequireSoundAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo 1 change" }).ClickAsync();
        await Assertions.Expect(loss).ToHaveTextAsync(before);

        // A trained network, of which the units that matter are shown.
        await page.GetByLabel("Network").SelectOptionAsync("example");
        await Assertions.Expect(page.GetByText("Not everything fits")).ToBeVisibleAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("model=example"));
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Word_OfScriptTags_IsShownAsText()
    {
        const string hostile = "<script>document.title='taken'</script>";
        await using var studio = await RunningStudio.StartAsync(_folder.Path);
        await using var window = await StudioWindow.OpenAsync(
            chromium,
            studio,
            $"/explain?text={Uri.EscapeDataString(hostile)}"
        );
        await Assertions.Expect(window.Page.Locator(".time button").First).ToContainTextAsync("'<'");
        await Assertions.Expect(window.Page).Not.ToHaveTitleAsync("taken");
        await window.RequireSoundAsync();
    }
}
