using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The page as a browser shows it, without scripts and without a network.</summary>
public sealed class ReportPageTests(Chromium chromium, ReportPages pages)
    : IClassFixture<Chromium>,
        IClassFixture<ReportPages>
{
    private const int PhoneWidth = 375,
        ScreenWidth = 1280;

    [Theory]
    [InlineData(ScreenWidth, ColorScheme.Light)]
    [InlineData(ScreenWidth, ColorScheme.Dark)]
    [InlineData(PhoneWidth, ColorScheme.Light)]
    public async Task Page_OpensOfflineWithLinesInItsChartsAndNoErrors(int width, ColorScheme scheme)
    {
        await using var context = await chromium.Browser.NewContextAsync(
            new()
            {
                JavaScriptEnabled = false,
                Offline = true,
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        List<string> requests = [],
            errors = [];
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => errors.Add(message.Text);
        page.PageError += (_, error) => errors.Add(error);
        string address = pages.Of(isClassifier: false);
        await page.GotoAsync(address);

        Assert.Empty(errors);
        Assert.Equal([address], requests.Where(request => !request.StartsWith("data:")));
        var charts = await page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Line chart of ") }).AllAsync();
        Assert.True(charts.Count >= 6, $"there are {charts.Count} charts");
        foreach (var chart in charts)
        {
            var box = await chart.BoundingBoxAsync();
            Assert.InRange(box!.X + box.Width, 1, width);
            var lines = chart.Locator("g.rz-line-series > path[d*='L']");
            Assert.True(await lines.CountAsync() > 0);
            var line = await lines.Last.BoundingBoxAsync();
            Assert.InRange(line!.Width, 1, box.Width);
            Assert.InRange(line.X, box.X, box.X + box.Width - line.Width);
        }
        Assert.Contains("<script>alert(1)</script>", await page.Locator(".text").Last.InnerTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_FitsATelephone(bool isClassifier)
    {
        await using var context = await chromium.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = PhoneWidth, Height = 800 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync(pages.Of(isClassifier));
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, PhoneWidth);
    }

    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Light, true)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task Page_IsAccessible(ColorScheme scheme, bool isClassifier)
    {
        // The checks are a script, which the page's own policy would not let in.
        await using var context = await chromium.Browser.NewContextAsync(
            new()
            {
                BypassCSP = true,
                ColorScheme = scheme,
                ViewportSize = new() { Width = ScreenWidth, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync(pages.Of(isClassifier));
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(part => part.open = true)");
        var result = await page.RunAxe();
        Assert.Empty(
            result.Violations.Select(violation => $"{violation.Id}: {violation.Help}: {violation.Nodes[0].Html}")
        );
        Assert.NotEmpty(result.Passes);
    }
}
