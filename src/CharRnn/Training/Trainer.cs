using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn;

/// <summary>
/// Trains a language model on a text: window after window until a limit is reached, scoring, sampling and saving as it
/// goes. With the same text, settings and seed, and limits in steps or epochs, the model has the same bits for any
/// number of threads, and whether or not the run was stopped and resumed.
/// </summary>
/// <example>
/// <code>
/// var corpus = Corpus.Load(["my.txt"]);
/// using var trainer = Trainer.Start(corpus, new TrainingSettings { MaxTime = TimeSpan.FromMinutes(2) });
/// var result = trainer.Run();
/// Console.WriteLine($"{result.BestValLoss:F3} nats per character");
/// trainer.Model.Save("my.safetensors");
/// </code>
/// </example>
public sealed class Trainer : IDisposable
{
    private readonly RunFolder? _run;
    private readonly TrainingLoop<LanguageModelTask> _loop;

    private Trainer(RunFolder? run, Func<LanguageModelTask> makeTask, RunSettings? resumed) =>
        (_run, _loop) = (run, new TrainingLoop<LanguageModelTask>(run, makeTask, resumed));

    /// <summary>
    /// The model: while training its newest weights, after <see cref="Run"/> those that were kept. It is the trainer's
    /// own, and gone when that is disposed.
    /// </summary>
    public LanguageModel Model => _loop.Task.Model;

    /// <summary>The settings.</summary>
    public TrainingSettings Settings => _loop.Task.TrainingSettings;

    /// <summary>A new run.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="settings">The settings; those left out have their defaults.</param>
    /// <param name="run">Folder to save in; null saves nothing.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="material">Further inputs of the run: a text to validate on, a model to begin from.</param>
    /// <exception cref="SettingsException">A setting cannot be used, or does not go with the text.</exception>
    /// <exception cref="CharRnnException">Another trainer has the folder, or it cannot be written.</exception>
    public static Trainer Start(
        Corpus corpus,
        TrainingSettings? settings = null,
        RunFolder? run = null,
        string? command = null,
        TrainingMaterial? material = null
    )
    {
        settings ??= new TrainingSettings();
        settings.Validate();
        settings = settings.WithLimitFor(corpus.Ids.Length);
        return new Trainer(
            run,
            () => new LanguageModelTask(corpus, settings, command, material ?? new TrainingMaterial(), resumed: null),
            resumed: null
        );
    }

    /// <summary>
    /// Goes on with a run from its last checkpoint: weights, optimizer, schedule, place in the text and carried state.
    /// </summary>
    /// <param name="corpus">The same text.</param>
    /// <param name="settings">
    /// The run's settings, in which limits and threads may differ; null for those it has.
    /// </param>
    /// <param name="run">The run.</param>
    /// <param name="validation">The same text to validate on, where the run has one of its own.</param>
    /// <exception cref="CorpusException">It is another text.</exception>
    /// <exception cref="ModelException">The run has no checkpoint, or one that does not fit.</exception>
    public static Trainer Resume(Corpus corpus, TrainingSettings? settings, RunFolder run, Corpus? validation = null)
    {
        settings?.Validate();
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        settings ??= configuration.Settings;
        configuration.Corpus.RequireSame(corpus, run, "was trained");
        if (configuration.Validation is null && validation is not null)
            throw new SettingsException(
                $"{run.Path} validates on a part of the text it is trained on; leave {validation.Name} out."
            );
        if (configuration.Validation is { } record)
            record.RequireSame(
                validation
                    ?? throw new SettingsException(
                        $"{run.Path} validates on a text of its own, {record.Name}; it is needed to resume."
                    ),
                run,
                "validates"
            );
        var material = new TrainingMaterial { Validation = validation };
        return new Trainer(
            run,
            () => new LanguageModelTask(corpus, settings, configuration.Command, material, configuration),
            resumed: configuration.Settings
        );
    }

    /// <summary>Trains until a limit is reached. A trainer runs once.</summary>
    /// <param name="observer">Receives reports; null for none.</param>
    /// <param name="cancellationToken">Asks to stop; the run is saved first.</param>
    /// <exception cref="CharRnnException">The run cannot be saved; what was saved before is whole.</exception>
    public TrainingResult Run(ITrainingObserver? observer = null, CancellationToken cancellationToken = default)
    {
        observer ??= new NoObserver();
        var end = _loop.Run(observer, cancellationToken);
        var (task, state) = (_loop.Task, _loop.State);
        var scores = end.IsWhole
            ? task.ScoreAtTheEnd(observer, hasLearned: state.Step > 0)
            : new FinalScores(state.BestLoss);
        if (scores.Test is { } test && !_loop.Log.HasScore(RunLog.Test, state.Step))
            _loop.Log.AddScore(RunLog.Test, test, report: null, _loop.Progress());
        var result = new TrainingResult(
            state.Step,
            (long)(state.Step * task.CharactersPerStep),
            end.Seconds,
            state.AverageLoss,
            scores.Validation,
            state.BestLoss,
            state.BestStep,
            scores.Test,
            end.Stopped
        )
        {
            TrainScore = scores.Train,
        };
        if (_run is not null)
            RunResult.Of(result).Write(_run);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();
}
