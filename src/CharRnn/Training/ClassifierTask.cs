using CharRnn.Checkpoints;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>A classifier and the records that it is trained on.</summary>
internal sealed class ClassifierTask : TrainingTask
{
    private readonly HeldOutRecords? _validation;
    private readonly RecordBatches _batches;
    private readonly WorkerTeam _team;
    private readonly ClassifierPass _pass;
    private readonly TrainingStep _step;
    private readonly BatchPredictor _predictor;
    private readonly LogitAdjustment _adjustment;

    // Steps done before the one whose batch is trained on.
    private long _batch;

    /// <summary>Prepares a run.</summary>
    /// <param name="records">The records.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="material">Further inputs of the run.</param>
    /// <param name="resumed">The configuration of a run that is resumed; null for a new one.</param>
    /// <exception cref="SettingsException">A setting does not go with the records.</exception>
    public ClassifierTask(
        LabeledRecords records,
        ClassifierSettings settings,
        string? command,
        ClassifierMaterial material,
        ClassifierConfiguration? resumed
    )
    {
        try
        {
            Parts = ClassifierParts.Of(records, settings, material, Notes);
            var texts = LabeledText.Of(Parts.Train, settings.MultiLabel);
            var vocabulary = ClassifierVocabulary.Of(
                texts.Select(text => new LabeledRecord(text.Text, text.Labels[0]))
            );
            if ((material.InitFrom?.Model.Vocabulary ?? material.Symbols) is { } more)
                vocabulary = vocabulary.With(more);
            var encoded = new EncodedRecords(texts, vocabulary, settings.ClassWeights.InLoss(Parts.Train.CountByLabel));
            _batches = new RecordBatches(
                encoded,
                settings.BatchSize,
                settings.Seed,
                vocabulary.UnknownId!.Value,
                settings.CharDropout
            );
            CharactersPerStep = (double)encoded.Characters / _batches.PerEpoch;
            ClassifierSettings = settings.WithLimitFor(_batches.PerEpoch);

            Configuration = new ClassifierConfiguration
            {
                Version = SavedConfiguration.ThisVersion,
                Command = command,
                // Records that were moved are the same records; where they are now is remembered.
                Data = resumed is null ? LabeledDataRecord.Of(records) : resumed.Data with { Source = records.Source },
                Validation = resumed is null ? RecordOf(material.Validation) : resumed.Validation,
                Test = resumed is null ? RecordOf(material.Test) : resumed.Test,
                InitFrom = resumed?.InitFrom ?? material.InitFrom?.Record,
                Settings = ClassifierSettings,
            };
            Model = Own(
                new SequenceClassifier(
                    settings.ModelSpec(vocabulary.Count, Parts.All.Labels.Count),
                    vocabulary,
                    Parts.All.Labels,
                    Initialization.Parse(settings.Init),
                    settings.Seed
                )
                {
                    Provenance = Configuration.Provenance(),
                    Preparation = records.Preparation,
                }
            );
            if (material.InitFrom is { } from)
            {
                ClassifierTransfer.Copy(from.Model, Model);
                Notes.AddRange(from.NotesOn(Model));
            }
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(_batches.MaxStreams)));
            _pass = Own(new ClassifierPass(Model.Layout, Model.Weights, _team));
            _step = Own(new TrainingStep(_pass, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), _team));
            _predictor = Own(new BatchPredictor(Model, _team));
            _adjustment = new LogitAdjustment(settings.ClassWeights.InLogits(Parts.Train.CountByLabel));
            if (Parts.Validation is { } validation)
                _validation = new HeldOutRecords(validation, Parts.Train, Model);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The model.</summary>
    public SequenceClassifier Model { get; }

    /// <summary>The records as the run divides them.</summary>
    public ClassifierParts Parts { get; }

    /// <inheritdoc cref="Settings"/>
    public ClassifierSettings ClassifierSettings { get; }

    /// <inheritdoc/>
    public override RunSettings Settings => ClassifierSettings;

    /// <inheritdoc/>
    public override SavedConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override RecurrentModel Network => Model;

    /// <inheritdoc/>
    protected override TrainingStep Updates => _step;

    /// <inheritdoc/>
    public override long StepsPerEpoch => _batches.PerEpoch;

    /// <inheritdoc/>
    public override double CharactersPerStep { get; }

    /// <inheritdoc/>
    public override double StepsPerEvaluation =>
        Parts.Validation is { } validation
            ? (double)validation.Records.Count / Parts.Train.Records.Count * StepsPerEpoch / ForwardPassesInStep
            : 0;

    /// <inheritdoc/>
    public override bool HasValidation => _validation is not null;

    /// <inheritdoc/>
    public override void ReportStart(ITrainingObserver observer, long? resumedAtStep) =>
        observer.OnStarted(
            new ClassifierOverview(
                Parts.All,
                CountOf(Parts.Train),
                CountOf(Parts.Validation),
                CountOf(Parts.Test),
                Model.ParameterCount,
                Model.Spec,
                _batches.MaxStreams,
                _batches.PerEpoch,
                _team.Count,
                resumedAtStep,
                Notes
            )
            {
                ResumptionNote = ResumptionNote,
            }
        );

    /// <inheritdoc/>
    public override void ReadBatch(long step) => _batch = step;

    /// <inheritdoc/>
    public override StepResult Step(in StepConditions conditions)
    {
        _pass.Prepare(
            _batches.Batch(_batch),
            ClassifierSettings.LabelSmoothing,
            ClassifierSettings.Seed,
            conditions.Number
        );
        return _step.Run(conditions.Number, conditions.LearningRate, conditions.LossCeiling);
    }

    /// <inheritdoc/>
    public override ValidationScore Evaluate()
    {
        if (ClassifierSettings.MultiLabel)
        {
            var sets = _validation!.ScoreSets(_predictor);
            return new ValidationScore(sets.LogLoss, Criterion: 1 - sets.MicroF1, Report: null, sets);
        }
        using var adjusted = Adjusted();
        var report = _validation!.Score(_predictor);
        return new ValidationScore(report.LogLoss, Criterion: 1 - report.Accuracy, report);
    }

    /// <inheritdoc/>
    public override IDisposable Adjusted() => _adjustment.On(Model);

    /// <inheritdoc/>
    public override void Adjust(RecurrentModel network) => _adjustment.AddTo((SequenceClassifier)network);

    /// <inheritdoc/>
    public override RecurrentModel ReadNetwork(SafetensorsFile file, string path) =>
        SequenceClassifier.Format.Read(file, path);

    /// <inheritdoc/>
    public override string DescribeLines(int count) => $"{Quantity.Count(count, "line")} of metrics";

    private int CountOf(LabeledRecords? part) =>
        (ClassifierSettings.MultiLabel ? part?.TextCount : part?.Records.Count) ?? 0;

    private static LabeledDataRecord? RecordOf(LabeledRecords? records) =>
        records is null ? null : LabeledDataRecord.Of(records);

    /// <summary>Scores the test part with the model that was kept; null without one.</summary>
    public (ClassificationReport? Report, LabelSetReport? LabelSets) ScoreTest()
    {
        if (Parts.Test is not { } part)
            return (null, null);
        var heldOut = new HeldOutRecords(part, Parts.Train, Model);
        return ClassifierSettings.MultiLabel
            ? (null, heldOut.ScoreSets(_predictor))
            : (heldOut.Score(_predictor), null);
    }
}

/// <summary>
/// Adjustment of a trained classifier's label biases for the weights of labels (<see cref="ClassWeighting"/>). A model
/// that is scored or kept has it; while it trains, it has not.
/// </summary>
/// <param name="shifts">(K) additions to the labels' biases.</param>
internal sealed class LogitAdjustment(float[] shifts)
{
    /// <summary>Adds it for good.</summary>
    public void AddTo(SequenceClassifier model)
    {
        var biases = Biases(model);
        for (int label = 0; label < shifts.Length; label++)
            biases[label] += shifts[label];
    }

    /// <summary>Adds it until the result is disposed; the biases then have the bits that they had.</summary>
    public IDisposable On(SequenceClassifier model) => new Borrowed(this, model);

    private static Span<float> Biases(SequenceClassifier model) =>
        model.Layout.HeadBias(model.Weights).Row(0)[..model.Labels.Count];

    private sealed class Borrowed : IDisposable
    {
        private readonly SequenceClassifier _model;
        private readonly float[] _before;

        public Borrowed(LogitAdjustment adjustment, SequenceClassifier model)
        {
            (_model, _before) = (model, Biases(model).ToArray());
            adjustment.AddTo(model);
        }

        public void Dispose() => _before.CopyTo(Biases(_model));
    }
}
