using CharRnn.Report.Tests;
using CharRnn.Studio.Models;
using CharRnn.Studio.Names;
using CharRnn.Studio.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CharRnn.Studio.Tests;

/// <summary>What the page of names shows: names letter by letter, and the test part one by one.</summary>
public sealed class NamesTests : IDisposable
{
    private readonly NamesGround _ground = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void Reading_HasTheClassifiersOwnProbabilities_AfterEachLetterAndWithoutEach()
    {
        using var lease = _ground.TrainClassifier().Shelf.Take(NamesGround.Classifier);
        var model = lease.Classifier;
        var read = NameReading.Of(NameReader.Of(_ground.Shelf, NamesGround.Classifier), "  adgß ")!;
        Assert.Equal(["a", "d", "g", "ß"], read.Letters.Select(letter => letter.Text));
        Assert.Equal([true, true, true, false], read.Letters.Select(letter => letter.IsKnown));
        Assert.Equal(model.Predict("adgß"), read.Whole);
        for (int label = 0; label < model.Labels.Count; label++)
        {
            Assert.Equal(model.Predict("ad")[label], read.After(1, label));
            Assert.Null(read.MovedBy(0, label));
            Assert.Equal((double)model.Predict("adg")[label] - model.Predict("ad")[label], read.MovedBy(2, label));
            Assert.Equal((double)model.Predict("adgß")[label] - model.Predict("agß")[label], read.WorthOf(1, label));
        }
        int[] likeliest = [.. read.Likeliest(2)];
        Assert.True(read.Whole[likeliest[0]] >= read.Whole[likeliest[1]]);
        int last = read.Likeliest(3)[2];
        Assert.Equal([likeliest[0], last], read.Likeliest(2, last));
    }

    [Fact]
    public void Reading_OfOneLetterLongTextsAndNothing()
    {
        using var lease = _ground.TrainClassifier().Shelf.Take(NamesGround.Classifier);
        var reader = NameReader.Of(_ground.Shelf, NamesGround.Classifier);
        Assert.Null(NameReading.Of(reader, " \t"));
        Assert.Null(NameReading.Of(reader, "a")!.WorthOf(0, 0));
        string text = string.Concat(Enumerable.Repeat("😀b", 300));
        var read = NameReading.Of(reader, text)!;
        Assert.Equal(NameReading.MaxLetters, read.Letters.Count);
        Assert.Equal("😀", read.Letters[0].Text);
        Assert.Equal(lease.Classifier.Predict(text), read.Whole);
    }

    [Fact]
    public void Reading_GoesWithTheModelsFile_WhileItsRunTrains()
    {
        _ground.TrainClassifier().TrainClassifier("later", epochs: 9);
        var reader = NameReader.Of(_ground.Shelf, NamesGround.Classifier);
        float[] before = reader.Predict(["adg"])[0];
        string later = Path.Combine(_ground.Runs, "later", "model.safetensors"),
            file = Path.Combine(_ground.Runs, NamesGround.Classifier, "model.safetensors");
        File.Copy(later, file, overwrite: true);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));
        float[] after = reader.Predict(["adg"])[0];
        Assert.NotEqual(before, after);
        using var replaced = SequenceClassifier.Load(later);
        Assert.Equal(replaced.Predict("adg"), after);
    }

    [Fact]
    public void TestPart_IsAnsweredAsTheRunAnsweredIt()
    {
        using var lease = _ground.TrainClassifier().Shelf.Take(NamesGround.Classifier);
        var part = TestPart.Of(lease);
        var answers = part.Answer(lease.Classifier, Token);
        var confusion = part.Report!.Confusion;
        Assert.Equal(confusion.Total, answers.Count);
        for (int row = 0; row < part.Labels.Count; row++)
        {
            for (int column = 0; column < part.Labels.Count; column++)
                Assert.Equal(confusion[row, column], new TestCell(row, column).In(answers).Count);
        }
        var mistake = part.Report.ConfidentMistakes[0];
        Assert.Equal(mistake.Text, new TestCell(mistake.TrueLabel, mistake.GivenLabel).In(answers)[0].Text);
    }

    [Fact]
    public void TestPart_OfSeveralLabelsATextIsAnsweredAsTheRunAnsweredIt()
    {
        using var lease = _ground.TrainSeveral().Shelf.Take(NamesGround.Several);
        var part = TestPart.Of(lease);
        var answers = part.Answer(lease.Classifier, Token);
        Assert.Null(part.Report);
        Assert.Equal(part.Sets!.Texts, answers.Count);
        foreach (var (label, score) in part.Sets.LabelScores.Index())
        {
            int found = new TestCell(label, label).In(answers).Count,
                missed = new TestCell(label, null).In(answers).Count,
                wrong = new TestCell(null, label).In(answers).Count;
            Assert.Equal(score.Count, found + missed);
            Assert.Equal(score.Precision, found + wrong > 0 ? (double)found / (found + wrong) : null);
        }
    }

    [Fact]
    public void TestPart_OfChangedOrMissingRecordsSaysSo_AndKeepsTheRunsMistakes()
    {
        using var lease = _ground.TrainClassifier().Shelf.Take(NamesGround.Classifier);
        var part = TestPart.Of(lease);
        File.AppendAllText(Path.Combine(_ground.Words, "up.txt"), "another\n");
        var changed = Assert.Throws<CorpusException>(() => part.Answer(lease.Classifier, Token));
        Assert.Contains("any more", changed.Message);
        Directory.Delete(_ground.Words, recursive: true);
        var missing = Assert.Throws<CorpusException>(() => part.Answer(lease.Classifier, Token));
        Assert.Contains(_ground.Words, missing.Message);
        Assert.Equal(
            part.Report!.ConfidentMistakes.Select(mistake => mistake.Text),
            part.KeptMistakes().Select(answer => answer.Text)
        );
    }

    [Fact]
    public void TestPart_OfRecordsThatAProgramMade_IsTheRunsMistakes()
    {
        using var ground = new ReportGround();
        string run = ground.Classify("made");
        var options = Options.Create(new StudioOptions { Folder = Path.GetDirectoryName(run)! });
        using var shelf = new ModelShelf(options, new RunCatalog(options), NullLogger<ModelShelf>.Instance);
        using var lease = shelf.Take("made");
        var part = TestPart.Of(lease);
        Assert.Throws<CorpusException>(() => part.Answer(lease.Classifier, Token));
        Assert.NotEmpty(part.KeptMistakes());
    }
}
