using System.CommandLine;
using CharRnn.Analysis;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn sample</c>: samples text from a model, a character at a time.</summary>
internal sealed class SampleCommand : VerbCommand
{
    private static readonly SamplingOptions Defaults = new();

    private readonly ModelArgument _model = new();
    private readonly SamplingFlags _sampling = new();
    private readonly PromptFlags _prompts = new();
    private readonly LengthFlags _lengths = new();
    private readonly Setting<ulong> _seed = new(
        "--seed",
        $"Seed of the choices; the same seed gives the same text (default: {Defaults.Seed}).",
        Defaults.Seed,
        SettingParser.Seed,
        "N"
    );
    private readonly Setting<int> _samples = new(
        "--num-samples",
        "Number of texts to write, each with draws of its own (default: 1).",
        1,
        text => SettingParser.Integer(text, 1, int.MaxValue),
        "N"
    );
    private readonly Setting<string?> _stop = new(
        "--stop",
        "End before this text, once the model has written it.",
        null,
        ParseStop,
        "TEXT"
    );
    private readonly Setting<int?> _beams = new(
        "--beams",
        "Search for the likeliest texts rather than draw: how many are kept side by side.",
        null,
        text => SettingParser.Integer(text, 1, BeamSearch.MaxBeams),
        "K"
    );
    private readonly Setting<bool> _novel = Setting.Switch(
        "--novel",
        "Records: write only those that the training text has not. Prose: say how much of the text is copied from it."
    );
    private readonly Option<bool> _interactive = new("--interactive")
    {
        Description = "Write character by character, choosing among the likeliest or letting the model choose.",
    };
    private readonly Setting<WeightFormat> _weights = WeightsFlag.Create();
    private readonly LabelFlags _labels = new();
    private readonly SampleOutputFlags _output = new();
    private readonly TrainingText _trainingText;
    private readonly Option<bool> _noEcho = new("--no-echo") { Description = "Do not write the prompt." };

