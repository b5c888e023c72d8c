using System.Globalization;
using CharRnn.Benchmarking;
using CharRnn.Networks;

namespace CharRnn.Cli.Rendering;

/// <summary>One configuration with its measurements.</summary>
/// <param name="Preset">The name it was asked for by; null where it was put together from flags.</param>
/// <param name="Settings">The configuration.</param>
/// <param name="Result">The figures, of the fastest thread count.</param>
internal sealed record BenchRow(string? Preset, TrainingSettings Settings, TrainingBenchmarkResult Result)
{
    private const double BytesInMegabyte = 1e6;

    public string Model => $"{Settings.Cell} {Settings.NumLayers}×{Settings.HiddenSize}";

    public int Streams => Settings.BatchSize ?? Settings.DefaultBatchSize;

    public int Steps => Settings.SeqLength ?? Settings.DefaultSeqLength;

    public double MillisecondsPerStep => Result.SecondsPerStep * 1000;

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
                json.WriteNumber("chars_per_sec", Math.Round(result.CharsPerSecond));
                json.WriteNumber("gflops", Math.Round(result.Gflops, 1));
                json.WriteNumber("peak_gflops", Math.Round(result.PeakGflops, 1));
                json.WriteNumber("peak_fraction", Math.Round(result.PeakFraction, 3));
                json.WriteNumber("sample_chars_per_sec", Math.Round(result.SampleCharsPerSecond));
                json.WriteNumber("batch_sample_chars_per_sec", Math.Round(result.BatchSampleCharsPerSecond));
                json.WriteNumber("rss_mb", Math.Round(row.ResidentMegabytes, 1));
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
        Line(
            "training",
            $"{result.CharsPerSecond:#,0} characters/s, {row.MillisecondsPerStep:0.00} ms a step (median)"
        );
        Line(
            "arithmetic",
            $"{result.Gflops:0.0} GFLOP/s, {result.PeakFraction:0%} of this machine's {result.PeakGflops:0} GFLOP/s"
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
        "GFLOP/S",
        "PEAK",
        "SHARE",
        "SAMPLING/S",
        "64 STREAMS/S",
        "MB",
    ];

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
            Text($"{result.CharsPerSecond:#,0}"),
            Text($"{result.Gflops:0.0}"),
            Text($"{result.PeakGflops:0}"),
            Text($"{result.PeakFraction:0%}"),
            Text($"{result.SampleCharsPerSecond:#,0}"),
            Text($"{result.BatchSampleCharsPerSecond:#,0}"),
            Text($"{row.ResidentMegabytes:0}"),
        ]);
    }

    public void End()
    {
        if (_rows.Count == 0)
            return;
        foreach (string line in Columns.Lines([Head, .. _rows], WordColumns))
            output.WriteLine(line);
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
