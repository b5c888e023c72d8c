using CharRnn.Studio.Tests;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>A browser window with the studio in it, which notes whatever the browser complains of.</summary>
internal sealed class StudioWindow : IAsyncDisposable
{
    // Code is compiled while one waits, on a machine that may be busy.
    private const float Patience = 30_000;

    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly RunningStudio _studio;
    private readonly int _width;

    private StudioWindow(RunningStudio studio, IBrowserContext context, IPage page, int width) =>
        (_studio, _context, Page, _width) = (studio, context, page, width);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Opens a page of the studio in a browser of its own.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="studio">The studio.</param>
    /// <param name="path">The page's path, such as <c>/play</c>.</param>
    /// <param name="width">Width of the window.</param>
    /// <param name="scheme">Light or dark.</param>
    public static async Task<StudioWindow> OpenAsync(
        Chromium chromium,
        RunningStudio studio,
        string path = "/",
        int width = 1280,
        ColorScheme scheme = ColorScheme.Light
    )
    {
        var context = await chromium.Browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = 900 },
                ColorScheme = scheme,
            }
        );
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        var page = await context.NewPageAsync();
        var window = new StudioWindow(studio, context, page, width);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                window._complaints.Add(message.Text);
        };
        page.PageError += (_, error) => window._complaints.Add(error);
        page.Request += (_, request) =>
        {
            bool isOwn =
                request.Url.StartsWith(studio.Address.AbsoluteUri)
                || request.Url.StartsWith("data:")
                || request.Url.StartsWith("blob:");
            if (!isOwn)
                window._complaints.Add($"asks for {request.Url}");
        };
        await page.GotoAsync(studio.Opening);
        await window.GoAsync(path);
        return window;
    }

    /// <summary>Goes to another page by its address.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(_studio.Address, path).AbsoluteUri);
        await Page.WaitForSelectorAsync("main h1");
    }

    /// <summary>Requires that nothing was complained of, that nothing is wider than the window, and what axe requires.</summary>
    public async Task RequireSoundAsync()
    {
        Assert.InRange(await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, _width);
        var found = await Page.RunAxe();
        Assert.Empty(
            found.Violations.Select(violation =>
                $"{violation.Impact} {violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"
            )
        );
        Assert.Empty(_complaints);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
