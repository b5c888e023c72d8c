using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Flags;
using CharRnn.Datasets;

namespace CharRnn.Cli.Rendering;

/// <summary>Scores of a model on a text, for people and as JSON.</summary>
/// <param name="Score">The figures.</param>
/// <param name="CharactersPerSecond">Reading speed.</param>
/// <param name="Weights">Format of the model's weights.</param>
internal sealed record EvaluationFigures(EvaluationResult Score, double CharactersPerSecond, WeightFormat Weights)
{
    /// <summary>Refuses figures that are none.</summary>
    /// <param name="modelFile">The model.</param>
    /// <exception cref="ModelException">They are not numbers.</exception>
    public void RequireNumbers(string modelFile)
    {
        if (!double.IsFinite(Score.NatsPerChar))
            RefuseNotNumbers(modelFile);
    }

    /// <summary>Refuses a model whose output is none.</summary>
    /// <exception cref="ModelException">Always.</exception>
    public static void RefuseNotNumbers(string modelFile) =>
        throw new ModelException(
            $"{modelFile}: the model's output on this text is not a number: its weights are damaged, or "
                + "training had diverged; use an earlier checkpoint."
        );

    /// <summary>Writes a row for each.</summary>
    public void WriteRows(TextWriter output)
    {
        WriteRow(output, "characters", Quantity.Count(Score.Characters));
        WriteRow(output, "nats/char", Fixed(Score.NatsPerChar, "0.0000"));
        WriteRow(output, "bits/char", Fixed(Score.BitsPerChar, "0.0000"));
        WriteRow(output, "perplexity", Fixed(Score.Perplexity, "0.000"));
        WriteRow(output, "accuracy", Fixed(Score.Accuracy, "0.0000"));
        WriteRow(output, "characters/s", Quantity.Count((long)CharactersPerSecond));
        if (Weights != WeightFormat.F32)
            WriteRow(output, "weights", WeightsFlag.WordFor(Weights));
    }

    /// <summary>Writes a row in the same columns.</summary>
    public static void WriteRow(TextWriter output, string what, string value) =>
        output.WriteLine($"{what, -12}  {value}");

    /// <summary>Writes a property for each.</summary>
    public void WriteProperties(Utf8JsonWriter json)
    {
        WriteProperties(json, Score);
        json.WriteNumber("chars_per_sec", CharactersPerSecond);
        json.WriteString("weights", WeightsFlag.WordFor(Weights));
    }

    /// <summary>Writes a property for each but the speed and the format.</summary>
    public static void WriteProperties(Utf8JsonWriter json, EvaluationResult score)
    {
        json.WriteNumber("chars", score.Characters);
        json.WriteNumber("nats_per_char", score.NatsPerChar);
        json.WriteNumber("bits_per_char", score.BitsPerChar);
        // e to a very bad score leaves the numbers that JSON has.
        if (double.IsFinite(score.Perplexity))
            json.WriteNumber("perplexity", score.Perplexity);
        else
            json.WriteNull("perplexity");
        json.WriteNumber("accuracy", score.Accuracy);
    }

    private static string Fixed(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>Shows how far the scoring of a text or of records is.</summary>
internal sealed class EvaluationLine(Shell shell, ProgressMode mode) : IProgress<EvaluationProgress>, IDisposable
{
    private readonly ProgressLine _line = ProgressLine.Start(shell.Terminal, mode, shell.Clock);
    private readonly long _begun = shell.Clock.GetTimestamp();

    public void Report(EvaluationProgress value) =>
        _line.Report(new EvaluationReport(value, shell.Clock.GetElapsedTime(_begun)));

    /// <summary>For an evaluator, which counts the characters of a text alone.</summary>
    /// <param name="total">Number of all of them.</param>
    public IProgress<long> Of(long total) => new Count(this, total);

    public void Dispose() => _line.Dispose();

    private sealed class Count(EvaluationLine shown, long total) : IProgress<long>
    {
        public void Report(long value) => shown.Report(new EvaluationProgress(value, total));
    }

    private sealed record EvaluationReport(EvaluationProgress Progress, TimeSpan Elapsed) : IProgressReport
    {
        private double CharactersPerSecond => Progress.Characters / Elapsed.TotalSeconds;

        private TimeSpan Left => (Progress.Total - Progress.Characters) / (double)Progress.Characters * Elapsed;

        public string ToLine() =>
            $"{Quantity.Count(Progress.Characters)} of {Quantity.Count(Progress.Total)} characters, "
            + $"{Quantity.Count((long)CharactersPerSecond)}/s, {Quantity.Time(Left)} left";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteNumber("chars", Progress.Characters);
            json.WriteNumber("total_chars", Progress.Total);
            json.WriteNumber("chars_per_sec", CharactersPerSecond);
        }
    }
}

/// <summary>Scores of a model on the records of each label: a table, or a list of JSON objects.</summary>
internal sealed class LabelEvaluationTable(IReadOnlyList<LabelEvaluation> labels)
{
    /// <summary>Writes a row for each label.</summary>
    public void Write(TextWriter output)
    {
        string[][] rows =
        [
            ["LABEL", "RECORDS", "CHARACTERS", "BITS/CHAR"],
            .. labels.Select(Row),
        ];
        foreach (string line in Columns.Lines(rows, wordColumns: 1))
            output.WriteLine(line);
    }

    /// <summary>Writes them as <c>per_label</c>.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray("per_label");
        foreach (var (label, records, result) in labels)
        {
            json.WriteStartObject();
            json.WriteString("label", label);
            json.WriteNumber("records", records);
            EvaluationFigures.WriteProperties(json, result);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string[] Row(LabelEvaluation label) =>
        [
            Columns.Cut(TextEscape.ForTerminal(label.Label, keepLineFeedsAndTabs: false)),
            Quantity.Count(label.Records),
            Quantity.Count(label.Result.Characters),
            label.Result.BitsPerChar.ToString("0.0000", CultureInfo.InvariantCulture),
        ];
}

/// <summary>Counts of the characters of a text that a model's vocabulary lacks.</summary>
/// <param name="Skipped">Number of characters left out.</param>
/// <param name="Unknown">Number of characters read as the unknown symbol.</param>
internal readonly record struct UnknownCharacters(long Skipped, long Unknown)
{
    /// <summary>Prints them, where there are any.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="text">Name of the text.</param>
    public void Print(Terminal terminal, string text)
    {
        if (Skipped > 0)
            terminal.Note(
                $"characters of {text} left out, since the model's vocabulary lacks them: {Quantity.Count(Skipped)}"
            );
        if (Unknown > 0)
            terminal.Note(
                $"characters of {text} read as the unknown symbol, since the model's vocabulary lacks them: "
                    + $"{Quantity.Count(Unknown)}"
            );
    }
}
