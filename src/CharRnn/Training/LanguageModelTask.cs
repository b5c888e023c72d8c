using CharRnn.Checkpoints;
using CharRnn.Datasets;
using CharRnn.Engine;
using CharRnn.Networks;

namespace CharRnn.Training;

/// <summary>Losses of the model that was kept, nats per character; null for a part that was not scored.</summary>
/// <param name="Validation">On the validation part.</param>
/// <param name="Test">On the test part.</param>
/// <param name="Train">On the training part, where nothing is held out for validation.</param>
internal readonly record struct FinalScores(double? Validation, double? Test = null, double? Train = null);

/// <summary>A language model and the text that it is trained on.</summary>
internal sealed class LanguageModelTask : TrainingTask
{
    private readonly Corpus _corpus;
    private readonly TextParts _parts;
    private readonly ScoredText _validation;

    // Pieces of the validation text that are scored while training.
    private readonly IReadOnlyList<IdRange> _scored;
    private readonly Batcher _batcher;
    private readonly WorkerTeam _team;
    private readonly LanguageModelPass _pass;
    private readonly TrainingStep _step;
    private readonly Evaluator? _evaluator;
    private readonly RunSamples _samples;
    private readonly int[] _inputs,
        _targets;
    private bool _isRestart;

    /// <summary>Prepares a run.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="settings">The settings, with a limit.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="material">Further inputs of the run.</param>
    /// <param name="resumed">The configuration of a run that is resumed; null for a new one.</param>
    /// <exception cref="SettingsException">A setting does not go with the text.</exception>
    public LanguageModelTask(
        Corpus corpus,
        TrainingSettings settings,
        string? command,
        TrainingMaterial material,
        RunConfiguration? resumed
    )
    {
        (_corpus, TrainingSettings) = (corpus, settings);
        try
        {
            Notes.AddRange(material.Notes);
            // A resumed run keeps its sizes, whatever the defaults have become.
            _parts = TextParts.Of(
                corpus,
                settings,
                resumed is null ? null : (resumed.SeqLength, resumed.BatchSize),
                Notes
            );
            var (steps, streams) = (_parts.Steps, _parts.Streams);
            _batcher = _parts.MakeBatcher(corpus.Ids, settings);
            (_inputs, _targets) = (new int[steps * streams], new int[steps * streams]);
            _validation = ScoredText.ForValidation(corpus, _parts.Split.Validation, material.Validation);
            _scored = _validation.PiecesInTraining(settings.EvalChars);

            var configuration = new RunConfiguration
            {
                Version = SavedConfiguration.ThisVersion,
                Command = command,
                // A text that was moved is the same text; where it is now is remembered.
                Corpus = resumed is null ? CorpusRecord.Of(corpus) : resumed.Corpus with { Sources = corpus.Sources },
                Validation =
                    material.Validation is not { } own ? resumed?.Validation
                    : resumed?.Validation is { } record ? record with { Sources = own.Sources }
                    : CorpusRecord.Of(own),
                InitFrom = resumed?.InitFrom ?? material.InitFrom?.Record,
                Baselines = resumed?.Baselines ?? material.Baselines,
                Settings = settings,
                SeqLength = steps,
                BatchSize = streams,
            };
            Configuration = configuration;
            Model = Own(NewModel(corpus, settings, configuration));
            _samples = new RunSamples(Model, settings);
            if (material.InitFrom is { } from)
            {
                WeightTransfer.Copy(from.Model, Model);
                Notes.AddRange(from.NotesOn(corpus));
            }
            _team = Own(new WorkerTeam(settings.Threads ?? Model.UsefulThreads(streams)));
            _pass = Own(new LanguageModelPass(Model.Layout, Model.Weights, steps, streams, _team));
            _step = Own(new TrainingStep(_pass, Optimizer.Create(settings.Optimizer), ClipLimits.Of(settings), _team));
            if (!_validation.IsEmpty)
                _evaluator = Own(new Evaluator(Model, Math.Min(_scored.Count, ScoredText.Streams), _team));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <inheritdoc cref="Settings"/>
    public TrainingSettings TrainingSettings { get; }

    /// <inheritdoc/>
    public override RunSettings Settings => TrainingSettings;

    /// <inheritdoc/>
    public override SavedConfiguration Configuration { get; }

    /// <inheritdoc/>
    public override RecurrentModel Network => Model;

    /// <inheritdoc/>
    protected override TrainingStep Updates => _step;

    /// <inheritdoc/>
    public override long StepsPerEpoch => _batcher.WindowsPerEpoch;

    /// <inheritdoc/>
    public override double CharactersPerStep => _batcher.PairsPerWindow;

    /// <inheritdoc/>
    public override double StepsPerEvaluation =>
        _scored.Sum(CorpusPart.PairsOf) / CharactersPerStep / ForwardPassesInStep;

    /// <inheritdoc/>
    public override int WindowSteps => _batcher.Steps;

    /// <inheritdoc/>
    public override double? InitialSlowLoss => Math.Log(Model.Spec.VocabularySize);

    /// <inheritdoc/>
    public override bool HasValidation => _evaluator is not null;

    /// <inheritdoc/>
    public override SampleStart? SamplesFrom => TrainingSettings.SampleFrom;

    /// <inheritdoc/>
    public override void ReportStart(ITrainingObserver observer, long? resumedAtStep) =>
        observer.OnStarted(
            new TrainingOverview(
                _corpus.Ids.Length,
                _corpus.Distinct,
                _parts.Split.Train.Characters,
                _validation.Part.Characters,
                _parts.Split.Test.Characters,
                Model.ParameterCount,
                Model.Spec,
                _batcher.Steps,
                _batcher.Streams,
                _team.Count,
                _batcher.WindowsPerEpoch,
                resumedAtStep,
                Notes
            )
            {
                ResumptionNote = ResumptionNote,
            }
        );

    /// <inheritdoc/>
    public override void ReadBatch(long step) => _isRestart = _batcher.Fill(step, _inputs, _targets);

    /// <inheritdoc/>
    public override StepResult Step(in StepConditions conditions)
    {
        _pass.MeasuresSaturation = conditions.MeasuresHealth;
        _pass.Prepare(
            _inputs,
            _targets,
            carryState: !_isRestart,
            LossScale,
            TrainingSettings.Seed,
            conditions.Number,
            _batcher.Labels
        );
        return _step.Run(conditions.Number, conditions.LearningRate, conditions.LossCeiling);
    }

    /// <inheritdoc/>
    public override GradientHealth? Health() => _step.Health();

    /// <inheritdoc/>
    public override ValidationScore Evaluate()
    {
        double loss = _evaluator!.Run(_validation.Ids, _scored).NatsPerChar;
        return new ValidationScore(loss, Criterion: loss);
    }

    /// <inheritdoc/>
    public override SampleReport Sample(long step) =>
        TrainingSettings.SampleFrom == SampleStart.Prompt
            ? _samples.FromPrompt(step)
            : _samples.FromState(
                step,
                _isRestart ? null : _pass.Window.CopyState(),
                _inputs[0],
                _batcher.Labels.IsEmpty ? null : _batcher.Labels[0]
            );

    /// <inheritdoc/>
    public override PredictionReport Predict(long step) =>
        HasValidation
            ? PredictionView.Of(Model, _validation.Ids, _validation.Part, step)
            : PredictionView.Of(Model, _corpus.Ids, _parts.Split.Train, step);

    /// <inheritdoc/>
    public override IEnumerable<Tensor> StateTensors()
    {
        var state = _pass.Window.CopyState();
        for (int layer = 0; layer < state.Layers; layer++)
        {
            yield return StateTensor(HiddenName(layer), state.Hidden(layer).ToArray());
            if (state.HasCell)
                yield return StateTensor(CellName(layer), state.Cell(layer).ToArray());
        }

        Tensor StateTensor(string name, float[] values) =>
            Tensor.FromSingles(name, values, state.Streams, Model.Spec.HiddenSize);
    }

    /// <inheritdoc/>
    public override void RestoreState(SafetensorsFile file, string path)
    {
        var window = _pass.Window;
        var state = new NetworkState(Model.Spec, window.Tiles.Streams);
        for (int layer = 0; layer < state.Layers; layer++)
        {
            Restore(HiddenName(layer), state.Hidden(layer));
            if (state.HasCell)
                Restore(CellName(layer), state.Cell(layer));
        }
        window.SetState(state);

        void Restore(string name, Span<float> values) =>
            MomentTensors.Values(file, path, name, values.Length).CopyTo(values);
    }

    /// <inheritdoc/>
    public override RecurrentModel ReadNetwork(SafetensorsFile file, string path) =>
        LanguageModel.Format.Read(file, path);

    /// <inheritdoc/>
    public override string DescribeLines(int count) => $"{count} lines of metrics and samples";

    /// <inheritdoc/>
    public override void EndTraining()
    {
        _step.Dispose();
        _pass.Dispose();
    }

    /// <summary>Scores the model that was kept.</summary>
    /// <param name="observer">Receives progress.</param>
    /// <param name="hasLearned">Whether a step was done, without which a loss on the training text is of no use.</param>
    public FinalScores ScoreAtTheEnd(ITrainingObserver observer, bool hasLearned) =>
        new(
            _validation.ScoreAtTheEnd(Model, _team, "validation", observer),
            ScoredText.Of(_corpus, _parts.Split.Test).ScoreAtTheEnd(Model, _team, "test", observer),
            _validation.IsEmpty && hasLearned
                ? ScoredText.Of(_corpus, _parts.Split.Train).ScoreAtTheEnd(Model, _team, "training", observer)
                : null
        );

    /// <summary>Weight of each position's loss in the gradients.</summary>
    private double LossScale =>
        1.0
        / (
            TrainingSettings.LossReduction == LossReduction.Sum
                ? _batcher.Streams
                : Model.Spec.CountedPositions(_inputs)
        );

    private static string HiddenName(int layer) => $"{ModelTensors.StatePrefix}hidden_l{layer}";

    private static string CellName(int layer) => $"{ModelTensors.StatePrefix}cell_l{layer}";

    private static LanguageModel NewModel(Corpus corpus, TrainingSettings settings, RunConfiguration configuration)
    {
        var labels = corpus.Ids.Labels is null ? [] : corpus.Labels;
        var spec = settings.ModelSpec(corpus.Vocabulary.Count, labels.Count) with
        {
            ResetId = corpus.Vocabulary.BoundaryId,
        };
        return new LanguageModel(
            spec,
            corpus.Vocabulary,
            Initialization.Parse(settings.Init, settings.ForgetBias),
            settings.Seed,
            labels
        )
        {
            Provenance = configuration.Provenance(),
            Preparation = corpus.Preparation,
        };
    }
}