    public SampleCommand(Shell shell)
        : base(shell, "sample", "Write text from a model.")
    {
        _trainingText = new(shell);
        _model.AddTo(this);
        _prompts.AddTo(this);
        _lengths.AddTo(this);
        Add(FlagGroup.General, _samples.Option, _seed.Option, _stop.Option);
        Add(FlagGroup.General, _noEcho, _interactive, _beams.Option, _novel.Option, _weights.Option);
        _sampling.AddTo(this);
        _labels.AddTo(this);
        _trainingText.AddTo(this);
        _output.AddTo(this);
        MainFlags =
        [
            "--prompt",
            "--length",
            "--num-samples",
            "--seed",
            "--stop",
            "--temperature",
            "--top-p",
            "--greedy",
            "--label",
            "--novel",
            "--beams",
            "--interactive",
            "--json",
            "--output",
        ];
        Examples =
        [
            new("charrnn sample runs/dragons-001 -p 'The dragon' --temperature 0.7", "Write on from a prompt."),
            new(
                "charrnn sample runs/names-001 --label Polish --num-samples 10 --json -o names.jsonl",
                "Write ten names of one label into a file."
            ),
            new("charrnn sample runs/dragons-001 --interactive", "Write together with the model."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var bounds = _lengths.Resolve(sources);
        var options = _sampling.Resolve(sources) with { Seed = _seed.Resolve(sources).Value, MinLength = bounds.Min };
        var (maxCharacters, count) = (bounds.MaxOfAll, _samples.Resolve(sources).Value);
        var (beamCount, isNovel) = (_beams.Resolve(sources).Value, _novel.Resolve(sources).Value);
        RefuseConflicts(sources, beamCount, isNovel, maxCharacters, count);
        bool isInteractive = parsed.GetValue(_interactive);
        isNovel &= beamCount is null && !isInteractive;
        var prompts = _prompts.Resolve(sources, Shell);
        string? stopText = _prompts.AsPrompt(_stop.Resolve(sources).Value, _stop.Option, sources);
        if (isInteractive && prompts.Count > 1)
            throw new SettingsException(
                $"{_prompts.Prompt.Name} is given {prompts.Count} times, and {_interactive.Name} writes one text; give "
                    + "one."
            );

        using var loaded = _model.Load(parsed, _weights.Resolve(sources).Value);
        var asked = _labels.Resolve(parsed, loaded);
        bool isLabeled = asked.Count > 0 && beamCount is null && !isInteractive;
        int[][] promptIds = _prompts.Encode(prompts, loaded, sources, Shell);
        var order = new SampleOrder(
            _labels.Starts(parsed) is { } letters ? EncodeStarts(letters, loaded, sources)
                : promptIds is []
                    ?
                    [
                        [],
                    ]
                : promptIds,
            count,
            options,
            bounds,
            stopText is null ? null : EncodeStop(stopText, loaded),
            IsEchoed: !parsed.GetValue(_noEcho),
            isNovel
        );
        bool areLines =
            isLabeled
            || loaded.Preparation.Records
            || ((stopText is "\n" or "\r") && (isNovel || beamCount is not null));
        if (isNovel && !areLines)
            RequireMeasurable(maxCharacters, (long)order.Prompts.Count * count);
        bool canEnd = isInteractive || isLabeled || stopText is not null || loaded.Vocabulary.BoundaryId is not null;
        _lengths.Require(bounds, order.Prompts, canEnd);
        _output.RefuseConflicts(sources, mayBeEndless: maxCharacters == 0 && !canEnd);
        RequireFindableStop(order);
        PrintFlagsWithoutEffect(sources, order, stopText is not null, areLines);
        int? maxCopy = beamCount is null ? _sampling.MaxCopy(sources) : null;
        using var training = LoadTraining(
            loaded,
            isNeeded: isNovel || maxCopy is not null,
            // How much is new is said where the training text is at hand.
            isOfUse: isLabeled,
            sources
        );
        if (training is not null && maxCopy is { } longest)
            order = order with { Options = options with { MaxCopy = new CopyLimit(training, longest) } };
        return _output.Write(
            parsed,
            Shell,
            shell =>
                isInteractive
                    ? new InteractiveSampling(shell, loaded, order.Options, _labels.Only(asked, _interactive)).Run(
                        order.Prompts[0],
                        order.Echo(order.Prompts[0])
                    )
                    : Sample(shell, loaded, training, order, asked, areLines, sources)
        );
    }

    private int Sample(
        Shell shell,
        LanguageModel loaded,
        Corpus? training,
        SampleOrder order,
        IReadOnlyList<LabelBlend> asked,
        bool areLines,
        SettingSources sources
    )
    {
        int? beamCount = _beams.Resolve(sources).Value;
        using var classifier =
            beamCount is null && _labels.Classifier(sources.Parsed) is { } judge
                ? SequenceClassifier.Load(judge)
                : null;
        var format = _output.Resolve(sources, areLines, (long)order.Prompts.Count * order.Count);
        var writer = SampleWriter.Open(shell, loaded.Vocabulary, format);
        try
        {
            if (beamCount is { } kept)
            {
                new BeamSampling(shell, loaded, _labels.Only(asked, _beams.Option)).Run(order, kept, writer);
            }
            else if (asked.Count > 0)
            {
                new LabeledSampling(shell, loaded, training, classifier).Run(asked, order, writer);
            }
            else if (training is not null && order.IsNovel && areLines)
            {
                new NovelRecords(shell, loaded, training).Run(order, writer);
            }
            else
            {
                var written = order.IsNovel ? new List<int[]>() : null;
                new SideBySideSampling(shell, loaded, writer, format.IsJson).Run(order, written);
                if (training is not null && written is not null)
                    new CopiedSpans(shell, loaded, training).Print(written);
            }
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            // The reader of the pipe has enough: sample | head.
        }

        return ExitCode.Success;
    }

    /// <summary>The training text, where it is compared with; null where it is not.</summary>
    private Corpus? LoadTraining(LanguageModel loaded, bool isNeeded, bool isOfUse, SettingSources sources)
    {
        if (!isNeeded && !isOfUse)
            return null;
        try
        {
            return _trainingText.Load(sources, loaded, _model.FileOf(sources.Parsed));
        }
        catch (CharRnnException)
            when (!isNeeded && sources.Parsed.GetResult(_trainingText.Option) is not { Implicit: false })
        {
            return null;
        }
    }

    private void RefuseConflicts(SettingSources sources, int? beamCount, bool isNovel, long maxCharacters, int count)
    {
        var parsed = sources.Parsed;
        if (_labels.Starts(parsed) is not null)
            FlagConflict.Refuse(
                parsed,
                _labels.StartsOption,
                "which says what texts begin with, one letter after another",
                _prompts.Prompt,
                _prompts.File,
                _interactive,
                _beams.Option
            );
        if (parsed.GetValue(_interactive))
        {
            FlagConflict.Refuse(
                parsed,
                _interactive,
                "which writes one text for as long as you like",
                [
                    _prompts.File,
                    _lengths.Length,
                    .. _lengths.Bounds,
                    _samples.Option,
                    _stop.Option,
                    _beams.Option,
                    _novel.Option,
                    _output.Separator,
                    _output.Json,
                    _labels.ClassifierOption,
                ]
            );
        }
        else if (beamCount is not null)
        {
            FlagConflict.Refuse(parsed, _beams.Option, "which draws nothing", [.. _sampling.Options, _seed.Option]);
            FlagConflict.Refuse(parsed, _beams.Option, "which keeps texts of any length", _lengths.Bounds);
            FlagConflict.Refuse(
                parsed,
                _beams.Option,
                "which finds the likeliest texts, new or not",
                [_novel.Option, .. _trainingText.Options, _labels.ClassifierOption]
            );
            if (maxCharacters == 0)
                throw new SettingsException(
                    $"--length is 0, without an end, and {_beams.Option.Name} needs one; give the most characters that "
                        + "a text may have."
                );
            if (count > beamCount)
                throw new SettingsException(
                    $"--num-samples is {count}, and {_beams.Option.Name} keeps {beamCount} texts; ask for as many at "
                        + "the most, or keep more."
                );
        }

        bool isCompared = isNovel || _sampling.MaxCopy(sources) is not null,
            isJudged = _labels.IsGiven(parsed) && !parsed.GetValue(_interactive);
        if (
            !isCompared
            && !isJudged
            && _trainingText.Options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })
                is { } unread
        )
            throw new SettingsException(
                $"{unread.Name} says how the training text is read, and nothing compares with it; leave it out, or give "
                    + $"{_novel.Option.Name}, --max-copy or --label."
            );
    }

