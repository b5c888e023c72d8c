using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Evaluation;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify eval</c>: scores of a classifier on the records of a data set.</summary>
internal sealed class ClassifyEvalCommand : VerbCommand
{
    private readonly ModelArgument _model = new();
    private readonly Argument<string> _data = new("DATA")
    {
        Description =
            "A folder with one file for each label and one text a line, a .tsv or .csv file with a header, "
            + "or a name from 'charrnn data list'.",
    };
    private readonly LabeledColumnFlags _columns = new();
    private readonly EncodingFlag _encoding = new(isForCharacters: true);
    private readonly Setting<bool> _counts = Setting.Switch(
        "--counts",
        "Show the confusion matrix as counts, rather than in percent of its rows."
    );
    private readonly Option<string?> _separator = new("--label-separator")
    {
        Description = "Of a model of several labels a text: what stands between the labels of a text (default: |).",
        HelpName = "TEXT",
    };
    private readonly Setting<double?> _threshold = SharedFlags.Threshold();
    private readonly Setting<int> _threads = SharedFlags.ClassifierThreads();
    private readonly Setting<WeightFormat> _weights = WeightsFlag.Create();
    private readonly Option<bool> _json = SharedFlags.Json();

    public ClassifyEvalCommand(Shell shell)
        : base(shell, "eval", "Score a classifier on labelled texts: accuracy, F1, confusion matrix, mistakes.")
    {
        _model.AddTo(this);
        Add(_data);
        _columns.AddTo(this);
        Add(_encoding.Option);
        Add(_separator);
        Add(_counts.Option);
        Add(_threshold.Option);
        Add(_threads.Option);
        Add(_weights.Option);
        Add(_json);
        Examples =
        [
            new(
                "charrnn classify eval runs/names-001 names",
                "Score a run's model on the surnames that come with charrnn."
            ),
            new("charrnn classify eval runs/tickets-001 new.csv --json", "The same of a table, for a program."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (isCounts, threadCount, columnsOf) = (
            _counts.Resolve(sources).Value,
            _threads.Resolve(sources).Value,
            _columns.Resolve(sources)
        );
        using var loaded = _model.LoadClassifier(parsed, _weights.Resolve(sources).Value);
        RefuseForeign(loaded, parsed);
        if (loaded.WeightFormat != WeightFormat.F32)
            Shell.Terminal.Note($"scored with weights in {WeightsFlag.WordFor(loaded.WeightFormat)}");
        var records = new LabeledData(Shell).Load(
            parsed.GetRequiredValue(_data),
            columnsOf,
            loaded.Preparation with
            {
                Charset = _encoding.CharsetOr(loaded.Preparation.Charset, sources),
            },
            LabeledPurpose.Scoring,
            isPrinted: !loaded.Spec.MultiLabel
        );
        double? threshold = _threshold.Resolve(sources).Value;
        if (loaded.Spec.MultiLabel)
        {
            LabeledSummary.PrintLabelSets(records, Shell.Terminal);
            Write(
                LabelSetReport.Of(
                    loaded,
                    records,
                    threadCount,
                    threshold ?? LabelSetReport.DefaultThreshold,
                    parsed.GetValue(_separator)
                ),
                loaded.WeightFormat,
                parsed
            );
            return ExitCode.Success;
        }

        var report = ClassificationReport.Of(loaded, records, threadCount, threshold);
        if (parsed.GetValue(_json))
            JsonLine.Write(
                Shell.Output,
                json =>
                {
                    ClassificationFile.WriteProperties(json, report);
                    json.WriteString("weights", WeightsFlag.WordFor(loaded.WeightFormat));
                }
            );
        else
            ClassificationScreen.Write(Shell, report, isCounts);
        return ExitCode.Success;
    }

    private void Write(LabelSetReport report, WeightFormat weights, ParseResult parsed)
    {
        if (parsed.GetValue(_json))
            JsonLine.Write(
                Shell.Output,
                json =>
                {
                    LabelSetFile.WriteProperties(json, report);
                    json.WriteString("weights", WeightsFlag.WordFor(weights));
                }
            );
        else
            LabelSetScreen.Write(Shell, report);
    }

    private void RefuseForeign(SequenceClassifier loaded, ParseResult parsed)
    {
        var foreign = loaded.Spec.MultiLabel ? _counts.Option : _separator;
        if (parsed.GetResult(foreign) is not { Implicit: false })
            return;
        throw new SettingsException(
            loaded.Spec.MultiLabel
                ? $"{foreign.Name} is of the confusion matrix, and the model gives several labels a text; leave it out."
                : $"{foreign.Name} is for a model of several labels a text, and this one gives one; leave it out."
        );
    }
}
