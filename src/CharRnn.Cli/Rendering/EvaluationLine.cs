using System.Text.Json;

namespace CharRnn.Cli.Rendering;

/// <summary>Shows how far the scoring of a text or of records is.</summary>
internal sealed class EvaluationLine(Shell shell, ProgressMode mode) : IProgress<EvaluationProgress>, IDisposable
{
    private readonly ProgressLine _line = ProgressLine.Start(shell.Terminal, mode, shell.Clock);
    private readonly long _begun = shell.Clock.GetTimestamp();

    public void Report(EvaluationProgress value) =>
        _line.Report(new EvaluationReport(value, shell.Clock.GetElapsedTime(_begun)));

    /// <summary>For an evaluator, which counts the characters of a text alone.</summary>
    /// <param name="total">How many there are.</param>
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
