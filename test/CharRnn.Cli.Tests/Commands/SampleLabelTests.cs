namespace CharRnn.Cli.Tests;

public sealed class SampleLabelTests : IDisposable
{
    private readonly LabeledGround _ground = new LabeledGround().Train();

    public void Dispose() => _ground.Dispose();

    private Outcome Sample(params string[] flags) => _ground.Shell.Run(["sample", _ground.Run, .. flags]);

    private string ClassifierPath => _ground.Shell.Folder.File("classifier.safetensors");

    /// <summary>A classifier of some labels that has learnt nothing, and its file.</summary>
    private SequenceClassifier Classifier(params string[] labels)
    {
        var vocabulary = new Vocabulary(
            [.. "abdfghiklmnrsuz".Select(letter => (int)letter), Vocabulary.UnknownSymbol],
            TextEncoding.Utf8
        );
        var classifier = new SequenceClassifier(
            new ClassifierSpec
            {
                VocabularySize = vocabulary.Count,
                LabelCount = labels.Length,
                HiddenSize = 5,
                EmbeddingSize = 3,
            },
            vocabulary,
            labels
        );
        classifier.Save(ClassifierPath);
        return classifier;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    [Fact]
    public void ALabelsWords_AreWrittenALineEach_AndWhatIsNewIsTold()
    {
        var outcome = Sample("--label", "soft", "--num-samples", "50", "--temperature", "0.6");

        Assert.Equal(0, outcome.ExitCode);
        string[] words = Lines(outcome.Output),
            known = _ground.Words();
        Assert.Equal(50, words.Length);
        Assert.True(words.Count(word => LabeledGround.IsOf("soft", word)) >= 45, outcome.Output);
        string[] table = Lines(outcome.Error);
        Assert.Matches("^LABEL +SAMPLES +NOVEL +REPEATED$", table[0]);
        string novel = Quantity.Percent(words.Count(word => !known.Contains(word)) / 50.0),
            repeated = Quantity.Percent((50 - words.Distinct().Count()) / 50.0);
        Assert.Equal(
            ["soft", "50", novel, repeated],
            table[1].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
        Assert.Equal(outcome.Output, Sample("--label", "soft", "--num-samples", "50", "--temperature", "0.6").Output);
    }

    [Fact]
    public void SeveralLabels_OrAll_AreWrittenOneAfterAnother_WithTheLabelBeforeEachWord()
    {
        var outcome = Sample("--label", "windy", "--label", "hard", "--num-samples", "3");
        Assert.Equal(
            ["windy", "windy", "windy", "hard", "hard", "hard"],
            Lines(outcome.Output).Select(line => line.Split('\t')[0])
        );
        Assert.Equal(["LABEL", "windy", "hard", "all"], Lines(outcome.Error).Select(line => line.Split(' ')[0]));
        // What is written under a label does not depend on what else is asked for.
        Assert.Equal(
            Lines(Sample("--label", "hard", "--num-samples", "3").Output),
            Lines(outcome.Output)[3..].Select(line => line.Split('\t')[1])
        );

        Assert.Equal(
            ["hard", "hard", "soft", "soft", "windy", "windy"],
            Lines(Sample("--label", "all", "--num-samples", "2").Output).Select(line => line.Split('\t')[0])
        );
    }

    [Fact]
    public void Starts_WriteOneWordForEachLetter_AndAPromptBeginsAll()
    {
        Assert.Equal(
            "lmn",
            string.Concat(Lines(Sample("--label", "soft", "--starts", "lmn").Output).Select(word => word[0]))
        );
        Assert.Equal(
            "llmm",
            string.Concat(
                Lines(Sample("--label", "soft", "--starts", "lm", "--num-samples", "2").Output).Select(word => word[0])
            )
        );
        Assert.All(
            Lines(Sample("--label", "soft", "-p", "la", "--num-samples", "4").Output),
            word => Assert.StartsWith("la", word)
        );
        Assert.All(
            Lines(Sample("--label", "soft", "-n", "3", "--num-samples", "30").Output),
            word => Assert.True(word.Length <= 3)
        );
    }

    [Fact]
    public void Novel_WritesOnlyWordsThatTheDataDoNotHave()
    {
        var outcome = Sample("--label", "hard", "--novel", "--num-samples", "30");
        string[] known = _ground.Words(),
            words = Lines(outcome.Output);
        Assert.Equal(30, words.Length);
        Assert.DoesNotContain(words, known.Contains);
        Assert.Contains("hard", outcome.Error);
    }

    [Fact]
    public void WithoutItsData_WhatIsNewIsNotTold_AndNovelIsRefused()
    {
        Directory.Delete(_ground.Data, recursive: true);
        Assert.Matches("(?m)^hard +3 +– ", Sample("--label", "hard", "--num-samples", "3").Error);
        Assert.Equal(3, Sample("--label", "hard", "--num-samples", "3", "--novel").ExitCode);
    }

    [Fact]
    public void AChangedDataSet_IsNotTakenForTheOneThatWasLearnt()
    {
        File.AppendAllText(Path.Combine(_ground.Data, "hard.txt"), "baba\ndudu\n");
        var outcome = Sample("--label", "hard", "--num-samples", "3", "--novel");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("words has changed since the model was trained on it", outcome.Error);
        Assert.Equal(0, Sample("--label", "hard", "--num-samples", "3", "--novel", "--corpus", _ground.Data).ExitCode);
    }

    [Fact]
    public void ABlend_WritesWithTheLettersOfItsLabels()
    {
        var outcome = Sample("--label", "soft=0.5,windy=0.5", "--num-samples", "60");
        string written = outcome.Output;
        Assert.True(written.Count("lmnr".Contains) > 10 && written.Count("fhsz".Contains) > 10, written);
        Assert.Contains("soft=0.5,windy=0.5", outcome.Error);
    }

    [Fact]
    public void AClassifier_SaysHowManyAreTakenForWhatTheyShouldBe()
    {
        using var classifier = Classifier("hard", "soft", "windy");
        var outcome = Sample("--label", "all", "--num-samples", "20", "--classifier", ClassifierPath);
        string[][] lines = [.. Lines(outcome.Output).Select(line => line.Split('\t'))];
        string[] told = Lines(outcome.Error);
        Assert.Matches("CLASSIFIED SO$", told[0]);
        foreach (var (row, label) in classifier.Labels.Index())
        {
            var given = lines
                .Where(line => line[0] == label && line[1].Length > 0)
                .Select(line => classifier.Predict(line[1]));
            Assert.EndsWith(
                Quantity.Percent(
                    given.Count(probabilities => Array.IndexOf(probabilities, probabilities.Max()) == row) / 20.0
                ),
                told[row + 1]
            );
        }
    }

    [Fact]
    public void ClosedPipe_EndsQuietly_AndAFullDiskIsOneLineAndCode1()
    {
        _ground.Shell.OutputBytes = new FullStream("Broken pipe", code: 32);
        Assert.Equal(new(0, "", ""), Sample("--label", "all", "--num-samples", "1000000000"));
        _ground.Shell.OutputBytes = new FullStream("No space left on device", code: 28);
        var outcome = Sample("--label", "all", "--num-samples", "1000000000");
        Assert.Equal(
            (1, "charrnn: error: cannot write to standard output: the disk is full"),
            (outcome.ExitCode, outcome.Error.TrimEnd())
        );
    }

    [Theory]
    [InlineData(
        new string[0],
        "charrnn: error: the model writes what a label says: give --label all, or one of hard, soft, windy."
    )]
    [InlineData(
        new[] { "--label", "sofd" },
        "charrnn: error: the model has no label 'sofd'; did you mean 'soft'? Its labels are hard, soft, windy."
    )]
    [InlineData(
        new[] { "--label", "soft=x" },
        "charrnn: error: the weight of the label 'soft' is 'x'; it must be a number above 0."
    )]
    [InlineData(
        new[] { "--label", "soft", "--starts", "l", "-p", "m" },
        "charrnn: error: --prompt does not go with --starts, which says what texts begin with, one "
            + "letter after another; leave one of them out."
    )]
    [InlineData(
        new[] { "--label", "all", "--beams", "2" },
        "charrnn: error: --label asks for 3 labels, and --beams writes of one; give one, or a blend."
    )]
    [InlineData(
        new[] { "--label", "soft", "--starts", "" },
        "charrnn: error: --starts is empty; give at least one letter."
    )]
    [InlineData(
        new[] { "--label", "soft", "--label", "soft" },
        "charrnn: error: --label asks for 'soft' twice; ask for it once, and with --num-samples for more texts."
    )]
    [InlineData(
        new[] { "--label", "soft", "--starts", "q" },
        "charrnn: error: --starts: 'q' (U+0071), character 1 of the text, is not among the 16 symbols of "
            + "the model's vocabulary; leave it out, or pass --unknown skip."
    )]
    public void WhatCannotBeMeant_IsRefusedInOneLine(string[] flags, string message)
    {
        var outcome = Sample(flags);
        Assert.Equal((2, "", message), (outcome.ExitCode, outcome.Output, outcome.Error.TrimEnd()));
    }

    [Fact]
    public void StartsThatTheModelDoesNotKnow_AreLeftOutWhereThatIsAskedFor()
    {
        string[] skipping = ["--label", "soft", "--unknown", "skip", "--starts"];
        Assert.Equal("ln", string.Concat(Lines(Sample([.. skipping, "lqn"]).Output).Select(word => word[0])));
        var outcome = Sample([.. skipping, "qx"]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("--starts is 'qx', and the model's vocabulary has none of that", outcome.Error);
    }

    [Fact]
    public void AClassifierThatDoesNotTellALabel_SaysNothingOfIt()
    {
        using var classifier = Classifier("hard", "loud");
        string[] told = Lines(
            Sample("--label", "hard", "--label", "soft", "--num-samples", "2", "--classifier", ClassifierPath).Error
        );
        Assert.Matches("^hard .* %$", told[1]);
        Assert.Matches("^soft .* –$", told[2]);
        Assert.Matches("^all .* –$", told[3]);
    }

    [Fact]
    public void AModelWithoutLabels_RefusesTheFlags()
    {
        string model = SuccessorModel.Save(_ground.Shell.Folder.File("plain.safetensors"), "abc");
        foreach (string flag in new[] { "--label", "--starts", "--classifier" })
        {
            var outcome = _ground.Shell.Run("sample", model, flag, "x");
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains($"{flag} is for models with labels", outcome.Error);
        }
    }

    [Fact]
    public void TheLikeliestWords_AndAWordWrittenTogether_HaveTheLabelToo()
    {
        string[] likeliest = Lines(Sample("--label", "windy", "--beams", "4", "--num-samples", "4", "-n", "8").Output);
        Assert.All(likeliest, word => Assert.True(LabeledGround.IsOf("windy", word), word));
        _ground.Shell.Input = "\n\n\n\n\n";
        Assert.Equal(0, Sample("--label", "windy", "--interactive").ExitCode);
    }
}
