using System.CommandLine;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Networks;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn train</c>: trains a language model on a text.</summary>
internal sealed class TrainCommand : TrainingVerb
{
    private const int ClosingSampleLength = 400;
    private const double ClosingTemperature = 0.5;

    private readonly CorpusArgument _corpusArgument;
    private readonly LabeledTexts _labeled;
    private readonly PresetFlag _preset = new();
    private readonly TrainFlags _flags = new();
    private readonly Option<string?> _replay = new("--replay")
    {
        Description =
            "Train again as a run that has ended did, timed or not: its settings, schedule and steps, to the same "
            + "bits.",
        HelpName = "RUN",
    };
    private readonly Option<string?> _initFrom = new("--init-from")
    {
        Description =
            "Start from a model (a run folder, or one .safetensors file): its network and weights; "
            + "characters that it does not know are added.",
        HelpName = "MODEL",
    };
    private readonly Option<string?> _valFile = new("--val-file")
    {
        Description = "Validate on this text, and hold nothing of the corpus out for that.",
        HelpName = "FILE",
    };
    private readonly Setting<bool> _showPredictions = Setting.Switch(
        "--show-predictions",
        "At evaluations, show a passage with the character that the model thought likeliest under each."
    );

    public TrainCommand(Shell shell)
        : base(shell, "train", "Train a character-level recurrent network on a text.", "corpus")
    {
        _corpusArgument = new(shell);
        _corpusArgument.AddTo(this, hasLabels: true);
        _labeled = new(shell, _corpusArgument, _valFile);
        _labeled.AddTo(this);
        Add(FlagGroup.Run, Output, _preset.Option, Resume, _replay, _initFrom, DryRun);
        _flags.AddTo(this);
        Add(FlagGroup.HeldOut, _valFile);
        Add(FlagGroup.Watching, _showPredictions.Option);
        AddOutputFlags();
        MainFlags =
        [
            "--output",
            "--preset",
            "--resume",
            "--dry-run",
            "--labelled",
            "--cell",
            "--hidden-size",
            "--num-layers",
            "--max-time",
            "--max-steps",
            "--learning-rate",
            "--val-frac",
            "--seed",
            "--json",
        ];
        Examples =
        [
            new("charrnn train novel.txt --max-time 10m", "Learn a text for ten minutes."),
            new("charrnn train --resume --max-time 20m", "Go on with the newest run, to twenty minutes in all."),
            new("charrnn train names --labelled", "Learn the names of many languages in one model."),
        ];
    }

    protected override void RefuseConflicts(ParseResult parsed)
    {
        if (parsed.GetValue(Resume) && parsed.GetValue(_replay) is not null)
            throw new SettingsException(
                "--resume goes on with a run and --replay trains a new one; give one of them. A replay that was "
                    + "stopped is resumed with --resume alone."
            );
        if (parsed.GetValue(_initFrom) is not null && (parsed.GetValue(Resume) || parsed.GetValue(_replay) is not null))
            throw new SettingsException(
                "--init-from begins a new run from a model; --resume and --replay begin where the run did. Leave "
                    + "one of them out."
            );
    }

    protected override int Start(SettingSources sources, ProgressMode mode)
    {
        _corpusArgument.KeepsNothing = sources.Parsed.GetValue(DryRun);
        try
        {
            return sources.Parsed.GetValue(_replay) is { } replayed
                ? Replay(RunFolder.Open(replayed), sources, mode)
                : StartNew(sources, mode);
        }
        finally
        {
            _corpusArgument.Forget();
        }
    }

