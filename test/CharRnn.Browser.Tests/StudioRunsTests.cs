using System.Text.RegularExpressions;
using CharRnn.Report.Tests;
using CharRnn.Studio.Tests;
using CharRnn.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>Runs that are started, watched, stopped, resumed and deleted in a browser.</summary>
public sealed class StudioRunsTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FileThatIsUploaded_IsTrainedOn_AndAPathThatIsNotTypedYetBreaksNothing()
    {
        string mine = _folder.File("mine.txt");
        File.WriteAllText(mine, SmallText.Of(400_000));
        await using var studio = await RunningStudio.StartAsync(_folder.File("runs"));
        await using var window = await StudioWindow.OpenAsync(chromium, studio);
        var page = window.Page;
        await Field(page, "Text").SelectOptionAsync("Path");
        await Assertions.Expect(Field(page, "Path of a file or folder")).ToBeVisibleAsync();
        await Field(page, "Text").SelectOptionAsync("Upload");
        await page.Locator("input[type=file]").SetInputFilesAsync(mine);
        await Assertions.Expect(page.GetByText("mine.txt is here")).ToBeVisibleAsync();
        await Field(page, "Minutes").FillAsync("0.1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("mine-001");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("finished");
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task Run_IsStartedWatchedStoppedResumedAndDeleted()
    {
        await using var studio = await RunningStudio.StartAsync(_folder.Path);
        await using var window = await StudioWindow.OpenAsync(chromium, studio);
        var page = window.Page;
        await Field(page, "Text").SelectOptionAsync("Dragons");
        await page.GetByText("Settings").ClickAsync();
        await Field(page, "Hidden units").FillAsync("16");
        await Field(page, "Layers").FillAsync("1");
        await Field(page, "Steps").FillAsync("60000");
        await Field(page, "Name").FillAsync("tiny");
        await Assertions
            .Expect(page.Locator("code.command"))
            .ToContainTextAsync("--hidden-size 16 --num-layers 1 --max-steps 60000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();

        // The curve grows and samples appear, without anything being done.
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/runs/tiny$"));
        await Assertions.Expect(page.Locator("figure.chart svg").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".moment .text")).ToBeVisibleAsync();
        string before = await Figure(page, "steps").InnerTextAsync();
        await Assertions.Expect(Figure(page, "steps")).Not.ToHaveTextAsync(before);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Assertions.Expect(page.GetByText("it can be resumed")).ToBeVisibleAsync();
        string stopped = await Figure(page, "steps").InnerTextAsync();
        await window.RequireSoundAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Assertions.Expect(Figure(page, "steps")).Not.ToHaveTextAsync(stopped);
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete …" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Assertions.Expect(page.Locator("main h1")).ToHaveTextAsync("Runs");
        Assert.False(Directory.Exists(_folder.File("tiny")));
    }

    [Fact]
    public async Task Runs_AppearUpdateAndAreCompared_WhoeverTrainsThem()
    {
        using var ground = new ReportGround();
        ground.Train("first");
        ground.Train("second", ReportGround.Settings with { MaxSteps = 30 });
        ground.Classify("names");
        ground.AddSample("first", 60, "<script>document.title='taken'</script>", prompt: "<img src=x>");
        await using var studio = await RunningStudio.StartAsync(Path.GetDirectoryName(ground["first"])!);
        await using var window = await StudioWindow.OpenAsync(chromium, studio);
        var page = window.Page;
        var rows = page.Locator(".run-list tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(3);

        // One that another program trains appears by itself.
        ground.Train("<b>third");
        await Assertions.Expect(rows).ToHaveCountAsync(4);

        await Field(page, "Filter").FillAsync("classifier");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Field(page, "Filter").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = "Steps" }).ClickAsync();
        await Assertions.Expect(rows.Nth(3)).ToContainTextAsync("second");

        await page.GetByLabel("Compare first").CheckAsync();
        await page.GetByLabel("Compare second").CheckAsync();
        await Assertions.Expect(page.Locator("figure.chart")).ToContainTextAsync("second");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("compare=first"));
        await Field(page, "Scale").SelectOptionAsync("True");
        await Field(page, "Unit").SelectOptionAsync("True");
        await Assertions.Expect(page.Locator("figure.chart")).ToContainTextAsync("bits per character");
        await window.RequireSoundAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "first" }).ClickAsync();
        await Assertions.Expect(page.Locator(".moment .text")).ToContainTextAsync("<script>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw them" }).ClickAsync();
        await Assertions.Expect(page.Locator("figure.chart")).ToHaveCountAsync(6);
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "Report" }).ClickAsync()
        );
        Assert.Contains(
            "<html",
            await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken)
        );
        await window.RequireSoundAsync();
        await window.GoAsync("/runs/names");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("validation accuracy");
        await window.RequireSoundAsync();
    }

    [Theory]
    [InlineData("/runs/..%2Fsecret")]
    [InlineData("/runs/%2Fetc")]
    [InlineData("/runs/uploads")]
    public async Task RunId_IsNeverAPath(string path)
    {
        using var ground = new ReportGround();
        ground.Train("secret");
        Directory.CreateDirectory(ground["runs"]);
        await using var studio = await RunningStudio.StartAsync(ground["runs"]);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, path);
        await Assertions.Expect(window.Page.Locator(".notice")).ToContainTextAsync("there is no run");
    }

    /// <summary>A control by the beginning of its label.</summary>
    private static ILocator Field(IPage page, string label) =>
        page.Locator("label")
            .Filter(new() { HasTextRegex = new Regex($@"^\s*{label}\b") })
            .Locator("input, select")
            .First;

    private static ILocator Figure(IPage page, string name) =>
        page.Locator(".figures div", new() { HasText = name }).First.Locator("dd");
}
