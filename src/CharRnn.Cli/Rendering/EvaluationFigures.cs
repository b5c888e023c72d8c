using System.Globalization;
using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>What a model makes of a text, for people and as JSON.</summary>
/// <param name="Score">The figures.</param>
/// <param name="CharactersPerSecond">How fast it was read.</param>
internal sealed record EvaluationFigures(EvaluationResult Score, double CharactersPerSecond)
{
    /// <summary>Refuses figures that are none.</summary>
    /// <param name="modelFile">The model.</param>
    /// <exception cref="ModelException">They are not numbers.</exception>
    public void RequireNumbers(string modelFile)
    {
        if (!double.IsFinite(Score.NatsPerChar))
            throw new ModelException(
                $"{modelFile}: the model's output on this text is not a number: its weights are damaged, or "
                    + "training had diverged; use an earlier checkpoint."
            );
    }

    /// <summary>Writes a row for each.</summary>
    public void WriteRows(TextWriter output)
    {
        WriteRow(output, "characters", Quantity.Count(Score.Characters));
        WriteRow(output, "nats/char", Fixed(Score.NatsPerChar, "0.0000"));
        WriteRow(output, "bits/char", Fixed(Score.BitsPerChar, "0.0000"));
        WriteRow(output, "perplexity", Fixed(Score.Perplexity, "0.000"));
        WriteRow(output, "accuracy", Fixed(Score.Accuracy, "0.0000"));
        WriteRow(output, "characters/s", Quantity.Count((long)CharactersPerSecond));
    }

    /// <summary>Writes a row in the same columns.</summary>
    public static void WriteRow(TextWriter output, string what, string value) =>
        output.WriteLine($"{what, -12}  {value}");

    /// <summary>Writes a property for each.</summary>
    public void WriteProperties(Utf8JsonWriter json)
    {
        WriteProperties(json, Score);
        json.WriteNumber("chars_per_sec", CharactersPerSecond);
    }

    /// <summary>Writes a property for each but the speed.</summary>
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
