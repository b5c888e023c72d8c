using System.CommandLine;
using System.Globalization;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify predict</c>: the likeliest labels of texts.</summary>
internal sealed class ClassifyPredictCommand : VerbCommand
{
    private const int DefaultTop = 3;
    private const int RowsTogether = 4096;
    private const int MaxProbabilities = 1 << 22;
    private const string StandardInput = "standard input";

    private readonly ModelArgument _model = new();
    private readonly Argument<string[]> _texts = new("TEXT")
    {
        Description = "The texts (default: the lines of standard input).",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _file = new("--file")
    {
        Description =
            "Read the texts from this file, one a line, or from a column of this .tsv or .csv file, which comes out with "
            + "its predictions added.",
        HelpName = "FILE",
    };
    private readonly LabeledColumnFlags _columns = new();
    private readonly EncodingFlag _encoding = new(isForCharacters: true);
    private readonly Setting<int> _top = new(
        "--top",
        $"Number of the likeliest labels to show (default: {DefaultTop}).",
        DefaultTop,
        text => SettingParser.Integer(text, 1, int.MaxValue),
        "N"
    );
    private readonly Setting<double?> _threshold = SharedFlags.Threshold();
    private readonly Option<bool> _letters = new("--letters")
    {
        Description =
            "Show how the belief moves letter by letter: what is made of the first letter, of the first two, and so "
            + "on.",
    };
    private readonly Setting<int> _threads = SharedFlags.ClassifierThreads();
    private readonly Setting<WeightFormat> _weights = WeightsFlag.Create();
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object a text instead." };

    public ClassifyPredictCommand(Shell shell)
        : base(shell, "predict", "Show the likeliest labels of texts, with their probabilities.")
    {
        _model.AddTo(this);
        Add(_texts);
        Add(_file);
        _columns.AddTo(this, hasLabels: false);
        Add(_encoding.Option);
        Add(_top.Option);
        Add(_threshold.Option);
        Add(_letters);
        Add(_threads.Option);
        Add(_weights.Option);
        Add(_json);
        Examples =
        [
            new(
                "charrnn classify predict runs/names-001 Tremblay Nguyen",
                "Show the likeliest languages of two names."
            ),
            new(
                "charrnn classify predict runs/names-001 Kowalczyk --letters",
                "Show how the belief moves letter by letter."
            ),
            new(
                "charrnn classify predict runs/tickets-001 --file new.csv --text-column title > told.csv",
                "Add predictions to a table."
            ),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (most, threadCount) = (_top.Resolve(sources).Value, _threads.Resolve(sources).Value);
        string[] given = [.. (parsed.GetValue(_texts) ?? []).Select(text => text.Trim())];
        if (given.Length > 0 && parsed.GetValue(_file) is not null)
            throw new SettingsException($"texts are given, and {_file.Name} too; give the one or the other.");
        if (parsed.GetValue(_file) is "")
            throw new SettingsException(
                $"{_file.Name} is empty; name a file, or leave it out to read {StandardInput}."
            );
        if (given.Contains(""))
            throw new SettingsException("a TEXT is empty; give at least one character.");

        var columns = _columns.Resolve(sources);
        string? file = parsed.GetValue(_file);
        bool isTable = file is not null && (Table.Is(file) || columns.AsksForTexts);
        if (!isTable)
            columns.RefuseFor("the texts come from none");

        using var loaded = _model.LoadClassifier(parsed, _weights.Resolve(sources).Value);
        var rule = new DecisionRule(
            loaded.Labels,
            _threshold.Resolve(sources).Value ?? (loaded.Spec.MultiLabel ? LabelSetReport.DefaultThreshold : null),
            loaded.Spec.MultiLabel
        );
        string? charset = _encoding.Resolve(sources).Value.Charset;
        if (isTable)
            return PredictTable(
                TextForm.OnlyIn(file!, charset),
                columns.Table,
                loaded,
                rule,
                most,
                threadCount,
                parsed
            );
        using var writer = new PredictionWriter(Shell, rule, most, parsed.GetValue(_json));
        using var stream = given.Length > 0 ? Stream.Null : Charset.Decoded(Open(file), charset);
        long start = Shell.Clock.GetTimestamp();
        if (
            PredictAll(
                given.Length > 0 ? given : new TextLines(stream, file ?? StandardInput).Read(),
                loaded,
                writer,
                parsed.GetValue(_letters),
                threadCount
            )
            is not { } counts
        )
            return ExitCode.Success;
        if (given.Length == 0)
            PrintSpeed(counts.Texts, Shell.Clock.GetElapsedTime(start));
        PrintUnknown(counts.Unknown);
        return ExitCode.Success;
    }

    /// <returns>
    /// The number of texts read, and of their characters that the vocabulary lacks; null where the reader of standard
    /// output has closed it: predict | head.
    /// </returns>
    private (long Texts, long Unknown)? PredictAll(
        IEnumerable<string> all,
        SequenceClassifier loaded,
        PredictionWriter writer,
        bool isByLetter,
        int threadCount
    )
    {
        var (count, unknown) = (0L, 0L);
        using var feed = new TextFeed(all, Shell.Interruption.Token);
        try
        {
            foreach (string[] batch in feed.Batches().SelectMany(batch => batch.Chunk(MaxTextsTogether(loaded))))
            {
                foreach (var (text, probabilities) in batch.Zip(loaded.Predict(batch, threadCount)))
                    writer.Write(text, probabilities, isByLetter ? PrefixesOf(text, loaded, threadCount) : null);
                writer.Flush();
                count += batch.Length;
                unknown += batch.Sum(text => UnknownIn(text, loaded));
            }
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            return null;
        }

        return (count, unknown);
    }

    private int PredictTable(
        CorpusSource source,
        TableColumns columns,
        SequenceClassifier loaded,
        DecisionRule rule,
        int most,
        int threadCount,
        ParseResult parsed
    )
    {
        if (parsed.GetValue(_letters))
            throw new SettingsException($"{_letters.Name} is for texts one by one, and not for a table; leave it out.");
        using var table = new Table(source, columns.Form);
        int textAt = columns.TextPlaceIn(table);
        using var writer = new TablePredictionWriter(
            Shell,
            rule,
            table,
            columns.Form.HasHeader,
            textAt,
            most,
            parsed.GetValue(_json)
        );
        var (blank, unknown) = (0L, 0L);
        int rowsTogether = Math.Min(RowsTogether, MaxTextsTogether(loaded));
        try
        {
            foreach (var rows in table.Rows().Where(row => row.Fields.Length > 0).Chunk(rowsTogether))
            {
                Shell.Interruption.Token.ThrowIfCancellationRequested();
                string[] all = [.. rows.Select(row => TextOf(row, textAt))];
                string[] texts = [.. all.Where(text => text.Length > 0)];
                var predictions = new Queue<float[]>(loaded.Predict(texts, threadCount));
                foreach (var (row, text) in rows.Zip(all))
                    writer.Write(row.Fields, text.Length > 0 ? predictions.Dequeue() : null);
                writer.Flush();
                blank += rows.Length - texts.Length;
                unknown += texts.Sum(text => UnknownIn(text, loaded));
            }
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            return ExitCode.Success;
        }

        if (blank > 0)
            Shell.Terminal.Note($"rows without a text, which get no prediction: {Quantity.Count(blank)}");
        PrintUnknown(unknown);
        return ExitCode.Success;
    }

    private static string TextOf(TableRow row, int textAt)
    {
        string text = row.Fields[textAt].Trim();
        return
            text.Length <= LabeledRecords.MaxCharacters || text.EnumerateRunes().Count() <= LabeledRecords.MaxCharacters
            ? text
            : throw new CorpusException(
                $"{row.Place}: the text has more than {Quantity.Count(LabeledRecords.MaxCharacters)} characters, which is "
                    + "the most; shorten it."
            );
    }

    private void PrintUnknown(long unknown)
    {
        if (unknown > 0)
            Shell.Terminal.Note(
                "characters read as the unknown symbol, since the model's vocabulary lacks them: "
                    + $"{Quantity.Count(unknown)}"
            );
    }

    /// <summary>As many texts as have a moderate number of probabilities together, however many labels there are.</summary>
    private static int MaxTextsTogether(SequenceClassifier loaded) =>
        Math.Max(1, MaxProbabilities / loaded.Labels.Count);

    private static long UnknownIn(string text, SequenceClassifier loaded) =>
        loaded.Vocabulary.UnknownId is { } unknown ? loaded.Encode(text).Count(id => id == unknown) : 0;

    /// <summary>
    /// The predictions for the prefixes of a text, each as if it were the whole; a letter with its marks counts as
    /// one.
    /// </summary>
    private static List<(string Text, float[] Probabilities)> PrefixesOf(
        string text,
        SequenceClassifier loaded,
        int threadCount
    )
    {
        string[] prefixes =
        [
            .. StringInfo.ParseCombiningCharacters(text).Skip(1).Append(text.Length).Select(end => text[..end]),
        ];
        return [.. prefixes.Zip(loaded.Predict(prefixes, threadCount))];
    }

    private Stream Open(string? path)
    {
        if (path is null)
        {
            if (Shell.IsInputTerminal)
                Shell.Terminal.Message($"reading texts from {StandardInput}, one a line; Ctrl-D ends them");
            return Shell.OpenInputBytes();
        }

        try
        {
            return UnpackedText.OnlyIn(path).Open();
        }
        catch (CorpusException)
        {
            throw;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CorpusFiles.CannotRead(path, failure);
        }
    }

    private void PrintSpeed(long count, TimeSpan time) =>
        Shell.Terminal.Message(
            $"{Quantity.Count(count, "text")}, "
                + $"{Quantity.Count((long)(count / Math.Max(time.TotalSeconds, double.Epsilon)))}/s"
        );
}
