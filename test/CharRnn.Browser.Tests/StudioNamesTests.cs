using System.Text.RegularExpressions;
using CharRnn.Report.Tests;
using CharRnn.Studio.Tests;
using Microsoft.Playwright;

namespace CharRnn.Browser.Tests;

/// <summary>The page of names, on classifiers and a writer of made-up words.</summary>
public sealed class StudioNamesTests(Chromium chromium) : IClassFixture<Chromium>, IDisposable
{
    private readonly NamesGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public async Task FirstVisit_SaysWhichCommandsMakeModels()
    {
        await using var studio = await RunningStudio.StartAsync(_ground.Runs);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, "/names", width: 375);
        var commands = window.Page.Locator("code.command");
        await Assertions.Expect(commands).ToHaveCountAsync(2);
        await Assertions.Expect(commands.Nth(0)).ToContainTextAsync("charrnn classify train");
        await Assertions.Expect(commands.Nth(1)).ToContainTextAsync("charrnn train names --labelled");
        await window.RequireSoundAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(375, ColorScheme.Light)]
    public async Task Bars_MoveWithEachLetter_AndCellsOpenTheirExamples(int width, ColorScheme scheme)
    {
        _ground.TrainClassifier();
        await using var studio = await RunningStudio.StartAsync(_ground.Runs);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, "/names", width, scheme);
        var page = window.Page;
        var name = page.GetByLabel("Name", new() { Exact = true });
        await name.PressSequentiallyAsync("gh");
        var letters = page.Locator("table.letters");
        await Assertions.Expect(letters.Locator("thead button")).ToHaveTextAsync(["g", "h"]);
        string bars = await page.Locator(".bars").InnerTextAsync();
        await name.PressSequentiallyAsync("a");
        await Assertions.Expect(letters.Locator("thead button")).ToHaveTextAsync(["g", "h", "a"]);
        await Assertions.Expect(page.Locator(".bars")).Not.ToHaveTextAsync(bars);
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("name=gha"));

        // The bars as they were after a letter, and another label in focus.
        await letters.Locator("thead button").Nth(1).ClickAsync();
        await Assertions.Expect(page.Locator(".bars-of")).ToContainTextAsync("gh");
        Assert.Equal(
            await letters.Locator("tbody tr").First.Locator("td").Nth(1).InnerTextAsync(),
            Math.Round(
                    double.Parse(
                        (await page.Locator(".bars .row > span").Nth(2).InnerTextAsync()).Split(' ', '\u00a0')[0]
                    )
                )
                .ToString()
        );
        await letters.Locator("tbody th button").Nth(1).ClickAsync();
        await Assertions
            .Expect(letters.Locator("tr.chosen th"))
            .ToHaveTextAsync(await letters.Locator("tbody th").Nth(1).InnerTextAsync());

        // A cell opens its examples, one of which is read.
        await page.Locator("table.confusion button").First.ClickAsync();
        var examples = page.Locator(".examples li button");
        await Assertions.Expect(examples.First).ToBeVisibleAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("has=.*given="));
        string example = await examples.Last.InnerTextAsync();
        await examples.Last.ClickAsync();
        await Assertions.Expect(name).ToHaveValueAsync(example);
        await window.RequireSoundAsync();

        // The address brings all of it back.
        string address = new Uri(page.Url).PathAndQuery;
        await window.GoAsync(address);
        await Assertions.Expect(name).ToHaveValueAsync(example);
        await Assertions.Expect(examples.Last).ToHaveTextAsync(example);
    }

    [Fact]
    public async Task NewNames_AreWritten_AndTheSliderGoesFromOneLabelToTheOther()
    {
        _ground.TrainWriter();
        await using var studio = await RunningStudio.StartAsync(_ground.Runs);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, "/names");
        var page = window.Page;
        await page.GetByRole(AriaRole.Combobox, new() { NameRegex = new Regex("^Label") }).SelectOptionAsync("up");
        await page.GetByLabel("How many").FillAsync("7");
        await page.GetByLabel("How many").PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Write", Exact = true }).ClickAsync();
        var lists = page.Locator(".names-list");
        await Assertions.Expect(lists).ToHaveCountAsync(2);
        await Assertions.Expect(lists.First.Locator("li")).ToHaveCountAsync(7);
        await Assertions
            .Expect(page.Locator("section code.command").First)
            .ToContainTextAsync("--label up --num-samples 7");
        await Assertions
            .Expect(page.GetByText("are new: the list “words” does not have them").First)
            .ToBeVisibleAsync();

        string between = await lists.Last.InnerTextAsync();
        await page.Locator("input[type=range]").FillAsync("1");
        await Assertions.Expect(lists.Last).Not.ToHaveTextAsync(between);
        await Assertions
            .Expect(page.Locator("section code.command").Last)
            .ToContainTextAsync("--label Łeft --num-samples");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("share=1"));
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task SeveralLabelsAText_HaveFiguresThatOpenTheirTexts()
    {
        _ground.TrainSeveral();
        await using var studio = await RunningStudio.StartAsync(_ground.Runs);
        await using var window = await StudioWindow.OpenAsync(chromium, studio, "/names?name=dhg");
        var page = window.Page;
        await Assertions.Expect(page.Locator("table.letters thead button")).ToHaveCountAsync(3);
        await page.Locator("table.sets button", new() { HasText = "missed" }).Last.ClickAsync();
        await Assertions.Expect(page.Locator(".examples li").First).ToBeVisibleAsync();
        await window.RequireSoundAsync();
    }

    [Fact]
    public async Task ScriptsInNamesAndLabels_AreShownAsText()
    {
        _ground.TrainClassifier();
        string typed = Uri.EscapeDataString(NamesGround.Script);
        await using (var studio = await RunningStudio.StartAsync(_ground.Runs))
        {
            await using var window = await StudioWindow.OpenAsync(
                chromium,
                studio,
                $"/names/{NamesGround.Classifier}?name={typed}&label={typed}&language={typed}&writer={typed}"
            );
            var page = window.Page;
            await Assertions.Expect(page.Locator("table.letters thead button").First).ToHaveTextAsync("<");
            await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("there is no model");
            await page.Locator("table.confusion button").First.ClickAsync();
            await Assertions
                .Expect(page.Locator(".examples li", new() { HasText = NamesGround.Script }).First)
                .ToBeVisibleAsync();
            await RequireHarmlessAsync(page);
        }

        using var ground = new ReportGround();
        string run = ground.Classify("made");
        await using var other = await RunningStudio.StartAsync(Path.GetDirectoryName(run)!);
        await using var second = await StudioWindow.OpenAsync(chromium, other, "/names/made?name=abc");
        await Assertions
            .Expect(second.Page.Locator("table.letters tbody th", new() { HasText = "<b>right</b>" }))
            .ToHaveCountAsync(1);
        await second.Page.Locator("table.confusion button").First.ClickAsync();
        await Assertions.Expect(second.Page.GetByText("the run kept: a program made")).ToBeVisibleAsync();
        await RequireHarmlessAsync(second.Page);
        await second.RequireSoundAsync();
    }

    private static async Task RequireHarmlessAsync(IPage page)
    {
        await Assertions.Expect(page).Not.ToHaveTitleAsync("taken");
        Assert.Equal(0, await page.Locator("main script, main img, main th b, main li b").CountAsync());
    }
}
