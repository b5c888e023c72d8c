using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Tests;

/// <summary>The preset of PyTorch's tutorial on generating names, on the names of the library.</summary>
public sealed class TutorialGeneratorTests : IDisposable
{
    private const int Windows = 300,
        LongestName = 20;

    private static readonly TrainingSettings Settings = Presets.Find(Presets.TutorialGenerator)!.Settings with
    {
        SaveEvery = Cadence.Never,
        SampleEvery = Cadence.Never,
    };

    private readonly SmallRun _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void TheNetwork_IsTheTutorials_LinearMapForLinearMap()
    {
        const int symbols = 59,
            labels = 18,
            hidden = 128;
        var spec = Settings.ModelSpec(symbols, labels) with { ResetId = 0 };
        var layout = new ParameterLayout(spec);

        // i2h and i2o one below the other, each on [label, letter, hidden]; o2o on [hidden', output].
        const int joined = symbols + labels + hidden;
        Assert.Equal((joined + 1) * (hidden + symbols) + (hidden + symbols + 1) * symbols, layout.ParameterCount);
        Assert.Equal(
            [hidden + symbols, symbols + labels],
            layout.Tensors.Single(tensor => tensor.Name == "rnn.weight_ih_l0").Shape
        );
        Assert.Equal(
            [hidden + symbols, hidden],
            layout.Tensors.Single(tensor => tensor.Name == "rnn.weight_hh_l0").Shape
        );
        Assert.Equal([symbols, hidden + symbols], layout.Tensors.Single(tensor => tensor.Name == "head.weight").Shape);
        using var model = new LanguageModel(
            spec,
            new Vocabulary(Enumerable.Range(' ', symbols), TextEncoding.Utf8),
            Initialization.Parse(Settings.Init),
            labels: [.. Enumerable.Range(0, labels).Select(label => $"{label}")]
        );
        foreach (
            var (name, inputs) in new[]
            {
                ("rnn.weight_ih_l0", joined),
                ("rnn.weight_hh_l0", joined),
                ("rnn.bias_ih_l0", joined),
                ("head.weight", hidden + symbols),
                ("head.bias", hidden + symbols),
            }
        )
        {
            double bound = 1 / Math.Sqrt(inputs),
                largest = layout.Tensors.Single(tensor => tensor.Name == name).CopyFrom(model.Weights).Max(Math.Abs);
            Assert.InRange(largest, 0.9 * bound, bound);
        }
        Assert.Equal((0.1, 0.005, 100_000), (spec.LogitDropout, Settings.LearningRate, Settings.MaxSteps!.Value));
        Assert.Equal(
            ("sgd", null, null, LossReduction.Sum),
            (Settings.Optimizer.Name, Settings.GradClip, Settings.GradClipNorm, Settings.LossReduction)
        );
    }

    [Fact]
    public void AWindow_IsOneWholeName_AndLabelsComeAlikeOften()
    {
        using var corpus = Names();
        var parts = TextParts.Of(corpus, Settings, windows: null, []);
        var batcher = parts.MakeBatcher(corpus.Ids, Settings);
        int boundary = corpus.Vocabulary.BoundaryId!.Value;
        int[] inputs = new int[batcher.Steps],
            targets = new int[batcher.Steps],
            drawn = new int[corpus.Labels.Count];
        var known = LabeledRecords.Embedded().Records.ToHashSet();
        int pairs = 0;
        const int draws = 5000;
        for (long step = 0; step < draws; step++)
        {
            Assert.True(batcher.Fill(step, inputs, targets));
            int end = Array.IndexOf(targets, boundary);
            Assert.Equal(boundary, inputs[0]);
            Assert.Equal(inputs[1..(end + 1)], targets[..end]);
            Assert.All(inputs.Skip(end + 1), id => Assert.Equal(boundary, id));
            Assert.Single(batcher.Labels.ToArray().Distinct());
            Assert.Contains(
                new LabeledRecord(corpus.Vocabulary.Decode(targets.AsSpan(0, end)), batcher.Labels[0]),
                known
            );
            drawn[batcher.Labels[0]]++;
            pairs += end + 1;
        }
        Assert.All(drawn, count => Assert.InRange(count, draws / drawn.Length * 0.7, draws / drawn.Length * 1.3));
        Assert.Equal(batcher.PairsPerWindow, (double)pairs / draws, 0.3);
        Assert.Equal(parts.Records!.Count, batcher.WindowsPerEpoch);
    }

