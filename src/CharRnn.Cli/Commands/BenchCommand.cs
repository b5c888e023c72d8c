using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn bench</c>: how fast a configuration trains and writes on this machine, beside what its processor can do.</summary>
internal sealed class BenchCommand : VerbCommand
{
    private const int UsualVocabulary = 65;
    private const double BytesInMegabyte = 1e6;

    private readonly TrainFlags flags = new();
    private readonly Setting<int> vocabulary = new(
        "--vocabulary-size", $"Distinct symbols (default: {UsualVocabulary}, tiny-shakespeare's).", UsualVocabulary, text => SettingParser.Integer(text, 2, 1_000_000), "N");
    private readonly Setting<TimeSpan> duration = new("--duration", "About how long to measure each thread count (default: 5s).", TimeSpan.FromSeconds(5), Duration.Parse, "TIME");
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object instead." };

    public BenchCommand(Shell shell) : base(shell, "bench", "Measure how fast a configuration trains and samples here, and its share of the processor's peak.")
    {
        flags.AddTo(this);
        Add(vocabulary.Option);
        Add(duration.Option);
        Add(json);
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var settings = flags.Resolve(sources);
        settings.Validate();
        var spec = settings.ModelSpec(vocabulary.Resolve(sources).Value);
        var benchmark = new TrainingBenchmark(spec, settings);
        var time = duration.Resolve(sources).Value;
        var results = ThreadCounts(settings).Select(threads => benchmark.Run(threads, time, Shell.Interruption.Token)).ToList();
        var fastest = results.MaxBy(result => result.CharsPerSecond)!;
        if (parsed.GetValue(json))
            JsonLine.Write(Shell.Output, json => WriteProperties(json, settings, fastest));
        else
            WriteScreen(settings, fastest);
        return ExitCode.Success;
    }

    /// <summary>The count asked for, or one and all cores: the bits do not depend on it, so the faster one is taken.</summary>
    private static IEnumerable<int> ThreadCounts(TrainingSettings settings) =>
        settings.Threads is { } threads ? [threads] : new[] { 1, Environment.ProcessorCount }.Distinct();

    private static void WriteProperties(Utf8JsonWriter json, TrainingSettings settings, TrainingBenchmarkResult result)
    {
        json.WriteString("cell", settings.Cell);
        json.WriteNumber("hidden", settings.HiddenSize);
        json.WriteNumber("layers", settings.NumLayers);
        json.WriteNumber("batch", settings.BatchSize ?? TrainingSettings.DefaultBatchSize);
        json.WriteNumber("seq_length", settings.SeqLength ?? TrainingSettings.DefaultSeqLength);
        json.WriteNumber("threads", result.Threads);
        json.WriteNumber("params", result.Parameters);
        json.WriteNumber("ms_per_step", Math.Round(result.SecondsPerStep * 1000, 4));
        json.WriteNumber("chars_per_sec", Math.Round(result.CharsPerSecond));
        json.WriteNumber("gflops", Math.Round(result.Gflops, 1));
        json.WriteNumber("peak_gflops", Math.Round(result.PeakGflops, 1));
        json.WriteNumber("peak_fraction", Math.Round(result.PeakFraction, 3));
        json.WriteNumber("sample_chars_per_sec", Math.Round(result.SampleCharsPerSecond));
        json.WriteNumber("batch_sample_chars_per_sec", Math.Round(result.BatchSampleCharsPerSecond));
        json.WriteNumber("rss_mb", Math.Round(ResidentMegabytes(), 1));
    }

    private void WriteScreen(TrainingSettings settings, TrainingBenchmarkResult result)
    {
        var batch = settings.BatchSize ?? TrainingSettings.DefaultBatchSize;
        var steps = settings.SeqLength ?? TrainingSettings.DefaultSeqLength;
        Row("model", $"{settings.Cell} {settings.NumLayers}×{settings.HiddenSize}, {Quantity.Count(result.Parameters)} parameters; {batch} streams of {steps} steps");
        Row("threads", result.Threads.ToString(CultureInfo.InvariantCulture));
        Row("training", $"{Quantity.Count((long)result.CharsPerSecond)} characters/s, {Number(result.SecondsPerStep * 1000, "0.00")} ms a step (median)");
        Row("arithmetic", $"{Number(result.Gflops, "0.0")} GFLOP/s, {Number(result.PeakFraction, "0%")} of this machine's {Number(result.PeakGflops, "0")} GFLOP/s");
        Row("sampling", $"{Quantity.Count((long)result.SampleCharsPerSecond)} characters/s in one stream, {Quantity.Count((long)result.BatchSampleCharsPerSecond)} in 64");
        Row("memory", $"{Number(ResidentMegabytes(), "0")} MB resident");
    }

    private void Row(string what, string value) => Shell.Output.WriteLine($"{what,-10}  {value}");

    private static string Number(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);

    private static double ResidentMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / BytesInMegabyte;
    }
}
