using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

public sealed class TrainerStartTests : IDisposable
{
    // Letters beside the first text's, and some of those are lacking.
    private const string OtherText = "the quick brown fox jumps over the lazy dog. ";

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("gru", 8)]
    [InlineData("lstm", 0)]
    public void ARunThatStartsFromAModel_ScoresAtStepZeroAsTheModelDoes(string cell, int embedding)
    {
        using var from = Trained(SmallRun.Settings with { Cell = cell, EmbeddingSize = embedding, NumLayers = 2 });
        var corpus = Corpus.FromText(
            "again",
            SmallText.Of(900, seed: 3),
            new CorpusOptions { Vocabulary = from.Model.Vocabulary }
        );
        var (run, _) = Begin("begun", corpus, from, steps: 0);
        using var begun = LanguageModel.Load(run.Path);
        Assert.All(
            begun.Layout.Tensors,
            tensor => Assert.Equal(tensor.CopyFrom(from.Model.Weights), tensor.CopyFrom(begun.Weights))
        );
        using Evaluator first = new(from.Model),
            second = new(begun);
        var range = new IdRange(0, corpus.Ids.Length);
        Assert.Equal(
            first.Run(corpus.Ids, range, cancellationToken: TestContext.Current.CancellationToken),
            second.Run(corpus.Ids, range, cancellationToken: TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void NewCharacters_AreAddedAndSaid_AndTheModelStillKnowsTheOldOnes()
    {
        using var from = Trained(SmallRun.Settings with { MaxSteps = 200 });
        var own = Corpus.FromText("other", string.Concat(Enumerable.Repeat(OtherText, 30)));
        var vocabulary = from.VocabularyWith(own.Vocabulary);
        var corpus = Corpus.FromText(
            "other",
            string.Concat(Enumerable.Repeat(OtherText, 30)),
            new CorpusOptions { Vocabulary = vocabulary }
        );
        char[] added = [.. OtherText.Distinct().Except(SmallText.Of(2000)).Order()];
        Assert.InRange(added.Length, 2, 10);
        var notes = new Notes();
        var (run, _) = Begin("begun", corpus, from, steps: 30, notes);
        Assert.Contains(
            notes.Seen,
            note =>
                note.EndsWith(
                    $"its vocabulary of {from.Model.Vocabulary.Count} characters is extended by {added.Length}: "
                        + $"{string.Join(", ", added.Select(c => $"'{c}'"))}."
                )
        );
        using var begun = LanguageModel.Load(run.Path);
        int[] symbols = begun.Vocabulary.Symbols.ToArray();
        Assert.Equal(own.Vocabulary.Symbols.ToArray().Union(from.Model.Vocabulary.Symbols.ToArray()).Order(), symbols);
        Assert.True(begun.Vocabulary.TryGetId('ż', out _) && begun.Vocabulary.TryGetId('q', out _));
        Assert.Equal(
            (from.Record.Path, from.Record.Sha256),
            (begun.Provenance["init_from"], begun.Provenance["init_from_sha256"])
        );
        Assert.Equal(from.Record, RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).InitFrom);
    }

    [Fact]
    public void ARunThatStartedFromAModel_Resumes_ToTheBitsOfAnUninterruptedOne_WithoutTheModel()
    {
        using var from = Trained(SmallRun.Settings);
        var vocabulary = from.VocabularyWith(Corpus.FromText("other", OtherText).Vocabulary);
        var corpus = Corpus.FromText(
            "other",
            string.Concat(Enumerable.Repeat(OtherText, 30)),
            new CorpusOptions { Vocabulary = vocabulary }
        );
        var (whole, _) = Begin("whole", corpus, from, steps: 30);
        Begin("stopped", corpus, from, steps: 13);
        var (stopped, result) = _runs.Resume("stopped", SmallRun.Settings with { MaxSteps = 30 }, corpus);
        Assert.Equal(30, result.Steps);
        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
    }

    [Fact]
    public void ARunOnRecordsFromAModelOfRecords_BeginsAnewAtTheBoundary_ThoughItsIdIsAnother()
    {
        var (first, _) = _runs.Train("first", SmallRun.Settings, SmallRun.Records);
        using var from = StartingModel.Load(first.Path);
        var asRecords = new CorpusOptions { Preparation = new TextPreparation { Records = true } };
        string text = string.Concat(Enumerable.Repeat("the quick\nbrown fox\njumps over\n", 40));
        var corpus = Corpus.FromText(
            "other",
            text,
            asRecords with
            {
                Vocabulary = from.VocabularyWith(Corpus.FromText("other", text, asRecords).Vocabulary),
            }
        );
        var (run, _) = Begin("begun", corpus, from, steps: 30);

        using var begun = LanguageModel.Load(run.Path);
        Assert.Equal(corpus.Vocabulary.BoundaryId, begun.Spec.ResetId);
        Assert.True(begun.Spec.ResetId > from.Model.Spec.ResetId);
    }

    [Fact]
    public void AModelOfBytes_AndATextOfCharacters_DoNotGoTogether()
    {
        using var from = Trained(SmallRun.Settings);
        var bytes = new Vocabulary(Enumerable.Range(0, 256), TextEncoding.Bytes);
        Assert.Contains("'Encoding' utf-8", Assert.Throws<SettingsException>(() => from.VocabularyWith(bytes)).Message);
    }

    [Fact]
    public void SettingsWithAnotherNetwork_AreRefused_AndThoseWithTheModelsAreItsOwn()
    {
        using var from = Trained(SmallRun.Settings);
        var material = new TrainingMaterial { InitFrom = from };
        Assert.Throws<SettingsException>(() =>
            Trainer.Start(SmallRun.Text, SmallRun.Settings with { Residual = true }, material: material)
        );
        Assert.Equal(
            from.Model.Spec,
            new TrainingSettings().WithNetworkOf(from.Model.Spec).ModelSpec(from.Model.Spec.VocabularySize)
        );
    }

    [Fact]
    public void AModelThatHasChanged_DoesNotBeginAReplay()
    {
        using var from = Trained(SmallRun.Settings);
        using (var again = StartingModel.LoadAgain(from.Record))
            Assert.Equal(from.Record, again.Record);
        _runs.Train("other", SmallRun.Settings with { Seed = 2 });
        File.Copy(_runs["other/model.safetensors"], from.Record.Path, overwrite: true);
        Assert.Contains(
            "is not the model that the run began from",
            Assert.Throws<ModelException>(() => StartingModel.LoadAgain(from.Record)).Message
        );
    }

    private StartingModel Trained(TrainingSettings settings) =>
        StartingModel.Load(_runs.Train("first", settings).Run.Path);

    private (RunFolder Run, TrainingResult Result) Begin(
        string name,
        Corpus corpus,
        StartingModel from,
        long steps,
        ITrainingObserver? observer = null
    )
    {
        var run = RunFolder.Create(_runs[name]);
        using var trainer = Trainer.Start(
            corpus,
            SmallRun.Settings.WithNetworkOf(from.Model.Spec) with
            {
                MaxSteps = steps,
            },
            run,
            material: new TrainingMaterial { InitFrom = from }
        );
        return (run, trainer.Run(observer, TestContext.Current.CancellationToken));
    }

    private sealed class Notes : ITrainingObserver
    {
        public IReadOnlyList<string> Seen { get; private set; } = [];

        public void OnStarted(TrainingOverview overview) => Seen = overview.Notes;
    }
}
