using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using CharRnn.Analysis;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn eval</c>: scores of a model on a text, read in one stream from its beginning.</summary>
internal sealed class EvalCommand : VerbCommand
{
    private const int DefaultStructureCharacters = 20_000;

    private readonly ModelArgument _model = new();
    private readonly Argument<string[]> _texts = new("CORPUS")
    {
        Description =
            "The text to score: files, folders, a name from 'charrnn data list', or - for standard input; for a model "
            + "with labels the labelled records: a folder with one file for each label and one text a line, a .tsv or "
            + ".csv file, or a name.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Setting<IReadOnlyList<string>> _include = CorpusArgument.Include();
    private readonly EncodingFlag _encoding = new(isForCharacters: true);
    private readonly LabeledScoring _labeled;
    private readonly Setting<bool> _skipUnknown = SharedFlags.SkipUnknown();

    private readonly Setting<int?> _threads = new(
        "--threads",
        "Worker threads; the result is the same for any number (default: as many as are useful).",
        null,
        text => SettingParser.Integer(text, 1, TrainingSettings.MaxThreads),
        "N"
    );
    private readonly Setting<WeightFormat> _weights = WeightsFlag.Create();
    private readonly Setting<ProgressMode> _progress = SharedFlags.Progress();
    private readonly Setting<bool> _noCache = SharedFlags.NoCache();
    private readonly Option<bool> _perLine = new("--per-line")
    {
        Description = "Score each line of the text: a row with tabs, or with --json an object, for each.",
    };
    private readonly Setting<bool> _structure = Setting.Switch(
        "--structure",
        "Measure samples of the model beside the text: brackets, quotes, environments and tags closed, "
            + "real words, copied spans."
    );
    private readonly Setting<int> _structureCharacters = new(
        "--structure-chars",
        $"With --structure: how many characters to sample (default: {DefaultStructureCharacters}).",
        DefaultStructureCharacters,
        text => SettingParser.Integer(text, 1, StructureEvaluation.MaxCharacters),
        "N"
    );
    private readonly Setting<ulong> _seed = new(
        "--seed",
        "With --structure: what the samples are drawn from (default: 1).",
        1,
        SettingParser.Seed,
        "N"
    );
    private readonly Option<bool> _json = SharedFlags.Json();

    public EvalCommand(Shell shell)
        : base(
            shell,
            "eval",
            "Score a text, or labelled records, with a model: nats and bits per character, perplexity, accuracy."
        )
    {
        _labeled = new(shell);
        _model.AddTo(this);
        _texts.CompletionSources.Add(_ => CorpusNames.All(shell).Select(name => new CompletionItem(name)));
        Add(_texts);
        Add(_include.Option);
        Add(_encoding.Option);
        _labeled.AddTo(this);
        Add(_skipUnknown.Option);
        Add(_threads.Option);
        Add(_weights.Option);
        Add(_progress.Option);
        Add(_noCache.Option);
        Add(_perLine);
        Add(_structure.Option);
        Add(_structureCharacters.Option);
        Add(_seed.Option);
        Add(_json);
        MainFlags =
        [
            "--unknown",
            "--include",
            "--encoding",
            "--text-column",
            "--label-column",
            "--threads",
            "--weights",
            "--per-line",
            "--structure",
            "--json",
        ];
        Examples =
        [
            new("charrnn eval runs/dragons-001 tale.txt", "Score a text with a run's model."),
            new("charrnn eval runs/names-001 names.txt --per-line", "Score each line, a row each."),
            new("charrnn eval runs/dragons-001 tale.txt --structure", "Measure samples of the model beside the text."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (skip, threadCount, progressMode) = (
            _skipUnknown.Resolve(sources).Value,
            _threads.Resolve(sources).Value,
            _progress.Resolve(sources).Value
        );
        Shell.Terminal.Follow(progressMode);
        var (isStructure, sampled, drawnFrom) = (
            _structure.Resolve(sources).Value,
            _structureCharacters.Resolve(sources).Value,
            _seed.Resolve(sources).Value
        );
        if (
            !isStructure
            && (Option[])[_structureCharacters.Option, _seed.Option] is var needing
            && Array.Find(needing, option => parsed.GetResult(option) is { Implicit: false }) is { } given
        )
            throw new SettingsException($"{given.Name} says what {_structure.Option.Name} samples; give that too.");
        bool isPerLine = parsed.GetValue(_perLine);
        if (isPerLine)
            FlagConflict.Refuse(parsed, _perLine, "which scores lines and not the text as a whole", _structure.Option);
        string[] named = parsed.GetRequiredValue(_texts);

        using var loaded = _model.Load(parsed, _weights.Resolve(sources).Value);
        string? charset = _encoding.CharsetOr(loaded.Preparation.Charset, sources);
        if (_labeled.IsOf(named, loaded, _model.FileOf(parsed), sources))
        {
            if (_structure.Resolve(sources) is { Value: true, Origin: SettingOrigin.Flag })
                throw new SettingsException(
                    $"{_structure.Option.Name} compares samples with one long text, and {named[0]} is read as labelled "
                        + "records; leave it out."
                );
            if (isPerLine)
                throw new SettingsException(
                    $"{_perLine.Name} scores the lines of a text, and {named[0]} is read as labelled records; leave it "
                        + "out."
                );
            if (named is not [var records])
                throw new SettingsException(
                    $"{named.Length} data sets are named, and labelled records are scored one set at a time; name one."
                );
            _labeled.Run(
                new(records, skip, threadCount, progressMode, parsed.GetValue(_json), charset),
                loaded,
                _model.FileOf(parsed),
                sources
            );
            return ExitCode.Success;
        }

        string path = string.Join(", ", named);
        using var text = Read(named, loaded, skip, charset, sources, progressMode);
        new UnknownCharacters(text.Skipped, text.Unknown).Print(Shell.Terminal, path);

        if (isPerLine)
        {
            new LineScoring(Shell, loaded, _model.FileOf(parsed), parsed.GetValue(_json)).Run(
                text.Ids,
                threadCount,
                progressMode
            );
            return ExitCode.Success;
        }

        using var evaluator = new Evaluator(loaded, streams: 1, threadCount ?? loaded.UsefulThreads(streams: 1));
        long start = Shell.Clock.GetTimestamp();
        var score = Score(evaluator, text.Ids, progressMode);
        var figures = new EvaluationFigures(
            score,
            score.Characters / Shell.Clock.GetElapsedTime(start).TotalSeconds,
            loaded.WeightFormat
        );
        figures.RequireNumbers(_model.FileOf(parsed));

        var report = isStructure ? Measure(loaded, text.Ids, sampled, drawnFrom, progressMode) : null;
        if (parsed.GetValue(_json))
            WriteJson(figures, report);
        else
            WriteScreen(figures, report);
        return ExitCode.Success;
    }

    private EncodedText Read(
        string[] named,
        LanguageModel loaded,
        bool skip,
        string? charset,
        SettingSources sources,
        ProgressMode mode
    )
    {
        using var line = new ReadingLine(Shell, mode);
        var files = new NamedTexts(Shell);
        var columns = _labeled.ColumnsOf(sources);
        var form = new TextForm(
            loaded.Vocabulary.Encoding == TextEncoding.Bytes,
            charset,
            columns.AsksForTexts ? columns.Table : null
        );
        if (!loaded.Preparation.Records)
            columns.RefuseFor("the model was trained on a text that is none of records");
        else if (form.Columns is null)
            columns.RefuseFor($"{named[0]} is none");
        if (sources.IsGiven(_include.Option) && !named.Any(Directory.Exists))
            Shell.Terminal.Note($"{_include.Option.Name} has no effect without a folder.");
        var options = new CorpusOptions
        {
            Preparation = loaded.Preparation,
            Include = _include.Resolve(sources).Value,
            TextsOf = path => form.TextsIn(path, Shell.Terminal.Note),
            Cache = _noCache.Resolve(sources).Value ? null : Shell.Cache.Ids,
            Progress = line,
            CancellationToken = Shell.Interruption.Token,
        };
        var text = Encoded();
        line.Print(text.Notes, text.Hints, text.Storage);
        if (charset is not null && !_encoding.Resolve(sources).IsExplicit)
            Shell.Terminal.Note(
                $"{string.Join(", ", named)}: read as {charset}, like the model's own text; {_encoding.Option.Name} says otherwise."
            );
        return text;

        EncodedText Encoded()
        {
            try
            {
                return NamedTexts.EmbeddedAmong(named) is { } embedded
                    ? Corpus.EncodeText(embedded.Name, embedded.ReadText(), loaded.Vocabulary, skip, options)
                    : Corpus.EncodeFiles([.. named.Select(files.PathOf)], loaded.Vocabulary, skip, options);
            }
            finally
            {
                files.Forget();
            }
        }
    }

    private EvaluationResult Score(Evaluator evaluator, SymbolIds ids, ProgressMode mode)
    {
        using var line = new EvaluationLine(Shell, mode);
        return evaluator.Run(ids, new IdRange(0, ids.Length), line.Of(ids.Length - 1), Shell.Interruption.Token);
    }

    private StructureReport Measure(
        LanguageModel loaded,
        SymbolIds ids,
        int sampled,
        ulong drawnFrom,
        ProgressMode mode
    )
    {
        using var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock);
        return new(
            StructureEvaluation.Run(
                loaded,
                ids,
                sampled,
                drawnFrom,
                new StructureReporter(line),
                Shell.Interruption.Token
            )
        );
    }

    private void WriteJson(EvaluationFigures figures, StructureReport? structured) =>
        JsonLine.Write(
            Shell.Output,
            json =>
            {
                figures.WriteProperties(json);
                structured?.WriteJson(json);
            }
        );

    private void WriteScreen(EvaluationFigures figures, StructureReport? structured)
    {
        figures.WriteRows(Shell.Output);
        if (structured is null)
            return;
        Shell.Output.WriteLine();
        structured.WriteTable(Shell.Output);
    }

    private sealed class StructureReporter(ProgressLine line) : IProgress<StructureProgress>
    {
        public void Report(StructureProgress value) => line.Report(new StructureLine(value));
    }

    private sealed record StructureLine(StructureProgress Progress) : IProgressReport
    {
        public string ToLine() =>
            $"{(Progress.IsSampling ? "writing samples" : "reading the text beside them")}: "
            + $"{Quantity.Count(Progress.Characters)} of {Quantity.Count(Progress.Total)} characters";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("phase", Progress.IsSampling ? "sampling" : "reading");
            json.WriteNumber("chars", Progress.Characters);
            json.WriteNumber("total_chars", Progress.Total);
        }
    }
}