    private int StartNew(SettingSources sources, ProgressMode mode)
    {
        // Flags first: a wrong one must not wait for a large text to be read.
        var settings = _flags.Resolve(sources, _preset.Settings(sources));
        settings.Validate();
        using var from = sources.Parsed.GetValue(_initFrom) is { } path ? StartingModel.Load(path) : null;
        if (from is not null)
            settings = _flags.ResolveStarting(settings, from.Model.Spec, from.Record.Path, sources);
        _flags.RequireEffect(settings, sources, Shell.Terminal);
        if (_labeled.IsAsked(sources))
        {
            using var records = _labeled.Read(
                settings,
                vocabulary => from?.VocabularyWith(vocabulary) ?? vocabulary,
                sources
            );
            return Begin(settings, records, from, sources, mode);
        }
        if (sources.IsGiven("--label-column"))
            throw new SettingsException("--label-column is for --labelled records; leave it out.");
        _corpusArgument.SayWithoutEffect(sources);
        if (settings.IgnoreLabels)
            throw new SettingsException("--ignore-labels says how labelled records are learnt; give --labelled too.");
        if (settings.KeepRepeats)
            throw new SettingsException(
                $"{(settings.Preset is { } name && Presets.Find(name)!.Settings.KeepRepeats ? $"the preset {name}" : "--keep-repeats")} "
                    + "is for labelled records; give --labelled too."
            );
        string? validation = sources.Parsed.GetValue(_valFile);
        if (validation is not null)
        {
            if (settings.ValFrac > 0 && _flags.IsGiven("--val-frac", sources))
                throw new SettingsException(
                    "--val-file validates on a text of its own, and --val-frac holds some of the corpus out for "
                        + "that; give one of them."
                );
            settings = settings with { ValFrac = 0 };
        }
        using var texts = TrainTexts.Read(
            vocabulary => _corpusArgument.Load(sources, mode, vocabulary),
            validation is null
                ? null
                : vocabulary => _corpusArgument.LoadFile(validation, sources, null, mode, vocabulary),
            vocabulary => from?.VocabularyWith(vocabulary) ?? vocabulary
        );
        return Begin(settings, texts, from, sources, mode);
    }

    private int Replay(RunFolder replayed, SettingSources sources, ProgressMode mode)
    {
        var configuration = RunConfiguration.Parse(replayed.ReadConfig(), replayed.ConfigPath);
        _preset.RequireSame(configuration.Settings, sources);
        var settings = _flags.ResolveReplayed(configuration.Settings, sources) with { Replay = configuration.Plan };
        settings.Validate();
        using var from = configuration.InitFrom is { } record ? StartingModel.LoadAgain(record) : null;
        using var texts = ReadAgain(
            replayed,
            configuration,
            vocabulary => from?.VocabularyWith(vocabulary) ?? vocabulary,
            sources,
            mode
        );
        return Begin(settings, texts, from, sources, mode);
    }

    private int Begin(
        TrainingSettings settings,
        TrainTexts texts,
        StartingModel? from,
        SettingSources sources,
        ProgressMode mode
    )
    {
        if (sources.Parsed.GetValue(DryRun))
            return Print(RunForecast.Of(settings, texts, from, Shell.Interruption.Token), sources);
        return InNewRun(
            sources,
            texts.Corpus.Name,
            run =>
            {
                _corpusArgument.Keep(texts.Corpus, run);
                var baselines = Baselines.Of(texts.Corpus, Shell.Interruption.Token);
                var material = new TrainingMaterial
                {
                    Validation = texts.Validation,
                    InitFrom = from,
                    Baselines = baselines,
                    Notes = texts.Notes,
                };
                using var trainer = Trainer.Start(texts.Corpus, settings, run, CommandLine(), material);
                // The trainer has copied what it needs of the model; a second one would only hold memory.
                from?.Dispose();
                return Train(trainer, run, texts.Corpus, baselines, sources, mode);
            }
        );
    }

