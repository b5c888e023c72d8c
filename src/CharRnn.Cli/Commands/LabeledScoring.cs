using System.CommandLine;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.TextFiles;
using CharRnn.Datasets;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>Options of scoring labelled records.</summary>
/// <param name="Named">Data as they were named.</param>
/// <param name="SkipUnknown">Whether characters that the model does not know are left out.</param>
/// <param name="Threads">Number of threads; null for as many as are useful.</param>
/// <param name="Progress">Display of progress.</param>
/// <param name="IsJson">Whether the figures are written as JSON.</param>
/// <param name="Charset">The encoding of files; null for UTF-8.</param>
internal sealed record LabeledScoringOrder(
    string Named,
    bool SkipUnknown,
    int? Threads,
    ProgressMode Progress,
    bool IsJson,
    string? Charset
);

/// <summary><c>charrnn eval</c> of labelled records: all figures of them together, and a table by label.</summary>
internal sealed class LabeledScoring(Shell shell)
{
    private readonly LabeledColumnFlags _columns = new();

    /// <summary>Gives the verb the flags.</summary>
    public void AddTo(VerbCommand verb) => _columns.AddTo(verb);

    /// <summary>The columns asked for.</summary>
    public LabeledColumns ColumnsOf(SettingSources sources) => _columns.Resolve(sources);

    /// <summary>
    /// Whether the named data are read as labelled records: always for a model with labels. A model of records without
    /// labels takes a folder, a corpus by name or a table with labels for them, and any other file for a text with a record
    /// on each line.
    /// </summary>
    public bool IsOf(IReadOnlyList<string> named, LanguageModel model, string modelFile, SettingSources sources)
    {
        if (model.Labels.Count > 0)
            return true;
        if (!model.Preparation.Records || named is not [var only] || StreamedText.Is(only))
            return false;
        if (!CorpusNames.IsPath(only) && EmbeddedDatasets.Find(only) is { } embedded)
            return embedded.IsFolder;
        string path = new CorpusNames(shell).PathOf(only);
        if (!File.Exists(path))
            return true;
        var asked = _columns.Resolve(sources);
        return (Table.Is(path) || asked.SaysTable)
            && (
                asked.Label.IsExplicit
                || LearntLabeledRecords(modelFile)
                || (asked.Text.IsExplicit && !asked.AsksForTexts)
            );
    }

    /// <summary>Scores the records and writes the figures.</summary>
    /// <exception cref="CorpusException">
    /// They are not such data, or the model does not know a label or a character.
    /// </exception>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public void Run(LabeledScoringOrder order, LanguageModel model, string modelFile, SettingSources sources)
    {
        var preparation = model.Preparation.ForOtherTexts() with { Records = false, Charset = order.Charset };
        var records = new LabeledData(shell).Load(
            order.Named,
            _columns.Resolve(sources),
            preparation,
            LabeledPurpose.Scoring
        );
        long begun = shell.Clock.GetTimestamp();
        var evaluation = Score(order, model, records);
        var figures = new EvaluationFigures(
            evaluation.Result,
            evaluation.Result.Characters / shell.Clock.GetElapsedTime(begun).TotalSeconds,
            model.WeightFormat
        );
        figures.RequireNumbers(modelFile);
        Print(evaluation, records, model);
        if (order.IsJson)
            WriteJson(evaluation, figures);
        else
            WriteScreen(evaluation, figures);
    }

    private static bool LearntLabeledRecords(string modelFile) =>
        RunFolder.OfModel(modelFile) is { } run
        && RunConfiguration.Parse(run.ReadConfig(), run.ConfigPath).Corpus.Labels is not null;

    private LabeledEvaluation Score(LabeledScoringOrder order, LanguageModel model, LabeledRecords records)
    {
        using var line = new EvaluationLine(shell, order.Progress);
        return LabeledEvaluation.Of(model, records, order.SkipUnknown, order.Threads, line, shell.Interruption.Token);
    }

    private void Print(LabeledEvaluation evaluation, LabeledRecords records, LanguageModel model)
    {
        new UnknownCharacters(evaluation.Skipped, evaluation.Unknown).Print(shell.Terminal, records.Name);
        if (evaluation.Emptied > 0)
            shell.Terminal.Note(
                $"records of {records.Name} left out, since nothing was left of them: "
                    + $"{Quantity.Count(evaluation.Emptied)}"
            );
        if (model.Provenance.GetValueOrDefault(RunConfiguration.CorpusHashKey) == records.Sha256)
            shell.Terminal.Note(
                $"{records.Name} is what the model was trained on: these are not figures of records that are new to it."
            );
    }

    private void WriteJson(LabeledEvaluation evaluation, EvaluationFigures figures) =>
        JsonLine.Write(
            shell.Output,
            json =>
            {
                json.WriteNumber("records", evaluation.Records);
                figures.WriteProperties(json);
                new LabelEvaluationTable(evaluation.ByLabel).WriteJson(json);
            }
        );

    private void WriteScreen(LabeledEvaluation evaluation, EvaluationFigures figures)
    {
        EvaluationFigures.WriteRow(shell.Output, "records", Quantity.Count(evaluation.Records));
        figures.WriteRows(shell.Output);
        shell.Output.WriteLine();
        new LabelEvaluationTable(evaluation.ByLabel).Write(shell.Output);
    }
}
