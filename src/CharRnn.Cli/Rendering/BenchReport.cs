using System.Globalization;
using CharRnn.Benchmarking;
using CharRnn.Networks;

namespace CharRnn.Cli.Rendering;

/// <summary>One configuration with its measurements.</summary>
/// <param name="Preset">The name it was asked for by; null where it was put together from flags.</param>
/// <param name="Settings">The configuration.</param>
/// <param name="Result">The figures, of the fastest thread count; beside a competitor, of the most threads.</param>
/// <param name="BesideCompetitor">The figures of one thread beside a competitor; null without one.</param>
internal sealed record BenchRow(
    string? Preset,
    TrainingSettings Settings,
    TrainingBenchmarkResult Result,
    TrainingBenchmarkResult? BesideCompetitor = null
)
{
    private const double BytesInMegabyte = 1e6;

    public string Model => $"{Settings.Cell} {Settings.NumLayers}×{Settings.HiddenSize}";

    public int Streams => Settings.BatchSize ?? Settings.DefaultBatchSize;

    public int Steps => Settings.SeqLength ?? Settings.DefaultSeqLength;

    public double MillisecondsPerStep => Result.SecondsPerStep * 1000;

    /// <summary>How many times as fast all threads are as one, beside a competitor; null without one.</summary>
    public double? Speedup => Result.CharsPerSecond.Median / BesideCompetitor?.CharsPerSecond.Median;

    public double ResidentMegabytes => Result.ResidentBytes / BytesInMegabyte;
}

/// <summary>Output of the measurements.</summary>
internal interface IBenchReport
{
    void Add(BenchRow row);

    /// <summary>No more rows come.</summary>
    void End();
}

/// <summary>A JSON object a row, each as soon as it is measured.</summary>
internal sealed class BenchJson(TextWriter output) : IBenchReport
{
    public void Add(BenchRow row) =>
        JsonLine.Write(
            output,
            json =>
            {
                var (settings, result) = (row.Settings, row.Result);
                if (row.Preset is not null)
                    json.WriteString("preset", row.Preset);
                json.WriteString("cell", settings.Cell);
                json.WriteNumber("hidden", settings.HiddenSize);
                json.WriteNumber("layers", settings.NumLayers);
                json.WriteNumber("batch", row.Streams);
                json.WriteNumber("seq_length", row.Steps);
                json.WriteNumber("threads", result.Threads);
                json.WriteNumber("params", result.Parameters);
                json.WriteNumber("ms_per_step", Math.Round(row.MillisecondsPerStep, 4));
                json.WriteNumber("chars_per_sec", Math.Round(result.CharsPerSecond.Median));
                json.WriteNumber("chars_per_sec_min", Math.Round(result.CharsPerSecond.Min));
                json.WriteNumber("chars_per_sec_max", Math.Round(result.CharsPerSecond.Max));
                json.WriteNumber("gflops", Math.Round(result.Gflops, 1));
                json.WriteNumber("peak_gflops", Math.Round(result.PeakGflops, 1));
                json.WriteNumber("peak_fraction", Math.Round(result.PeakFraction.Median, 3));
                json.WriteNumber("peak_fraction_min", Math.Round(result.PeakFraction.Min, 3));
                json.WriteNumber("peak_fraction_max", Math.Round(result.PeakFraction.Max, 3));
                json.WriteNumber("sample_chars_per_sec", Math.Round(result.SampleCharsPerSecond));
                json.WriteNumber("batch_sample_chars_per_sec", Math.Round(result.BatchSampleCharsPerSecond));
                json.WriteNumber("rss_mb", Math.Round(row.ResidentMegabytes, 1));
                if (row.BesideCompetitor is not { } one)
                    return;
                json.WriteBoolean("contended", true);
                json.WriteNumber("one_thread_chars_per_sec", Math.Round(one.CharsPerSecond.Median));
                json.WriteNumber("speedup", Math.Round(row.Speedup!.Value, 3));
            }
        );