    protected override int GoOn(SettingSources sources, ProgressMode mode)
    {
        var run = RunToResume(
            sources,
            () => _labeled.IsAsked(sources) ? _labeled.NameOf(sources) : _corpusArgument.NameOf(sources)
        );
        var configuration = RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath);
        _preset.RequireSame(configuration.Settings, sources);
        var settings = _flags.ResolveResumed(configuration.Settings, sources);
        _flags.RequireEffect(settings, sources, Shell.Terminal);
        using var texts = ReadAgain(
            run,
            configuration,
            vocabulary => vocabulary.With(VocabularyOf(run, configuration) ?? vocabulary),
            sources,
            mode
        );
        using var trainer = Trainer.Resume(texts.Corpus, settings, run, texts.Validation);
        return Train(trainer, run, texts.Corpus, configuration.Baselines, sources, mode);
    }

    /// <summary>Reads the texts of a run that is resumed or replayed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="widen">Adds the symbols that the run's vocabulary has besides.</param>
    /// <param name="sources">The command line.</param>
    /// <param name="mode">Display of progress.</param>
    private TrainTexts ReadAgain(
        RunFolder run,
        RunConfiguration configuration,
        Func<Vocabulary, Vocabulary> widen,
        SettingSources sources,
        ProgressMode mode
    )
    {
        string? named = sources.Parsed.GetValue(_valFile);
        if (named is not null && configuration.Validation is null)
            throw new SettingsException(
                "--val-file differs from the run, which has none; leave it out, or start a new run."
            );
        if (_labeled.IsOf(configuration, sources))
            return _labeled.ReadAgain(configuration, widen, sources);
        return TrainTexts.Read(
            vocabulary => _corpusArgument.LoadAgain(sources, configuration.Corpus.FoundIn(run), mode, vocabulary),
            configuration.Validation is { } validation
                ? vocabulary =>
                    _corpusArgument.LoadFile(
                        named ?? MovedText.RequireThere(validation.Sources, "name where it is now with --val-file")[0],
                        sources,
                        validation,
                        mode,
                        vocabulary
                    )
                : null,
            widen
        );
    }

    /// <summary>The vocabulary of a run whose text may lack some of it; null where the text has it all.</summary>
    private static Vocabulary? VocabularyOf(RunFolder run, RunConfiguration configuration)
    {
        if (configuration.InitFrom is null && configuration.Validation is null)
            return null;
        using var model = LanguageModel.Load(run.ModelPath);
        return model.Vocabulary;
    }

    private int Train(
        Trainer trainer,
        RunFolder run,
        Corpus corpus,
        Baselines? baselines,
        SettingSources sources,
        ProgressMode mode
    )
    {
        var result = WithProgress(
            mode,
            line =>
            {
                bool showsPredictions = _showPredictions.Resolve(sources).Value;
                ITrainingObserver screen =
                    !showsPredictions && MinCharRnnScreen.IsFor(trainer.Settings, Shell.Terminal)
                        ? new MinCharRnnScreen(Shell.Terminal)
                        : new TrainScreen(Shell.Terminal, line, mode, corpus.Name, baselines, showsPredictions)
                        {
                            Plan = Plan(trainer.Settings, "charrnn train", run),
                            HidesNoise = trainer.Settings.SampleEvery is null,
                        };
                return trainer.Run(screen, Shell.Interruption.Token);
            }
        );
        return Print(
            sources,
            result.Stopped,
            json => WriteProperties(json, result, trainer, run),
            () => WriteScreen(result, trainer, run, baselines)
        );
    }

    private void WriteScreen(TrainingResult result, Trainer trainer, RunFolder run, Baselines? baselines)
    {
        if (result.Steps > 0)
        {
            var options = new SamplingOptions { Temperature = ClosingTemperature };
            Shell.Output.WriteLine(
                TextEscape.ForTerminal(new TextGenerator(trainer.Model).Generate("", ClosingSampleLength, options))
            );
            Shell.Output.WriteLine();
        }

        Shell.Output.WriteLine($"model    {run.ModelPath}");
        Shell.Output.WriteLine($"reached  {TrainScreen.Summary(result)}");
        if (baselines is not null && result.ModelLoss is { } loss)
            Shell.Output.WriteLine($"compare  {TrainScreen.Comparison(baselines, loss)}");
        string label = trainer.Model.Labels is [var first, ..] ? $" --label {ShellWords.Quoted(first)}" : "";
        string prompt = trainer.Model.Spec.ConditionOnFirstSymbol ? " -p TEXT" : "";
        Shell.Output.WriteLine(
            NextStep(
                result.Stopped,
                "charrnn train",
                run,
                $"charrnn sample {ShellWords.QuotedPath(run.Path)}{label}{prompt}"
            )
        );
    }

    private static void WriteProperties(Utf8JsonWriter json, TrainingResult result, Trainer trainer, RunFolder run)
    {
        json.WriteString("run", run.Path);
        json.WriteString("model", run.ModelPath);
        json.WriteString("cell", trainer.Model.Spec.Cell);
        json.WriteNumber("params", trainer.Model.ParameterCount);
        json.WriteNumber("steps", result.Steps);
        json.WriteNumber("chars", result.Chars);
        json.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        json.WriteNumber("chars_per_sec", result.Seconds > 0 ? Math.Round(result.Chars / result.Seconds) : 0);
        JsonLine.WriteNumber(json, "train_loss", result.TrainLoss);
        JsonLine.WriteNumber(json, "val_loss", result.ValLoss);
        JsonLine.WriteNumber(json, "val_bpc", result.ValLoss / Math.Log(2));
        JsonLine.WriteNumber(json, "best_val_loss", result.BestValLoss);
        json.WriteNumber("best_step", result.BestStep);
        JsonLine.WriteNumber(json, "test_loss", result.TestLoss);
        JsonLine.WriteNumber(json, "train_eval_loss", result.TrainScore);
    }
}
