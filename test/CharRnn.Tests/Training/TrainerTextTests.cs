using CharRnn.Datasets;
using CharRnn.Engine;

namespace CharRnn.Tests;

public sealed class TrainerTextTests : IDisposable
{
    // The sizes of the defaults are left to fit themselves to the text.
    private static readonly TrainingSettings FittedSettings = SmallRun.Settings with
    {
        SeqLength = null,
        BatchSize = null,
        ValFrac = null,
        MaxSteps = 5,
    };

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(1000)]
    public void AShortText_TrainsWithSmallerWindows(int characters)
    {
        var corpus = Corpus.FromText("short", characters == 2 ? "ab" : SmallText.Of(characters));
        foreach (var sampling in Enum.GetValues<WindowSampling>())
        {
            var (run, result) = _runs.Train(sampling.ToString(), FittedSettings with { Sampling = sampling }, corpus);
            Assert.Equal((5, StopReason.MaxSteps), (result.Steps, result.Stopped));
            using var model = LanguageModel.Load(run.Path);
            Assert.True(SmallRun.IsFinite(model));
        }
    }

    [Fact]
    public void ATinyText_HoldsNothingOutUnlessAskedTo_AndSaysSo()
    {
        var corpus = Corpus.FromText("tiny", SmallText.Of(60));
        Assert.Null(_runs.Train("left", FittedSettings, corpus).Result.ValLoss);
        Assert.NotNull(_runs.Train("asked", FittedSettings with { ValFrac = 0.1 }, corpus).Result.ValLoss);
    }

    [Fact]
    public void SizesAskedFor_ThatDoNotFitTheText_AreRefusedWithTheNumbers()
    {
        var corpus = Corpus.FromText("short", SmallText.Of(100));
        string message = Assert
            .Throws<SettingsException>(() =>
                Trainer.Start(corpus, SmallRun.Settings with { SeqLength = 25, BatchSize = 4 })
            )
            .Message;
        Assert.Contains("100 characters", message);
        Assert.Contains("4 streams of 25 steps need 101", message);
        using var fits = Trainer.Start(corpus, SmallRun.Settings with { SeqLength = 33, BatchSize = 3 });
    }

    [Fact]
    public void SmallValidationAndTestParts_AreScored()
    {
        var corpus = Corpus.FromText("forty", SmallText.Of(40));
        var (_, result) = _runs.Train("run", FittedSettings with { ValFrac = 0.05, TestFrac = 0.05 }, corpus);
        Assert.True(double.IsFinite(result.ValLoss!.Value) && double.IsFinite(result.TestLoss!.Value));
        Assert.Contains(
            "'ValFrac'",
            Assert
                .Throws<SettingsException>(() => Trainer.Start(corpus, FittedSettings with { ValFrac = 0.02 }))
                .Message
        );
    }

    [Fact]
    public void ATextOfBytes_TrainsToAModelOfBytes_AndResumesAsOne()
    {
        string file = _runs["bytes.bin"];
        File.WriteAllBytes(file, [.. Enumerable.Range(0, 900).Select(i => (byte)(i * i % 256))]);
        var corpus = Corpus.Load([file], new CorpusOptions { Encoding = TextEncoding.Bytes });
        var (whole, _) = _runs.Train("whole", SmallRun.Settings, corpus);
        using (var model = LanguageModel.Load(whole.Path))
        {
            Assert.Equal(TextEncoding.Bytes, model.Vocabulary.Encoding);
            Assert.Equal(corpus.Vocabulary.Symbols.ToArray(), model.Vocabulary.Symbols.ToArray());
        }
        _runs.Train("longer", SmallRun.Settings with { MaxSteps = 11 }, corpus);
        Assert.Equal(
            SmallRun.ModelBytes(whole),
            SmallRun.ModelBytes(_runs.Resume("longer", SmallRun.Settings, corpus).Run)
        );
    }

    [Fact]
    public void ATextInMemory_AndOneInAMappedFile_GiveTheSameBits()
    {
        string file = _runs["small.txt"];
        File.WriteAllText(file, SmallText.Of(2000));
        var cache = new CorpusOptions { MapFrom = 1, Cache = new IdCache(_runs["cache"]) };
        using Corpus memory = Corpus.Load([file]),
            unnamed = Corpus.Load([file], new CorpusOptions { MapFrom = 1 }),
            built = Corpus.Load([file], cache),
            found = Corpus.Load([file], cache);
        Assert.Equal(
            [false, true, true, true],
            new[] { memory, unnamed, built, found }.Select(corpus => corpus.Ids.IsMapped)
        );
        var settings = SmallRun.Settings with { ValFrac = 0.2, EvalEvery = Cadence.EverySteps(10) };
        byte[] expected = SmallRun.ModelBytes(_runs.Train("memory", settings, memory).Run);
        Assert.Equal(expected, SmallRun.ModelBytes(_runs.Train("unnamed", settings, unnamed).Run));
        Assert.Equal(expected, SmallRun.ModelBytes(_runs.Train("built", settings, built).Run));
        Assert.Equal(expected, SmallRun.ModelBytes(_runs.Train("found", settings, found).Run));
        var random = settings with { Sampling = WindowSampling.Random };
        Assert.Equal(
            SmallRun.ModelBytes(_runs.Train("random-memory", random, memory).Run),
            SmallRun.ModelBytes(_runs.Train("random-found", random, found).Run)
        );
    }

    [Fact]
    public void ATextReadInAnotherEncoding_DoesNotResumeARun()
    {
        string file = _runs["ascii.txt"];
        File.WriteAllText(file, string.Concat(Enumerable.Repeat("plain letters. ", 60)));
        _runs.Train("run", SmallRun.Settings, Corpus.Load([file]));
        var bytes = Corpus.Load([file], new CorpusOptions { Encoding = TextEncoding.Bytes });
        Assert.Contains(
            "'Encoding'",
            Assert.Throws<CorpusException>(() => _runs.Resume("run", SmallRun.Settings, bytes)).Message
        );
    }
}
