using CharRnn.Evaluation;
using CharRnn.Training;

namespace CharRnn;

/// <summary>
/// Trains a classifier on labelled records: batch after batch until a limit is reached or validation no longer gets
/// better, scoring after each epoch and keeping the best model. The test part is scored once, at the end. With the same
/// records, settings and seed, and limits in steps or epochs, the model has the same bits for any number of threads,
/// and whether or not the run was stopped and resumed.
/// </summary>
/// <example>
/// <code>
/// var settings = new ClassifierSettings { MaxTime = TimeSpan.FromMinutes(2) };
/// using var trainer = ClassifierTrainer.Start(LabeledRecords.ReadFolder("names"), settings);
/// var result = trainer.Run();
/// Console.WriteLine($"{result.Test!.Accuracy:P1} of the names");
/// Console.WriteLine($"{result.Test.MacroAccuracy:P1} of an average language's");
/// trainer.Model.Save("names.safetensors");
/// </code>
/// </example>
public sealed class ClassifierTrainer : IDisposable
{
    private readonly RunFolder? _run;
    private readonly TrainingLoop<ClassifierTask> _loop;

    private ClassifierTrainer(RunFolder? run, Func<ClassifierTask> makeTask, RunSettings? resumed) =>
        (_run, _loop) = (run, new TrainingLoop<ClassifierTask>(run, makeTask, resumed));

    /// <summary>
    /// The model: while training its newest weights, after <see cref="Run"/> those that were kept. It is the trainer's
    /// own, and gone when that is disposed.
    /// </summary>
    public SequenceClassifier Model => _loop.Task.Model;

    /// <summary>The settings, with the limit that was chosen where none was asked for.</summary>
    public ClassifierSettings Settings => _loop.Task.ClassifierSettings;

    /// <summary>The records learnt from.</summary>
    public LabeledRecords Train => _loop.Task.Parts.Train;

    /// <summary>The records that the best model is chosen by; null where nothing is held out for that.</summary>
    public LabeledRecords? Validation => _loop.Task.Parts.Validation;

    /// <summary>The records that are scored at the end; null where nothing is held out for that.</summary>
    public LabeledRecords? Test => _loop.Task.Parts.Test;

    /// <summary>A new run.</summary>
    /// <param name="records">The records.</param>
    /// <param name="settings">The settings; those left out have their defaults.</param>
    /// <param name="run">Folder to save in; null saves nothing.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="material">Validation and test records of their own, a model to begin from; null for none.</param>
    /// <exception cref="SettingsException">A setting cannot be used, or does not go with the records.</exception>
    /// <exception cref="CharRnnException">Another trainer has the folder, or it cannot be written.</exception>
    public static ClassifierTrainer Start(
        LabeledRecords records,
        ClassifierSettings? settings = null,
        RunFolder? run = null,
        string? command = null,
        ClassifierMaterial? material = null
    )
    {
        settings ??= new ClassifierSettings();
        settings.Validate();
        return new ClassifierTrainer(
            run,
            () => new ClassifierTask(records, settings, command, material ?? new ClassifierMaterial(), resumed: null),
            resumed: null
        );
    }

    /// <summary>
    /// Goes on with a run from its last checkpoint: weights, optimizer, schedule and place in the epoch.
    /// </summary>
    /// <param name="records">The same records.</param>
    /// <param name="settings">
    /// The run's settings, in which limits and threads may differ; null for those it has.
    /// </param>
    /// <param name="run">The run.</param>
    /// <param name="material">
    /// The same validation and test records, where the run has some of their own. The model that it began from is not
    /// needed.
    /// </param>
    /// <exception cref="CorpusException">They are other records.</exception>
    /// <exception cref="ModelException">The run has no checkpoint, or one that does not fit.</exception>
    public static ClassifierTrainer Resume(
        LabeledRecords records,
        ClassifierSettings? settings,
        RunFolder run,
        ClassifierMaterial? material = null
    )
    {
        settings?.Validate();
        var configuration = ClassifierConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        settings ??= configuration.Settings;
        configuration.Data.RequireSame(records, run);
        RequireSame(configuration.Validation, material?.Validation, run, "validation");
        RequireSame(configuration.Test, material?.Test, run, "test");
        var again = new ClassifierMaterial
        {
            Validation = material?.Validation,
            Test = material?.Test,
            Symbols = configuration.InitFrom is null ? null : VocabularyOf(run),
        };
        return new ClassifierTrainer(
            run,
            () => new ClassifierTask(records, settings, configuration.Command, again, configuration),
            resumed: configuration.Settings
        );
    }

    /// <summary>Trains until a limit is reached, and scores the test part. A trainer runs once.</summary>
    /// <param name="observer">Receives reports; null for none.</param>
    /// <param name="cancellationToken">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public ClassifierResult Run(ITrainingObserver? observer = null, CancellationToken cancellationToken = default)
    {
        var end = _loop.Run(observer ?? new NoObserver(), cancellationToken);
        var (task, state) = (_loop.Task, _loop.State);
        var (test, sets) = end.IsWhole ? task.ScoreTest() : (null, null);
        Save(test, sets);
        var result = new ClassifierResult(
            state.Step,
            _loop.Progress().Epoch,
            end.Seconds,
            state.AverageLoss,
            1 - state.BestLoss,
            state.BestStep,
            end.Stopped,
            test
        )
        {
            TestSets = sets,
        };
        if (_run is not null)
            RunResult.Of(result).Write(_run);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private static void RequireSame(LabeledDataRecord? record, LabeledRecords? given, RunFolder run, string part)
    {
        if (record is null && given is not null)
            throw new SettingsException(
                $"the {part} records of {run.Path} are a part of those it is trained on; leave {given.Name} out."
            );
        record?.RequireSame(
            given
                ?? throw new SettingsException(
                    $"{run.Path} has {part} records of their own, {record.Name}; they are needed to resume."
                ),
            run
        );
    }

    private static Vocabulary VocabularyOf(RunFolder run)
    {
        using var model = SequenceClassifier.Load(run.ModelPath);
        return model.Vocabulary;
    }

    private void Save(ClassificationReport? test, LabelSetReport? sets)
    {
        if ((test?.LogLoss ?? sets?.LogLoss) is not { } loss)
            return;
        if (!_loop.Log.HasScore(RunLog.Test, _loop.State.Step))
            _loop.Log.AddScore(RunLog.Test, loss, test, _loop.Progress(), sets);
        if (_run is null)
            return;
        string path = Path.Combine(_run.Path, ClassificationFile.Name);
        if (sets is not null)
            LabelSetFile.Write(path, sets);
        else
            ClassificationFile.Write(path, test!);
    }
}
