using System.Text;
using System.Text.RegularExpressions;

namespace CharRnn.Report.Tests;

public sealed partial class HtmlReportTests : IDisposable
{
    private const int MaxPage = 300_000;

    private readonly ReportGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Page_HasWhatTheRunReached()
    {
        _ground.Train("first");
        _ground.AddBaselines(
            "first",
            new
            {
                unigram_bpc = 4.0,
                bigram_bpc = 3.0,
                gzip_bpc = 2.5,
            }
        );
        var run = _ground.Read("first")[0];
        string page = _ground.Page("first");
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", page);
        Assert.Contains("<title>first</title>", page);
        Assert.Contains(FormattableString.Invariant($"{run.ValLoss:0.0000} nats"), page);
        Assert.Contains(run.Configuration.Corpus.Sha256, page);
        Assert.Contains("charrnn train --output first", page);
        Assert.Contains(">optimizer.weight_decay</th>", page);
        foreach (string? title in new[] { "Loss by steps", "Loss by time", "Gradient norm", "Learning rate", "Speed" })
            Assert.Contains($">{title}</h3>", page);
        Assert.Contains("unigram 2.77", page);
        Assert.All([20, 40, 60], step => Assert.Contains($"<strong>step {step}</strong>", page));
        Assert.DoesNotContain("What differs", page);
    }

    [Fact]
    public void Page_LoadsNothingAndHasNoScripts()
    {
        _ground.Train("a");
        _ground.AddSample("a", 61, "<img src=\"https://example.org/x.png\"> <link href=http://example.org>");
        string page = _ground.Page("a");
        Assert.Contains("default-src 'none'", page);
        Assert.DoesNotMatch(Script(), page);
        Assert.DoesNotContain("@import", page);
        Assert.DoesNotContain("@font-face", page);
        Assert.DoesNotMatch(LoadedFrom(), page);
    }

    [Fact]
    public void Samples_AreTextWhateverIsInThem()
    {
        _ground.Train("a");
        _ground.AddSample("a", 61, "\n<script>alert('ł')</script>\r\n\e[31m\\r \u202E", prompt: "<b>&");
        string page = _ground.Page("a");
        Assert.Contains("""<span class="prompt">&lt;b&gt;&amp;</span>""", page);
        Assert.Contains(
            "&#xA;&lt;script&gt;alert(&#x27;ł&#x27;)&lt;/script&gt;<span "
                + "class=\"control\">\\r</span>&#xA;<span class=\"control\">\\x1B</span>[31m\\r <span "
                + "class=\"control\">\\u{202E}</span></div>",
            page
        );
        Assert.DoesNotContain('\e', page);
        Assert.DoesNotContain('\u202E', page);
    }

    [Fact]
    public void NamesAndTitles_AreTextToo()
    {
        _ground.Train("<i>name");
        _ground.ChangeConfig("<i>name", config => config["command"] = "charrnn train '</style><script>'");
        string page = HtmlReport.Render(_ground.Read("<i>name"), "</title><script>", ReportGround.Noon);
        Assert.DoesNotMatch(Script(), page);
        Assert.DoesNotContain("<i>", page);
        Assert.Contains("<title>&lt;/title&gt;&lt;script&gt;</title>", page);
    }

    [Fact]
    public void SeveralRuns_StandSideBySideWithWhatDiffers()
    {
        _ground.Train("one/same", ReportGround.Settings);
        _ground.Train("two/same", ReportGround.Settings with { HiddenSize = 24, MaxSteps = 20 });
        string page = _ground.Page("one/same", "two/same");
        Assert.Contains("<title>one/same, two/same</title>", page);
        Assert.Contains("gru 1×16", page);
        Assert.Contains("gru 1×24", page);
        Assert.Single(Regex.Matches(page, "class=\"tag\">lowest<"));
        string differences = page[
            page.IndexOf("What differs", StringComparison.Ordinal)..page.IndexOf(
                "Where they come from",
                StringComparison.Ordinal
            )
        ];
        Assert.Equal(
            ["hidden_size", "max_steps"],
            Regex.Matches(differences, "scope=\"row\">([^<]+)<").Select(match => match.Groups[1].Value)
        );
    }

    [Fact]
    public void ARunWithoutEvaluations_HasAPage()
    {
        _ground.Train("none", ReportGround.Settings with { MaxSteps = 0, ValFrac = 0, SampleEvery = Cadence.Never });
        _ground.Train("unscored", ReportGround.Settings with { ValFrac = 0 });
        string page = _ground.Page("none");
        Assert.Contains("nothing to draw yet", page);
        Assert.Contains("has not been scored", page);
        Assert.Contains("No samples were written.", page);
        Assert.Contains("Loss by steps", _ground.Page("unscored"));
        Assert.Contains("Loss by steps", _ground.Page("none", "unscored"));
    }

    [Fact]
    public void SameRuns_GiveTheSameBytes()
    {
        _ground.Train("a");
        _ground.Train("b");
        Assert.Equal(_ground.Page("a", "b"), _ground.Page("a", "b"));
    }

    [Fact]
    public void ThousandsOfPointsAndSamples_StaySmall()
    {
        _ground.Train("a");
        var random = new Random(5);
        for (int step = 100; step < 5100; step += 2)
            _ground.AddMetrics(
                "a",
                new
                {
                    step,
                    split = "train",
                    loss = 2 + random.NextDouble(),
                    grad_norm = random.NextDouble(),
                    learning_rate = 0.001,
                    chars_per_sec = 1000 * random.NextDouble(),
                    seconds = step / 10.0,
                }
            );
        for (int step = 100; step < 2100; step += 10)
            _ground.AddSample("a", step, new string('x', 5000));
        string page = _ground.Page("a");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1, MaxPage);
        Assert.Contains("24 of 203 samples", page);
        Assert.Contains("1,000 characters more", page);
    }

    [Fact]
    public void Write_ReplacesWhatIsThereWhole()
    {
        _ground.Train("a");
        File.WriteAllText(_ground["page.html"], "old");
        int bytes = HtmlReport.Write(_ground["page.html"], _ground.Read("a"), "Mine", ReportGround.Noon);
        Assert.Equal(bytes, new FileInfo(_ground["page.html"]).Length);
        Assert.EndsWith("</html>", File.ReadAllText(_ground["page.html"]).TrimEnd());
        Assert.Throws<CharRnnException>(() =>
            HtmlReport.Write(_ground["missing/page.html"], _ground.Read("a"), null, ReportGround.Noon)
        );
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(_ground[""]).Count());
    }

    [GeneratedRegex("<script|\\bon[a-z]+=\"|javascript:")]
    private static partial Regex Script();

    // Anything that a browser would fetch, but for the empty icon.
    [GeneratedRegex(
        "<[^>]*\\s(src|href|srcset|xlink:href|data|poster|action)\\s*=\\s*(?>[\"']?)(?!data:,)|url\\((?!#)"
    )]
    private static partial Regex LoadedFrom();
}