    public void End() { }
}

/// <summary>A few lines on the one configuration.</summary>
internal sealed class BenchCard(TextWriter output) : IBenchReport
{
    public void Add(BenchRow row)
    {
        var result = row.Result;
        Line(
            "model",
            $"{row.Model}, {result.Parameters:#,0} parameters; {Streams(row)} of {Quantity.Count(row.Steps, "step")}"
        );
        Line("threads", $"{result.Threads}");
        var (speed, share) = (result.CharsPerSecond, result.PeakFraction);
        Line(
            "training",
            $"{speed.Median:#,0} characters/s ({speed.Min:#,0} to {speed.Max:#,0}), {row.MillisecondsPerStep:0.00} ms a step"
        );
        if (row.BesideCompetitor is { } one)
            Line(
                "contended",
                $"beside a busy loop on one core: {row.Speedup:0.00} times one thread's {one.CharsPerSecond.Median:#,0}"
            );
        Line(
            "arithmetic",
            $"{result.Gflops:0.0} of {result.PeakGflops:0} GFLOP/s: {share.Median:0%} ({share.Min:0%} to {share.Max:0%})"
        );
        Line(
            "sampling",
            $"{result.SampleCharsPerSecond:#,0} characters/s in one stream, {result.BatchSampleCharsPerSecond:#,0} in 64"
        );
        Line("memory", $"{row.ResidentMegabytes:0} MB resident");
    }

    public void End() { }

    private static string Streams(BenchRow row) => Quantity.Count(row.Streams, "stream");

    private void Line(string what, FormattableString value) =>
        output.WriteLine($"{what, -10}  {value.ToString(CultureInfo.InvariantCulture)}");
}

/// <summary>A row a configuration.</summary>
internal sealed class BenchTable(TextWriter output) : IBenchReport
{
    private static readonly string[] Head =
    [
        "PRESET",
        "MODEL",
        "WINDOW",
        "THREADS",
        "PARAMETERS",
        "MS A STEP",
        "CHARACTERS/S",
        "MIN",
        "MAX",
        "GFLOP/S",
        "PEAK",
        "SHARE",
        "MIN",
        "MAX",
        "SAMPLING/S",
        "64 STREAMS/S",
        "MB",
    ];

    // Beside a competitor.
    private const string SpeedupHead = "SPEEDUP";

    // Words are aligned left, numbers right.
    private const int WordColumns = 3;

    private readonly List<string[]> _rows = [];

    public void Add(BenchRow row)
    {
        var result = row.Result;
        _rows.Add([
            row.Preset ?? "",
            row.Model,
            $"{row.Streams}×{row.Steps}",
            Text($"{result.Threads}"),
            Text($"{result.Parameters:#,0}"),
            Text($"{row.MillisecondsPerStep:0.00}"),
            Text($"{result.CharsPerSecond.Median:#,0}"),
            Text($"{result.CharsPerSecond.Min:#,0}"),
            Text($"{result.CharsPerSecond.Max:#,0}"),
            Text($"{result.Gflops:0.0}"),
            Text($"{result.PeakGflops:0}"),
            Text($"{result.PeakFraction.Median:0%}"),
            Text($"{result.PeakFraction.Min:0%}"),
            Text($"{result.PeakFraction.Max:0%}"),
            Text($"{result.SampleCharsPerSecond:#,0}"),
            Text($"{result.BatchSampleCharsPerSecond:#,0}"),
            Text($"{row.ResidentMegabytes:0}"),
            .. row.Speedup is { } speedup ? [Text($"{speedup:0.00}")] : Array.Empty<string>(),
        ]);
    }

    public void End()
    {
        if (_rows.Count == 0)
            return;
        string[] head = _rows[0].Length > Head.Length ? [.. Head, SpeedupHead] : Head;
        foreach (string line in Columns.Lines([head, .. _rows], WordColumns))
            output.WriteLine(line);
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
