using CharRnn.Checkpoints;
using CharRnn.Evaluation;
using CharRnn.Studio.Models;
using CharRnn.Training;

namespace CharRnn.Studio.Names;

/// <summary>What a classifier answered for one text of the test part.</summary>
/// <param name="Text">The text.</param>
/// <param name="Labels">The ids of its labels, ascending.</param>
/// <param name="Given">The ids that it was given, ascending.</param>
/// <param name="Probabilities">(given): the probability of each.</param>
internal sealed record TestAnswer(
    string Text,
    IReadOnlyList<int> Labels,
    IReadOnlyList<int> Given,
    IReadOnlyList<float> Probabilities
);

/// <summary>
/// The test part of a classifier's run: its figures as the run wrote them down, and its texts one by one, which are
/// answered anew where the records are at hand; where they are not, the most confident mistakes that the run kept.
/// </summary>
public sealed class TestPart
{
    private readonly RunFolder _run;
    private readonly ClassifierConfiguration _configuration;

    private TestPart(RunFolder run, ClassifierConfiguration configuration, string figures)
    {
        (_run, _configuration) = (run, configuration);
        if (configuration.Settings.MultiLabel)
            Sets = LabelSetFile.Read(figures);
        else
            Report = ClassificationFile.Read(figures);
    }

    /// <summary>The figures; null where a text may have several labels.</summary>
    public ClassificationReport? Report { get; }

    /// <summary>The figures where a text may have several labels.</summary>
    public LabelSetReport? Sets { get; }

    /// <summary>The labels, in the order of their ids.</summary>
    public IReadOnlyList<string> Labels => Report?.Labels ?? Sets!.Labels;

    /// <summary>Reads the figures of a model's run.</summary>
    /// <exception cref="ModelException">There are none: the message says what to do.</exception>
    internal static TestPart Of(ModelLease model)
    {
        var run =
            RunFolder.OfModel(ModelFile.Resolve(model.Path))
            ?? throw new ModelException(
                $"{model.Id} lies in no run, so that nothing is known of a test part; 'charrnn classify eval' scores it "
                    + "on records."
            );
        string figures = Path.Combine(run.Path, ClassificationFile.Name);
        return File.Exists(figures)
            ? new TestPart(run, ClassifierConfiguration.Parse(run.ReadConfig(), run.ConfigPath), figures)
            : throw new ModelException(
                $"{model.Id} has no {ClassificationFile.Name} yet, which training writes at its end, where it holds a "
                    + "test part out."
            );
    }

    /// <summary>Answers every text of the test part.</summary>
    /// <param name="model">The run's classifier.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CorpusException">The records are not at hand.</exception>
    internal IReadOnlyList<TestAnswer> Answer(SequenceClassifier model, CancellationToken cancellationToken)
    {
        var material = new ClassifierMaterial
        {
            Validation = _configuration.Validation is { } validation
                ? TrainingRecords.Of(validation, LabeledPurpose.Scoring)
                : null,
            Test = _configuration.Test is { } own ? TrainingRecords.Of(own, LabeledPurpose.Scoring) : null,
        };
        var records = TrainingRecords.Of(_configuration.Data);
        var test =
            ClassifierParts.Of(records, _configuration.Settings, material, notes: []).Test
            ?? throw new CorpusException($"{_run.Path} holds no test part out");
        if (!test.Labels.SequenceEqual(model.Labels))
            throw new CorpusException($"the labels of {records.Name} are not those of the model");
        bool isMultiLabel = _configuration.Settings.MultiLabel;
        double threshold = Sets?.Threshold ?? LabelSetReport.DefaultThreshold;
        var texts = LabeledText.Of(test, isMultiLabel);
        var answers = new TestAnswer[texts.Count];
        model.Predict([.. texts.Select(text => text.Text)], Receive, model.UsefulThreads(texts.Count));
        return answers;

        void Receive(int text, ReadOnlySpan<float> probabilities)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<int> given = [];
            for (int label = 0; isMultiLabel && label < probabilities.Length; label++)
            {
                if (probabilities[label] >= threshold)
                    given.Add(label);
            }
            if (!isMultiLabel)
                given.Add(SequenceClassifier.Likeliest(probabilities));
            float[] certain = new float[given.Count];
            foreach (var (place, label) in given.Index())
                certain[place] = probabilities[label];
            answers[text] = new TestAnswer(texts[text].Text, texts[text].Labels, given, certain);
        }
    }

    /// <summary>The mistakes that the run wrote down.</summary>
    internal IReadOnlyList<TestAnswer> KeptMistakes() =>
        [
            .. (Report?.ConfidentMistakes ?? []).Select(mistake => new TestAnswer(
                mistake.Text,
                [mistake.TrueLabel],
                [mistake.GivenLabel],
                [(float)mistake.Probability]
            )),
        ];
}

/// <summary>Texts of the test part that share what they have and what they were given.</summary>
/// <param name="Has">Id of a label that they have; null for one that they lack.</param>
/// <param name="Given">Id of a label that they were given; null for one that they were not.</param>
public sealed record TestCell(int? Has, int? Given)
{
    /// <summary>
    /// The texts of a cell, the most certain first. Where texts have several labels, a cell is about one of them: had
    /// and not given, or given and not had.
    /// </summary>
    internal IReadOnlyList<(string Text, double? Probability)> In(IReadOnlyList<TestAnswer> answers) =>
        [
            .. answers
                .Where(IsMatch)
                .Select(answer => (answer.Text, Probability: ProbabilityIn(answer)))
                .OrderByDescending(example => example.Probability ?? 0)
                .ThenBy(example => example.Text, StringComparer.Ordinal),
        ];

    private bool IsMatch(TestAnswer answer) =>
        (Has, Given) switch
        {
            ({ } has, { } given) => answer.Labels.Contains(has) && answer.Given.Contains(given),
            ({ } has, null) => answer.Labels.Contains(has) && !answer.Given.Contains(has),
            (null, { } given) => !answer.Labels.Contains(given) && answer.Given.Contains(given),
            _ => false,
        };

    private double? ProbabilityIn(TestAnswer answer)
    {
        for (int i = 0; i < answer.Given.Count; i++)
        {
            if (answer.Given[i] == Given)
                return answer.Probabilities[i];
        }
        return null;
    }
}
