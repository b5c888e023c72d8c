using CharRnn.Studio.Names;

namespace CharRnn.Studio.Tests;

/// <summary>Names that a language model writes, by label and between two.</summary>
public sealed class NamesWritingTests : IDisposable
{
    private readonly NamesGround _ground = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Names_AreThoseOfTheLibrary_AndNewOnesAreMarked()
    {
        var source = NameSource.Of(_ground.TrainWriter().Shelf, NamesGround.Writer);
        using var lease = source.Take();
        var up = LabelBlend.Parse("up", source.Labels);
        var options = new SamplingOptions { Temperature = 0.8, Seed = 7 };
        var written = new NameWriter(lease.LanguageModel, source.Known, classifier: null).Write(
            up,
            new NameOrder("h", 40, IsNovel: false, options),
            Token
        );
        var records = new RecordGenerator(lease.LanguageModel, up).Records(
            lease.LanguageModel.Encode("h"),
            options,
            longest: 500,
            Token
        );
        Assert.Equal(
            records.Take(40).Select(ids => "h" + lease.LanguageModel.Vocabulary.Decode(ids)),
            written.Names.Select(name => name.Text)
        );
        var list = LabeledRecords.ReadFolder(_ground.Words).Records.Select(record => record.Text).ToHashSet();
        Assert.All(written.Names, name => Assert.Equal(!list.Contains(name.Text), name.IsNew));
        Assert.Null(source.WhyUnknown);
    }

    [Fact]
    public void Names_ThatMustBeNew_AreNoneOfTheList()
    {
        var source = NameSource.Of(_ground.TrainWriter().TrainClassifier().Shelf, NamesGround.Writer);
        using var lease = source.Take();
        using var classifier = _ground.Shelf.Take(NamesGround.Classifier);
        var written = new NameWriter(
            lease.LanguageModel,
            source.Known,
            NameReader.Of(_ground.Shelf, NamesGround.Classifier)
        ).Write(
            LabelBlend.Parse("Łeft", source.Labels),
            new NameOrder("", 20, IsNovel: true, new SamplingOptions()),
            Token
        );
        Assert.Equal(20, written.Names.Count);
        Assert.InRange(written.Drawn, 20, 2000);
        Assert.All(
            written.Names,
            name =>
            {
                // The empty name is none, and no classifier reads it.
                Assert.Equal(name.Text.Length > 0 ? true : null, name.IsNew);
                if (name.Text.Length == 0)
                    return;
                float[] probabilities = classifier.Classifier.Predict(name.Text);
                Assert.Equal(probabilities.Max(), name.Certainty);
                Assert.Equal(
                    probabilities.Max(),
                    probabilities[classifier.Classifier.Labels.ToList().IndexOf(name.Given!)]
                );
            }
        );
    }

    [Fact]
    public void List_ThatIsNotThere_LeavesNamesUnmarked()
    {
        _ground.TrainWriter();
        Directory.Delete(_ground.Words, recursive: true);
        var source = NameSource.Of(_ground.Shelf, NamesGround.Writer);
        using var lease = source.Take();
        Assert.Contains(_ground.Words, source.WhyUnknown);
        var written = new NameWriter(lease.LanguageModel, source.Known, classifier: null).Write(
            LabelBlend.Parse("up", source.Labels),
            new NameOrder("", 5, IsNovel: true, new SamplingOptions()),
            Token
        );
        Assert.All(written.Names, name => Assert.Null(name.IsNew));
    }

    [Fact]
    public void Writers_AreModelsWithLabelsAlone()
    {
        _ground.TrainWriter().TrainClassifier();
        Assert.Equal([NamesGround.Writer], _ground.Shelf.ListLabeled().Select(model => model.Id));
        Assert.Contains(
            "language model",
            Assert.Throws<SettingsException>(() => NameSource.Of(_ground.Shelf, NamesGround.Classifier)).Message
        );
        Assert.Throws<ModelException>(() => NameSource.Of(_ground.Shelf, "../writer"));
    }

    [Theory]
    [InlineData(0, "it's, it")]
    [InlineData(0.004, "it's, it")]
    [InlineData(0.25, "\"it's, it\"=0.75,up=0.25")]
    [InlineData(1, "up")]
    public void Blend_IsReadAsItWasMeant(double share, string expected)
    {
        string[] labels = [NamesGround.Quoted, "Łeft", "up"];
        string blend = NameCommands.Blend(labels[0], labels[2], share);
        Assert.Equal(expected, blend);
        var parts = LabelBlend.Parse(blend, labels).Parts;
        Assert.Equal(Math.Round(share, 2), parts.Where(part => part.Label == 2).Sum(part => part.Weight), 6);
        Assert.Equal(1, parts.Sum(part => part.Weight), 6);
    }

    [Fact]
    public void Command_QuotesWhatAShellWouldTakeApart()
    {
        var order = new NameOrder("O'", 3, IsNovel: true, new SamplingOptions { Temperature = 0.5, Seed = 2 });
        Assert.Equal(
            "charrnn sample '/my runs/a' --label 'it'\\''s, it' --num-samples 3 --temperature 0.5 --seed 2 "
                + "--prompt 'O'\\''' --novel",
            NameCommands.Writing("/my runs/a", NamesGround.Quoted, order)
        );
        Assert.Equal(
            "charrnn classify train names -o '/my runs/languages'",
            NameCommands.Training("/my runs", "classify train names", "languages")
        );
    }
}
