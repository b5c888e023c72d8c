using System.CommandLine;
using CharRnn.Analysis;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn sample</c>: samples text from a model, a character at a time.</summary>
internal sealed class SampleCommand : VerbCommand
{
    private const int DefaultLength = 500;
    private static readonly SamplingOptions Defaults = new();

    private readonly ModelArgument _model = new();
    private readonly SamplingFlags _sampling = new();
    private readonly Setting<string> _prompt = new(
        "--prompt",
        "Text that the model reads first; without one it starts as at the beginning of a text, or after a line's end.",
        "",
        text => text,
        "TEXT"
    );
    private readonly Setting<long> _length = new(
        "--length",
        $"Number of characters to write after the prompt; 0 to go on until stopped (default: {DefaultLength}).",
        DefaultLength,
        text => SettingParser.LongInteger(text, 0, long.MaxValue),
        "CHARS"
    );
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
    private readonly Setting<bool> _skipUnknown = SharedFlags.SkipUnknown();
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
    private readonly LabelFlags _labels = new();
    private readonly TrainingText _trainingText;
    private readonly Option<bool> _noEcho = new("--no-echo") { Description = "Do not write the prompt." };

    public SampleCommand(Shell shell)
        : base(shell, "sample", "Write text from a model.")
    {
        _trainingText = new(shell);
        _model.AddTo(this);
        _prompt.Option.Aliases.Add("-p");
        _length.Option.Aliases.Add("-n");
        Add(FlagGroup.General, _prompt.Option, _length.Option, _samples.Option, _seed.Option, _stop.Option);
        Add(FlagGroup.General, _skipUnknown.Option, _noEcho, _interactive, _beams.Option, _novel.Option);
        _sampling.AddTo(this);
        _labels.AddTo(this);
        _trainingText.AddTo(this);
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
        ];
        Examples =
        [
            new("charrnn sample runs/dragons-001 -p 'The dragon' --temperature 0.7", "Write on from a prompt."),
            new("charrnn sample runs/names-001 --label Polish --num-samples 10", "Write ten names of one label."),
            new("charrnn sample runs/dragons-001 --interactive", "Write together with the model."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var options = _sampling.Resolve(sources) with { Seed = _seed.Resolve(sources).Value };
        var (maxCharacters, count) = (_length.Resolve(sources).Value, _samples.Resolve(sources).Value);
        var (beamCount, isNovel) = (_beams.Resolve(sources).Value, _novel.Resolve(sources).Value);
        RefuseConflicts(parsed, beamCount, isNovel, maxCharacters, count);
        isNovel &= beamCount is null;
        var (promptText, stopText, skip) = (
            _prompt.Resolve(sources).Value,
            _stop.Resolve(sources).Value,
            _skipUnknown.Resolve(sources).Value
        );

        using var loaded = _model.Load(parsed);
        var asked = _labels.Resolve(parsed, loaded);
        int[] promptIds = Encode(promptText, loaded, skip);
        int[]? stopIds = stopText is null ? null : EncodeStop(stopText, loaded);
        int[] echo = parsed.GetValue(_noEcho) ? [] : promptIds;
        if (parsed.GetValue(_interactive))
            return new InteractiveSampling(Shell, loaded, options, _labels.Only(asked, _interactive)).Run(
                promptIds,
                echo
            );
        if (asked.Count > 0 && beamCount is null)
        {
            int[][] starts = _labels.Starts(parsed) is { } letters ? EncodeStarts(letters, loaded, skip) : [promptIds];
            var order = new LabeledOrder(
                asked,
                starts,
                count,
                maxCharacters,
                stopText,
                IsEchoed: !parsed.GetValue(_noEcho),
                isNovel
            );
            return SampleLabeled(loaded, order, options, sources);
        }

        bool isRecords = loaded.Preparation.Records;
        bool areLines = isRecords || (stopText == "\n" && (isNovel || beamCount is not null));
        if (isNovel && !areLines)
            RequireMeasurable(maxCharacters, count);
        using var training = isNovel ? _trainingText.Load(sources, loaded, _model.FileOf(parsed)) : null;
        var writer = SampleWriter.Open(Shell, loaded.Vocabulary, isLines: areLines);
        var written = training is null ? null : new List<int[]>();
        try
        {
            if (beamCount is { } kept)
                new BeamSampling(Shell, loaded, _labels.Only(asked, _beams.Option)).Run(
                    promptIds,
                    echo,
                    kept,
                    (int)Math.Min(maxCharacters, int.MaxValue),
                    stopIds,
                    count,
                    writer
                );
            else if (training is not null && areLines)
                new NovelRecords(Shell, loaded, training).Run(promptIds, echo, options, maxCharacters, count, writer);
            else
            {
                new SideBySideSampling(Shell, loaded, writer).Run(
                    promptIds,
                    echo,
                    options,
                    maxCharacters,
                    stopIds,
                    count,
                    written
                );
                if (training is not null && written is not null)
                    new CopiedSpans(Shell, loaded, training).Print(written);
            }
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            // The reader of the pipe has enough: sample | head.
        }

        return ExitCode.Success;
    }

    private int SampleLabeled(LanguageModel loaded, LabeledOrder order, SamplingOptions options, SettingSources sources)
    {
        using var classifier = _labels.Classifier(sources.Parsed) is { } judge ? SequenceClassifier.Load(judge) : null;
        using var training = order.IsNovel
            ? _trainingText.Load(sources, loaded, _model.FileOf(sources.Parsed))
            : FindTraining();
        try
        {
            new LabeledSampling(Shell, loaded, training, classifier).Run(order, options);
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            // The reader of the pipe has enough: sample | head.
        }

        return ExitCode.Success;

        // How much is new is said where the training text is at hand.
        Corpus? FindTraining()
        {
            try
            {
                return _trainingText.Load(sources, loaded, _model.FileOf(sources.Parsed));
            }
            catch (CharRnnException) when (sources.Parsed.GetResult(_trainingText.Option) is not { Implicit: false })
            {
                return null;
            }
        }
    }

    private void RefuseConflicts(ParseResult parsed, int? beamCount, bool isNovel, long maxCharacters, int count)
    {
        if (_labels.Starts(parsed) is not null)
            FlagConflict.Refuse(
                parsed,
                _labels.StartsOption,
                "which says what texts begin with, one letter after another",
                _prompt.Option,
                _interactive,
                _beams.Option
            );
        if (parsed.GetValue(_interactive))
        {
            FlagConflict.Refuse(
                parsed,
                _interactive,
                "which writes one text for as long as you like",
                _length.Option,
                _samples.Option,
                _stop.Option,
                _beams.Option,
                _novel.Option,
                _trainingText.Option
            );
        }
        else if (beamCount is not null)
        {
            FlagConflict.Refuse(parsed, _beams.Option, "which draws nothing", [.. _sampling.Options, _seed.Option]);
            FlagConflict.Refuse(
                parsed,
                _beams.Option,
                "which finds the likeliest texts, new or not",
                _novel.Option,
                _trainingText.Option
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
        else if (!isNovel && !_labels.IsGiven(parsed) && parsed.GetResult(_trainingText.Option) is { Implicit: false })
        {
            throw new SettingsException(
                $"{_trainingText.Option.Name} names the text that {_novel.Option.Name} compares with; give that too."
            );
        }
    }

    private void RequireMeasurable(long maxCharacters, int count)
    {
        if (maxCharacters == 0)
            throw new SettingsException(
                $"--length is 0, without an end, and {_novel.Option.Name} measures what was written; give the most "
                    + "characters that a text may have."
            );
        if (maxCharacters > CopyDetector.MaxCharacters / count)
        {
            throw new SettingsException(
                $"--num-samples {count} of --length {maxCharacters} are more than the "
                    + $"{Quantity.Count(CopyDetector.MaxCharacters)} characters that {_novel.Option.Name} compares at "
                    + "once; ask for fewer or shorter ones."
            );
        }
    }

    private int[] Encode(string text, LanguageModel loaded, bool skip, string flag = "--prompt")
    {
        try
        {
            int[] ids = loaded.Encode(text, skip, out int skipped);
            if (skipped > 0)
                Shell.Terminal.Message(
                    "characters of the prompt left out, since the model's vocabulary lacks them: "
                        + $"{Quantity.Count(skipped)}"
                );
            if (ids.Count(id => id == loaded.Vocabulary.UnknownId) is > 0 and var unknown)
                Shell.Terminal.Message(
                    "characters of the prompt read as the unknown symbol, since the model's vocabulary lacks them: "
                        + $"{Quantity.Count(unknown)}"
                );
            return ids;
        }
        catch (SettingsException failure)
        {
            throw new SettingsException($"{flag}: {failure.Message.TrimEnd('.')}, or pass --unknown skip.");
        }
    }

    /// <summary>The letters that texts begin with, one after another, but those that are left out.</summary>
    private int[][] EncodeStarts(string letters, LanguageModel loaded, bool skip)
    {
        string flag = _labels.StartsOption.Name;
        int[][] starts =
        [
            .. letters
                .EnumerateRunes()
                .Select(letter => Encode(letter.ToString(), loaded, skip, flag))
                .Where(ids => ids.Length > 0),
        ];
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
