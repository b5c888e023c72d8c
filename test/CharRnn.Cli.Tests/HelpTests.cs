using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CharRnn.Cli.Commands;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Tests;

/// <summary>The help, and the pages that say the same at more length.</summary>
public sealed partial class HelpTests
{
    private const int MaxWidth = 120;

    /// <summary>Every verb that does something: <c>train</c>, <c>data list</c>.</summary>
    public static TheoryData<string> Verbs => [.. Everything().Select(verb => verb.Path)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Help_ShowsEveryFlagAndExamplesInLinesThatFit(string verb)
    {
        using var shell = new TestShell();
        var outcome = shell.Run([.. verb.Split(' '), "--help"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        foreach (var flag in Find(verb).Options)
            Assert.Contains("  " + HelpScreen.TermOf(flag), outcome.Output);
        Assert.Contains("\nExamples:\n", outcome.Output.ReplaceLineEndings("\n"));
        Assert.All(outcome.Output.Split('\n'), line => Assert.InRange(line.Length, 0, MaxWidth));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void ShortHelp_ShowsAFewFlags(string verb)
    {
        using var shell = new TestShell();
        var outcome = shell.Run([.. verb.Split(' '), "-h"]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var shown = HelpScreen.FlagsOf(Find(verb), isShort: true);
        Assert.InRange(shown.Count, 0, 15);
        Assert.All(shown, flag => Assert.Contains("  " + HelpScreen.TermOf(flag), outcome.Output));
        bool isWhole = shown.Count == Find(verb).Options.Count;
        Assert.Equal(!isWhole, outcome.Output.Contains($"'charrnn {verb} --help' shows all "));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Examples_AreCommandLinesWithFlagsThatExist(string verb)
    {
        Assert.InRange(Find(verb).Examples.Count, 1, 3);
        Assert.All(
            Find(verb).Examples,
            example =>
            {
                Assert.Contains("charrnn", example.CommandLine);
                Assert.EndsWith(".", example.Purpose);
            }
        );
        var known = Everything().SelectMany(other => other.Command.Options).SelectMany(HelpScreen.NamesOf).ToHashSet();
        foreach (var example in Find(verb).Examples)
            Assert.All(LongFlag().Matches(example.CommandLine), flag => Assert.Contains(flag.Value, known));
    }

    [Fact]
    public void Help_OfTrain_HasItsFlagsUnderHeadings()
    {
        using var shell = new TestShell();
        string[] headings =
        [
            .. shell
                .Run("train", "--help")
                .Output.Split('\n')
                .Select(line => line.TrimEnd())
                .Where(line => line.EndsWith(':') && line[0] != ' '),
        ];
        Assert.Equal(
            [
                "Usage:",
                "Arguments:",
                "Run:",
                "Text:",
                "Labelled records:",
                "Network:",
                "Training:",
                "Optimizer:",
                "Held-out data:",
                "Evaluations, checkpoints, samples:",
                "Output:",
                "Examples:",
            ],
            headings
        );
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Page_HasEveryFlagOfTheVerb(string verb)
    {
        var page = new Page();
        string said = page.SaidOf(verb);
        Assert.All(
            Find(verb).Options,
            flag => Assert.True(Mentions(said, flag.Name), $"docs/cli.md does not say {flag.Name} of {verb}")
        );
    }

    [Fact]
    public void Page_HasNoFlagThatDoesNotExist()
    {
        var page = new Page();
        var known = Everything()
            .ToDictionary(verb => verb.Path, verb => verb.Command.Options.SelectMany(HelpScreen.NamesOf).ToHashSet());
        foreach (var (title, lines) in page.Sections)
        {
            var flags = known.TryGetValue(Page.VerbOf(title, known.Keys) ?? "", out var own)
                ? own
                : [.. known.Values.SelectMany(all => all)];
            foreach (string line in lines.Where(line => line.StartsWith("| `-")))
            {
                string cell = line.Split(" | ")[0];
                Assert.All(LongFlag().Matches(cell), flag => Assert.Contains(flag.Value, flags));
            }
        }
    }

    [Fact]
    public void Page_HasLinesThatFit()
    {
        bool isCode = false;
        foreach (var (line, number) in File.ReadLines(Page.Path).Select((line, i) => (line, i + 1)))
        {
            isCode ^= line.StartsWith("```");
            Assert.True(
                isCode || line.StartsWith('|') || line.Length <= MaxWidth,
                $"docs/cli.md line {number} has {line.Length} characters"
            );
        }
    }

    private static bool Mentions(string text, string flag) => Regex.IsMatch(text, $@"(?<![\w-]){flag}(?![\w-])");

    private static VerbCommand Find(string path) => Everything().Single(verb => verb.Path == path).Command;

    private static List<(string Path, VerbCommand Command)> Everything()
    {
        using var shell = new TestShell();
        return [.. Below(shell.Root, "")];

        static IEnumerable<(string, VerbCommand)> Below(Command command, string path) =>
            command is VerbCommand verb
                ? [(path, verb)]
                : command.Subcommands.SelectMany(sub => Below(sub, $"{path} {sub.Name}".TrimStart()));
    }

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex LongFlag();

    /// <summary>docs/cli.md by its sections.</summary>
    private sealed partial class Page
    {
        public Page()
        {
            string title = "";
            bool isCode = false;
            foreach (string line in File.ReadLines(Path))
            {
                isCode ^= line.StartsWith("```");
                if (!isCode && line.StartsWith("## "))
                    title = line[3..];
                if (!Sections.TryGetValue(title, out var lines))
                    Sections.Add(title, lines = []);
                lines.Add(line);
            }
        }

        public static string Path { get; } =
            System.IO.Path.GetFullPath(System.IO.Path.Combine(SourceFolder(), "..", "..", "docs", "cli.md"));

        public Dictionary<string, List<string>> Sections { get; } = [];

        /// <summary>The verb that a section is about; null for none.</summary>
        public static string? VerbOf(string title, IEnumerable<string> verbs) =>
            verbs
                .Where(verb => title == $"charrnn {verb}" || title.StartsWith($"charrnn {verb} "))
                .MaxBy(verb => verb.Length);

        /// <summary>A verb's section, and those that it links to.</summary>
        public string SaidOf(string verb)
        {
            var verbs = Everything().Select(other => other.Path).ToList();
            string title = Sections.Keys.Single(title => VerbOf(title, verbs) == verb);
            string own = string.Join('\n', Sections[title]);
            var linked = Anchor()
                .Matches(own)
                .Select(match => match.Groups[1].Value)
                .SelectMany(anchor => Sections.Where(section => AnchorOf(section.Key) == anchor))
                .SelectMany(section => section.Value);
            return $"{own}\n{string.Join('\n', linked)}";
        }

        private static string SourceFolder([CallerFilePath] string path = "") => System.IO.Path.GetDirectoryName(path)!;

        private static string AnchorOf(string title) =>
            NoAnchor().Replace(title.ToLowerInvariant(), "").Replace(' ', '-');

        [GeneratedRegex(@"\]\(#([^)]+)\)")]
        private static partial Regex Anchor();

        [GeneratedRegex(@"[^\w\s-]")]
        private static partial Regex NoAnchor();
    }
}