    /// <summary>Refuses a stop text that is longer than any text.</summary>
    private void RequireFindableStop(SampleOrder order)
    {
        if (order.Stop is { } stop && order.Prompts.All(prompt => stop.Length > order.Bounds.After(prompt)))
            throw new SettingsException(
                $"{_stop.Option.Name} has {stop.Length} characters, and no more than "
                    + $"{order.Prompts.Max(order.Bounds.After)} are written; give a shorter one, or a higher "
                    + $"{_lengths.Length.Name}."
            );
    }

    /// <summary>Says which flags of the command line change nothing here.</summary>
    private void PrintFlagsWithoutEffect(SettingSources sources, SampleOrder order, bool hasStop, bool areLines)
    {
        if (order.Prompts.All(prompt => prompt.Length == 0))
            Print(
                "without a prompt",
                [_noEcho, _prompts.Unknown, .. hasStop ? Array.Empty<Option>() : [_prompts.Escaped]]
            );
        else if (_output.IsJson(sources.Parsed))
            Print($"with {_output.Json.Name}, where the prompt stands apart", _noEcho);
        if (order.Options.Temperature == 0 && !sources.Parsed.GetValue(_interactive))
            Print("at temperature 0, where the likeliest character is always taken", [_seed.Option, .. _sampling.Cuts]);
        if (!areLines && order.Count == 1 && order.Prompts.Count == 1)
            Print("on one text", _output.Separator);

        void Print(string where, params IEnumerable<Option> flags)
        {
            foreach (var flag in flags.Where(sources.IsGiven))
                Shell.Terminal.Note($"{flag.Name} has no effect {where}.");
        }
    }

    private void RequireMeasurable(long maxCharacters, long count)
    {
        if (maxCharacters == 0)
            throw new SettingsException(
                $"--length is 0, without an end, and {_novel.Option.Name} measures what was written; give the most "
                    + "characters that a text may have."
            );
        if (maxCharacters > CopyDetector.MaxCharacters / count)
        {
            throw new SettingsException(
                $"{count} texts of --length {maxCharacters} are more than the "
                    + $"{Quantity.Count(CopyDetector.MaxCharacters)} characters that {_novel.Option.Name} compares at "
                    + "once; ask for fewer or shorter ones."
            );
        }
    }

    /// <summary>The letters that texts begin with, one after another, but those that are left out.</summary>
    private int[][] EncodeStarts(string letters, LanguageModel loaded, SettingSources sources)
    {
        string flag = _labels.StartsOption.Name;
        GivenPrompt[] given = [.. letters.EnumerateRunes().Select(letter => new GivenPrompt(letter.ToString(), flag))];
        int[][] starts = [.. _prompts.Encode(given, loaded, sources, Shell).Where(ids => ids.Length > 0)];
        return starts.Length > 0
            ? starts
            : throw new SettingsException(
                $"{flag} is '{letters}', and the model's vocabulary has none of that; give a letter that it has."
            );
    }

    private static int[] EncodeStop(string text, LanguageModel loaded)
    {
        int[] ids = loaded.Encode(text, skipUnknown: true, out int skipped);
        return skipped == 0
            ? ids
            : throw new SettingsException(
                $"--stop is '{text}'; the model's vocabulary lacks {skipped} of its characters, so that it would "
                    + "never be written. Give a text that the model can write."
            );
    }

    private static string ParseStop(string text) =>
        text.Length > 0 ? text : throw new FormatException("at least one character");
}
