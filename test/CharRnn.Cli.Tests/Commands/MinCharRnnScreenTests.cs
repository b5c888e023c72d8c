using System.Globalization;
using CharRnn.Checkpoints;
using CharRnn.Reference;

namespace CharRnn.Cli.Tests;

/// <summary>The preset min-char-rnn against what the original would print from the same weights.</summary>
public sealed class MinCharRnnScreenTests : IDisposable
{
    // At rate 0.1 the program is chaotic, and runs part after a dozen iterations whatever computes them.
    private const string TameRate = "0.01";
    private const double Tolerance = 1e-5;

    // One more than a whole number of windows: the sweep starts again one window early. Three times over in the
    // iterations below.
    private const int Characters = 3001;

    private readonly TestShell _shell = new();

    public MinCharRnnScreenTests() => File.WriteAllText(TextPath, TrainingGround.Text(Characters));

    private string TextPath => _shell.Folder.File("text.txt");

    public void Dispose() => _shell.Dispose();

    private Outcome Train(string run, params string[] flags) =>
        _shell.Run([
            "train",
            TextPath,
            "-o",
            _shell.Folder.File(run),
            "--preset",
            "min-char-rnn",
            "--learning-rate",
            TameRate,
            .. flags,
        ]);

    private static string[] Lines(Outcome outcome) => outcome.Error.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    [Fact]
    public void Screen_IsTheOriginals()
    {
        string[] lines = Lines(Train("run", "--max-steps", "201"));
        var corpus = Corpus.FromText("text", TrainingGround.Text(Characters));
        Assert.Equal($"data has {Characters} characters, {corpus.Vocabulary.Count} unique.", lines[0]);
        string rest = string.Join('\n', lines[1..]);
        Assert.Matches(@"\A(----\n (?:.|\n){200} \n----\niter \d+, loss: \d+\.\d{6}(\n|\z)){3}\z", rest);
        Assert.Equal(
            ["iter 0,", "iter 100,", "iter 200,"],
            lines.Where(line => line.StartsWith("iter ")).Select(line => line[..(line.IndexOf(',') + 1)])
        );
    }

    [Fact]
    public void Predictions_AreShownOnTheScreenOfEveryOtherPreset()
    {
        var outcome = Train("run", "--max-steps", "101", "--show-predictions");
        Assert.Contains("--- step 100, ", outcome.Error);
        Assert.Contains(" of 210 characters predicted", outcome.Error);
        Assert.DoesNotContain("iter ", outcome.Error);
    }

    [Fact]
    public void Losses_AreThoseOfTheReferenceFromTheSameWeights()
    {
        Assert.Equal(0, Train("first", "--max-steps", "0").ExitCode);
        var corpus = Corpus.FromText("text", TrainingGround.Text(Characters));
        var twin = new MinCharRnn(
            IdsOf(corpus),
            InitialModel("first", corpus.Vocabulary.Count),
            double.Parse(TameRate, CultureInfo.InvariantCulture)
        );

        var losses = Lines(Train("run", "--max-steps", "401", "--sample-every", "50"))
            .Where(line => line.StartsWith("iter "))
            .Select(Loss)
            .ToList();
        Assert.Equal([0, 50, 100, 150, 200, 250, 300, 350, 400], losses.Select(line => line.Iteration));
        foreach (var (iteration, loss) in losses)
        {
            while (twin.Iteration <= iteration)
                twin.Step();
            Assert.True(
                Math.Abs(loss - twin.SmoothedLoss) <= Tolerance * loss,
                $"iter {iteration}: loss {loss} is printed; the reference has {twin.SmoothedLoss}"
            );
        }
    }

    [Fact]
    public void ResumedRun_GoesOnWithTheSmoothedLossAndTheSamples()
    {
        string[] whole = Lines(Train("whole", "--max-steps", "201"));
        Train("stopped", "--max-steps", "100");
        string[] resumed = Lines(
            _shell.Run("train", "-o", _shell.Folder.File("stopped"), "--resume", "--max-steps", "201")
        );
        // The preset's rate is constant; that the limit changed is said all the same.
        Assert.Equal(
            [
                whole[0],
                "charrnn: the limits have changed: the learning rate goes on at 0.01, as in a run of 201 steps from the start.",
                "charrnn: going on from step 100",
            ],
            resumed[..3]
        );
        Assert.Equal(whole[^(resumed.Length - 3)..], resumed[3..]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("json")]
    public void WithoutAScreen_ProgressIsAsElsewhere(string mode)
    {
        var outcome = Train("run", "--max-steps", "101", "--progress", mode);
        Assert.DoesNotContain("iter ", outcome.Error);
        Assert.DoesNotContain("----", outcome.Error);
        Assert.Equal(mode == "none" ? 0 : 2, outcome.Error.Split('\n').Count(line => line.StartsWith("{\"step\"")));
    }

    [Fact]
    public void TextShorterThanAWindow_IsTrainedOnInShorterOnes_AndThatIsSaid()
    {
        File.WriteAllText(TextPath, "hello");
        var outcome = Train("run", "--max-steps", "3");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("charrnn: the text is small: windows are 1 stream of 4 steps.", Lines(outcome));
    }

    private static (long Iteration, double Loss) Loss(string line)
    {
        string[] parts = line.Split(["iter ", ", loss: "], StringSplitOptions.None);
        return (
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            double.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }

    private static int[] IdsOf(Corpus corpus)
    {
        int[] ids = new int[corpus.Ids.Length];
        corpus.Ids.CopyTo(0, ids);
        return ids;
    }

    /// <summary>The reference with the weights that a run of the command began with.</summary>
    private ReferenceModel InitialModel(string run, int vocabulary)
    {
        var model = MinCharRnn.InitialModel(vocabulary);
        var file = SafetensorsFile.Read(RunFolder.Open(_shell.Folder.File(run)).ModelPath);
        foreach (var (name, values) in model.Parameters)
            Array.ConvertAll(file.Require(name).ToSingles(), value => (double)value).CopyTo(values, 0);
        return model;
    }
}
