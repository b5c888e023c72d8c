using System.Globalization;
using CharRnn.Cli.Rendering;
using CharRnn.Datasets;
using CharRnn.Evaluation;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn eval --per-line</c>: the score of each line of a text.</summary>
/// <param name="shell">The surroundings.</param>
/// <param name="model">The model.</param>
/// <param name="modelFile">Its file.</param>
/// <param name="isJson">Whether each line is a JSON object, rather than a row with tabs.</param>
internal sealed class LineScoring(Shell shell, LanguageModel model, string modelFile, bool isJson)
{
    private const string Nothing = "–";

    /// <summary>Scores a text and writes its lines; the figures of the whole go to standard error.</summary>
    /// <param name="ids">The text.</param>
    /// <param name="threads">Number of threads; null for as many as are useful.</param>
    /// <param name="mode">Display of progress.</param>
    /// <exception cref="ModelException">The model's output is not a number.</exception>
    public void Run(SymbolIds ids, int? threads, ProgressMode mode)
    {
        using var output = new OutputLines(shell);
        var lines = new LineScores(ids, model.Vocabulary, model.Preparation.Records, line => Write(line, ids, output));
        using var evaluator = new Evaluator(model, streams: 1, threads ?? model.UsefulThreads(streams: 1))
        {
            Reader = lines,
        };
        try
        {
            if (!isJson)
                output.Text.WriteLine("nats/char\tbits/char\tlog_prob\tcharacters\ttext");
            // Lines come where a live progress line would stand.
            using var progress = new EvaluationLine(shell, shell.IsOutputTerminal ? ProgressMode.None : mode);
            var score = evaluator.Run(
                ids,
                new IdRange(0, ids.Length),
                progress.Of(ids.Length - 1),
                shell.Interruption.Token
            );
            lines.End();
            output.Flush();
            shell.Terminal.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"all of it: {Quantity.Count(score.Characters)} characters, {score.NatsPerChar:0.0000} nats and "
                        + $"{score.BitsPerChar:0.0000} bits each"
                )
            );
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            // The reader of the pipe has enough: eval | head.
        }
    }

    private void Write(LineScore line, SymbolIds ids, OutputLines output)
    {
        if (!double.IsFinite(line.TotalNats))
            EvaluationFigures.RefuseNotNumbers(modelFile);
        int[] symbols = new int[line.Range.Length];
        ids.CopyTo(line.Range.Start, symbols);
        string text = model.Vocabulary.Decode(symbols);
        if (isJson)
            JsonLine.Write(
                output.Text,
                json =>
                {
                    json.WriteNumber("line", line.Number);
                    json.WriteString("text", text);
                    json.WriteNumber("characters", line.Characters);
                    json.WriteNumber("log_prob", line.LogProbability);
                    JsonLine.WriteNumber(json, "nats_per_char", line.NatsPerChar);
                    JsonLine.WriteNumber(json, "bits_per_char", line.BitsPerChar);
                }
            );
        else
            output.Text.WriteLine(
                string.Join(
                    '\t',
                    Figure(line.NatsPerChar),
                    Figure(line.BitsPerChar),
                    Figure(line.LogProbability),
                    line.Characters.ToString(CultureInfo.InvariantCulture),
                    shell.IsOutputTerminal ? TextEscape.ForTerminal(text) : text
                )
            );
        output.FlushSoon();
    }

    private static string Figure(double number) =>
        double.IsFinite(number) ? number.ToString("0.0000", CultureInfo.InvariantCulture) : Nothing;
}