    [Fact]
    public void ItLearnsMoreThanHowOftenLettersCome_AndIsSavedAndReadAndWritesNames()
    {
        using var corpus = Names();
        double goal = EntropyOf(corpus.Ids),
            mean = double.PositiveInfinity;
        var losses = new Queue<double>();
        var (run, _) = _runs.TrainUntil(
            "run",
            Settings with
            {
                MaxSteps = 4000,
            },
            corpus,
            progress =>
            {
                losses.Enqueue(progress.StepLoss);
                if (losses.Count > Windows)
                    losses.Dequeue();
                return losses.Count == Windows && (mean = losses.Average()) < goal;
            }
        );
        Assert.True(mean < goal, $"the mean loss of the last {Windows} names is {mean}; it is to be below {goal}");

        using var model = LanguageModel.Load(run.ModelPath);
        Assert.Equal(
            (true, 0.1, 128),
            (model.Spec.ConditionOnFirstSymbol, model.Spec.LogitDropout, model.Spec.FeedbackSize)
        );
        var label = LabelBlend.Parse("Russian", model.Labels);
        var options = new SamplingOptions { Temperature = 0 };
        int[] name = new RecordGenerator(model, label)
            .Records(model.Encode("R"), options, LongestName, TestContext.Current.CancellationToken)
            .First();
        Assert.InRange(name.Length, 1, LongestName);
        Assert.Equal(name, new TextGenerator(model, label).Ids(model.Encode("R"), options).Take(LongestName).ToArray());
        Assert.Contains(
            "'Starts'",
            Assert
                .Throws<SettingsException>(() =>
                    new RecordGenerator(model, label)
                        .Records([], options, LongestName, TestContext.Current.CancellationToken)
                        .First()
                )
                .Message
        );
        Assert.Matches("^\\w+: \\p{Lu}", new TextGenerator(model).Generate("", 30, new SamplingOptions()));
    }

    [Fact]
    public void AResumedRun_EndsWithTheBitsOfOneThatNeverStopped_ForAnyNumberOfThreads()
    {
        var settings = Settings with { MaxSteps = 40, ValFrac = 0.1, BatchSize = 3 };
        using var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), settings);
        var whole = _runs.Train("whole", settings with { Threads = 1 }, corpus).Run;
        var stopped = _runs.TrainWithStops("stopped", settings with { Threads = 3 }, corpus, 7, 22).Run;

        Assert.Equal(SmallRun.ModelBytes(whole), SmallRun.ModelBytes(stopped));
    }

    [Fact]
    public void TheValidationLoss_IsOfAllLettersButTheFirst_AndOfEnds()
    {
        var settings = Settings with { MaxSteps = 30, ValFrac = 0.1 };
        using var corpus = LabeledCorpus.Of(LabeledRecords.Embedded(), settings);
        using var trainer = Trainer.Start(corpus, settings);
        double told = trainer.Run(cancellationToken: TestContext.Current.CancellationToken).ValLoss!.Value;

        double nats = 0;
        int letters = 0;
        foreach (var (text, label) in LabeledRecords.Embedded().Split(0.1, settings.Seed).Test.Records)
        {
            // Without a boundary before it: a fresh session's state is the zeros that a name begins with.
            int[] name = [.. corpus.Vocabulary.Encode(text), corpus.Vocabulary.BoundaryId!.Value];
            using var session = trainer.Model.NewSession(label: LabelBlend.Of(label, trainer.Model.Labels));
            for (int i = 0; i + 1 < name.Length; i++, letters++)
                nats += CrossEntropy(session.Step(name[i]), name[i + 1]);
        }
        Assert.Equal(nats / letters, told, 1e-5);
    }

    [Fact]
    public void RepeatedNames_AreLearntAsOftenAsTheyCome_AndHeldOutOnce()
    {
        LabeledRow[] rows =
        [
            .. LabeledWords
                .Records(40)
                .Records.SelectMany(record =>
                    Enumerable.Repeat(new LabeledRow(record.Text, $"{record.Label}", "row"), 3)
                ),
        ];
        var records = LabeledRecords.FromRows("words", rows);
        Assert.All(records.Occurrences, count => Assert.Equal(3, count));
        var settings = SmallRun.Settings with { ValFrac = 0.2 };
        using Corpus once = LabeledCorpus.Of(records, settings),
            kept = LabeledCorpus.Of(records, settings with { KeepRepeats = true });

        Assert.Equal(3 * once.Parts!.Train.Pairs, kept.Parts!.Train.Pairs);
        Assert.Equal(Held(once), Held(kept));

        static string Held(Corpus corpus)
        {
            var range = corpus.Parts!.Validation.Ranges[0];
            int[] ids = new int[range.Length];
            corpus.Ids.CopyTo(range.Start, ids);
            return corpus.Vocabulary.Decode(ids);
        }
    }

    [Fact]
    public void WhatDoesNotGoTogether_IsRefused()
    {
        Assert.Contains(
            "'ConditionOnFirstSymbol' is for records",
            Assert
                .Throws<SettingsException>(() =>
                    Trainer.Start(SmallRun.Text, SmallRun.Settings with { ConditionOnFirstSymbol = true })
                )
                .Message
        );
        Assert.Contains(
            "'WholeRecords'",
            Assert.Throws<SettingsException>(() => (SmallRun.Settings with { WholeRecords = true }).Validate()).Message
        );
        Assert.Contains(
            "'SymbolUnits'",
            Assert
                .Throws<SettingsException>(() =>
                    (SmallRun.Settings with { SymbolUnits = true, Init = "orthogonal" }).Validate()
                )
                .Message
        );
    }

    private static Corpus Names() => LabeledCorpus.Of(LabeledRecords.Embedded(), Settings);

    /// <summary>Nats per symbol of a model that knows how often each comes, and nothing else.</summary>
    private static double EntropyOf(SymbolIds ids)
    {
        int[] all = new int[ids.Length];
        ids.CopyTo(0, all);
        return all.CountBy(id => id)
            .Select(count => (double)count.Value / all.Length)
            .Sum(share => -share * Math.Log(share));
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit);
        return Math.Log(sum) - logits[target];
    }
}
