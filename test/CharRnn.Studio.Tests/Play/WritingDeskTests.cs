using System.Diagnostics;
using CharRnn.Studio.Play;
using CharRnn.Studio.Strips;
using CharRnn.Tests;

namespace CharRnn.Studio.Tests.Play;

/// <summary>Text that is written, exchanged and written on.</summary>
public sealed class WritingDeskTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _model;

    public WritingDeskTests()
    {
        using var corpus = Corpus.FromText("prose", SmallText.Of(2_000) + "it's \"quoted\" $HOME");
        using var trainer = Trainer.Start(
            corpus,
            new TrainingSettings
            {
                HiddenSize = 16,
                NumLayers = 1,
                SeqLength = 16,
                BatchSize = 4,
                MaxSteps = 30,
                SampleEvery = Cadence.Never,
            }
        );
        trainer.Run(cancellationToken: TestContext.Current.CancellationToken);
        trainer.Model.Save(_folder.File("prose.safetensors"));
        _model = LanguageModel.Load(_folder.File("prose.safetensors"));
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<PlaySettings> Settings =>
        [
            new PlaySettings { Length = 80 },
            new PlaySettings
            {
                Prompt = "the 'dragon' ",
                Length = 60,
                Temperature = 1,
                TopK = 5,
                TopP = 0.9,
                MinP = 0.01,
                Seed = 7,
            },
            new PlaySettings
            {
                Prompt = "gold",
                Length = 90,
                RepetitionPenalty = 1.2,
                FrequencyPenalty = 0.1,
            },
            new PlaySettings
            {
                Prompt = "it's $HOME ",
                Length = 200,
                Stop = " h",
            },
            new PlaySettings
            {
                Prompt = "by",
                Length = 40,
                Temperature = 0,
            },
        ];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task CommandLine_WritesTheTextThatThePageWrote(PlaySettings settings)
    {
        using var desk = new WritingDesk(_model, settings);
        desk.Write(Long, TestContext.Current.CancellationToken);
        string written = settings.Prompt + Text(desk),
            command = settings.CommandLine(_folder.File("prose.safetensors"));
        Assert.StartsWith("charrnn ", command);
        string dotnet = string.Join(' ', RunningStudio.Command);
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", dotnet + command["charrnn".Length..]])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string printed = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(written.TrimEnd('\n'), printed.TrimEnd('\n'));
    }

    [Fact]
    public async Task Text_IsTheSame_WhoeverLooksAtItWhileItIsWritten_AndMayBeDisposedOf()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = new PlaySettings { Length = 600, TopK = 8 };
        using var alone = new WritingDesk(_model, settings);
        alone.Write(Long, token);
        var looked = new WritingDesk(_model, settings);
        var writing = Task.Run(() => looked.Write(Long, token), token);
        while (!writing.IsCompleted)
        {
            int place = looked.Count;
            _ = looked.AlternativesAt(place, 9).Count + looked.SymbolAt(place).Length + looked.ProbabilityAt(place);
        }
        await writing;
        Assert.Equal(TextOf(alone), TextOf(looked));

        using var left = new WritingDesk(_model, settings with { Length = 1_000_000 });
        writing = Task.Run(() => left.Write(Long, token), token);
        while (left.Count < 20)
            await Task.Yield();
        left.Dispose();
        await writing;
        Assert.True(left.IsDone);
        Assert.InRange(left.Count, 20, 999_999);

        static string TextOf(WritingDesk desk) => string.Concat(Enumerable.Range(0, desk.Count).Select(desk.SymbolAt));
    }

    [Fact]
    public void Exchange_KeepsTheBranchBefore_AndReturningShowsIt()
    {
        using var desk = new WritingDesk(_model, new PlaySettings { Length = 50 });
        desk.Write(Long, TestContext.Current.CancellationToken);
        string first = Text(desk);
        var alternatives = desk.AlternativesAt(10, 5);
        var other = alternatives.First(each => !each.IsWritten);
        desk.Exchange(10, other.Id);
        Assert.Equal(first[..10] + other.Text, Text(desk));
        desk.Write(Long, TestContext.Current.CancellationToken);
        string second = Text(desk);
        Assert.Equal(50, desk.Count);
        desk.Return(desk.Branches[0]);
        Assert.Equal(first, Text(desk));
        Assert.True(desk.IsDone);
        desk.Return(desk.Branches[1]);
        Assert.Equal(second, Text(desk));
    }

    [Fact]
    public void Alternatives_AreTheModelsOwn_AndThoseThatTheCutsLeave()
    {
        using var desk = new WritingDesk(
            _model,
            new PlaySettings
            {
                Length = 5,
                TopK = 2,
                Temperature = 0.5,
            }
        );
        desk.Write(Long, TestContext.Current.CancellationToken);
        var all = desk.AlternativesAt(2, _model.Vocabulary.Count);
        Assert.Equal(1, all.Sum(each => each.Probability), 1e-6);
        Assert.Equal(1, all.Sum(each => each.Drawn), 1e-6);
        Assert.Equal(2, all.Count(each => each.Drawn > 0));
        Assert.Single(all, each => each.IsWritten);
        // At temperature ½ the ratio of two is squared.
        double own = all[0].Probability / all[1].Probability,
            drawn = all[0].Drawn / all[1].Drawn;
        Assert.Equal(own * own, drawn, 1e-3 * own * own);
        Assert.Equal(all.First(each => each.IsWritten).Probability, desk.ProbabilityAt(2), 1e-6);
    }

    [Fact]
    public void Rows_EndWithLinesAndAtTheWidth()
    {
        using var desk = new WritingDesk(_model, new PlaySettings { Prompt = "ab\n", Length = 7 });
        desk.Write(Long, TestContext.Current.CancellationToken);
        var text = new WrittenText(desk, isBySurprise: false);
        var rows = StripRow.Of(text, columns: 4);
        Assert.Equal(new StripRow(0, 3), rows[0]);
        Assert.Equal(text.Count, rows.Sum(row => row.Count));
        Assert.All(rows, row => Assert.InRange(row.Count, 1, 4));
    }

    private static string Text(WritingDesk desk) =>
        string.Concat(Enumerable.Range(0, desk.Count).Select(desk.SymbolAt));
}
