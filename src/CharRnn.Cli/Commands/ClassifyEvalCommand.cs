using System.CommandLine;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Evaluation;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn classify eval</c>: how well a classifier tells the records of a data set apart.</summary>
internal sealed class ClassifyEvalCommand : VerbCommand
{
    private readonly ModelArgument model = new();
    private readonly Argument<string> data = new("DATA")
    {
        Description =
            "A folder with one file for each label and one text a line, a .tsv or .csv file with a header, or a name from 'charrnn data list'.",
    };
    private readonly LabeledColumnFlags columns = new();
    private readonly Setting<bool> counts = Setting.Switch(
        "--counts",
        "Show the confusion matrix as counts, rather than in percent of its rows."
    );
    private readonly Setting<int> threads = ClassifyThreads.Make();
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object instead." };

    public ClassifyEvalCommand(Shell shell)
        : base(shell, "eval", "Score a classifier on labelled texts: accuracy, F1, confusion matrix, mistakes.")
    {
        model.AddTo(this);
        Add(data);
        columns.AddTo(this);
        Add(counts.Option);
        Add(threads.Option);
        Add(json);
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (isCounts, threadCount, columnsOf) = (
            counts.Resolve(sources).Value,
            threads.Resolve(sources).Value,
            columns.Resolve(sources)
        );
        using var loaded = model.LoadClassifier(parsed);
        var records = new LabeledData(Shell).Load(
            parsed.GetRequiredValue(data),
            columnsOf,
            loaded.Preparation,
            LabeledPurpose.Scoring
        );
        var report = Score(loaded, records, threadCount);
        if (parsed.GetValue(json))
            JsonLine.Write(Shell.Output, json => ClassificationFile.WriteProperties(json, report));
        else
            ClassificationScreen.Write(Shell, report, isCounts);
        return ExitCode.Success;
    }

    private static ClassificationReport Score(SequenceClassifier loaded, LabeledRecords records, int threadCount)
    {
        string[] texts = [.. records.Records.Select(record => record.Text)];
        int[] trueLabels = records.LabelIdsIn(loaded.Labels);
        return ClassificationReport.Of(
            loaded.Labels,
            texts,
            trueLabels,
            loaded.Predict(texts, threadCount),
            accuracyCeiling: records.AccuracyCeiling
        );
    }
}
