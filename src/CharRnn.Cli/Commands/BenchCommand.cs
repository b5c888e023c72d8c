using System.CommandLine;
using System.Text.Json;
using CharRnn.Benchmarking;
using CharRnn.Cli.Flags;
using CharRnn.Cli.Rendering;
using CharRnn.Engine;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn bench</c>: training and sampling speed of configurations on this machine, beside its processor's peak.
/// </summary>
internal sealed class BenchCommand : VerbCommand
{
    private const int DefaultVocabulary = 65;
    private const string AllPresets = "all";

    private readonly TrainFlags _flags = new();
    private readonly Setting<int> _vocabulary = new(
        "--vocabulary-size",
        $"Distinct symbols (default: {DefaultVocabulary}, tiny-shakespeare's).",
        DefaultVocabulary,
        text => SettingParser.Integer(text, 2, 1_000_000),
        "N"
    );
    private readonly Setting<TimeSpan> _duration = new(
        "--duration",
        "About how long to measure each thread count (default: 5s).",
        TimeSpan.FromSeconds(5),
        Duration.Parse,
        "TIME"
    );
    private readonly Option<string?> _presets = new("--presets")
    {
        Description =
            "Measure these configurations and print a table: some of 'charrnn presets', with commas between, "
            + $"or {AllPresets} for {DefaultNames}. Other flags hold for every one of them.",
        HelpName = $"NAME,NAME|{AllPresets}",
    };

    private readonly Option<bool> _contended = new("--contended")
    {
        Description = "Measure beside a busy loop on one core: one thread, and all of them.",
    };

    /// <summary>Flags that make a difference to a step, beside those of the network.</summary>
    private static readonly string[] StepFlags =
    [
        "--seq-length",
        "--batch-size",
        "--loss-reduction",
        "--optimizer",
        "--weight-decay",
        "--grad-clip",
        "--grad-clip-norm",
        "--seed",
        "--threads",
    ];

    private readonly Setting<ProgressMode> _progress = SharedFlags.Progress();
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print one JSON object instead, or with --presets one a line.",
    };

    public BenchCommand(Shell shell)
        : base(
            shell,
            "bench",
            "Measure how fast a configuration trains and samples here, and its share of the processor's peak."
        )
    {
        _flags.AddTo(this, flag => _flags.GroupOf(flag) == FlagGroup.Network || StepFlags.Contains(flag.Name));
        Add(FlagGroup.General, _duration.Option, _presets, _contended, _vocabulary.Option);
        Add(FlagGroup.Output, _progress.Option, _json);
        MainFlags =
        [
            "--duration",
            "--presets",
            "--contended",
            "--vocabulary-size",
            "--cell",
            "--hidden-size",
            "--num-layers",
            "--batch-size",
            "--seq-length",
            "--threads",
            "--json",
        ];
        Examples =
        [
            new("charrnn bench --hidden-size 512 --num-layers 3", "Measure a network of that size."),
            new(
                "charrnn bench --presets all --duration 3s",
                "Measure the configurations that others are compared with."
            ),
        ];
    }

    private static string DefaultNames => string.Join(", ", PresetBenchmarks.Defaults.Select(preset => preset.Name));

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (time, symbols, mode) = (
            _duration.Resolve(sources).Value,
            _vocabulary.Resolve(sources).Value,
            _progress.Resolve(sources).Value
        );
        string? names = parsed.GetValue(_presets);
        var plans = names is null
            ? [Plan(name: null, _flags.Resolve(sources))]
            : ChoosePresets(names)
                .Select(preset => Plan(preset.Name, _flags.Resolve(sources, PresetBenchmarks.SettingsOf(preset))))
                .ToList();
        var report =
            parsed.GetValue(_json) ? (IBenchReport)new BenchJson(Shell.Output)
            : names is null ? new BenchCard(Shell.Output)
            : new BenchTable(Shell.Output);
        using var competitor = parsed.GetValue(_contended) ? Occupy() : null;
        try
        {
            using var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock);
            foreach (var (place, plan) in plans.Index())
                report.Add(Measure(plan, competitor is not null, $"{place + 1} of {plans.Count}", time, line));
        }
        finally
        {
            // A long list that is stopped early has the rows measured so far.
            report.End();
        }

        return ExitCode.Success;

        BenchPlan Plan(string? name, TrainingSettings settings)
        {
            settings.Validate();
            return new(name, settings, new TrainingBenchmark(settings.ModelSpec(symbols), settings));
        }
    }

    private static List<Preset<TrainingSettings>> ChoosePresets(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names is [AllPresets])
            return [.. PresetBenchmarks.Defaults];
        if (names is [])
            throw new SettingsException(
                $"--presets is '{text}'; it needs {AllPresets}, or some of {PresetFlag.Names}, with commas between."
            );
        return [.. names.Select(name => PresetFlag.Find(name, "--presets"))];
    }

    private static BusyCore Occupy() =>
        BusyCore.TryOccupyFirst()
        ?? throw new SettingsException(
            "--contended ties a busy loop to one core, which this system does not offer; leave it out, or use Linux."
        );

    /// <summary>
    /// Measures on the threads asked for, or on one and all cores: the bits do not depend on the number, so the faster
    /// one is taken. Beside a competitor it is one thread, and those asked for or all.
    /// </summary>
    private BenchRow Measure(BenchPlan plan, bool isContended, string place, TimeSpan time, ProgressLine line)
    {
        int most = plan.Settings.Threads ?? ProcessorTopology.Current.UsefulThreads;
        int[] threadCounts =
            plan.Settings.Threads is not null && !isContended ? [most] : [.. new[] { 1, most }.Distinct()];
        TrainingBenchmarkResult[] results =
        [
            .. threadCounts.Select(threads =>
                plan.Benchmark.Run(
                    threads,
                    time,
                    new Reporter(line, plan.Preset, place, threads),
                    Shell.Interruption.Token
                )
            ),
        ];
        return isContended
            ? new(plan.Preset, plan.Settings, results[^1], results[0])
            : new(plan.Preset, plan.Settings, results.MaxBy(result => result.CharsPerSecond.Median)!);
    }

    private sealed record BenchPlan(string? Preset, TrainingSettings Settings, TrainingBenchmark Benchmark);

    /// <summary>Hands the benchmark's phases on to the progress line.</summary>
    private sealed class Reporter(ProgressLine line, string? preset, string place, int threads)
        : IProgress<BenchmarkPhase>
    {
        public void Report(BenchmarkPhase value) => line.Report(new PhaseReport(preset, place, threads, value));
    }

    private sealed record PhaseReport(string? Preset, string Place, int Threads, BenchmarkPhase Phase) : IProgressReport
    {
        private string What => Phase == BenchmarkPhase.Training ? "training" : "sampling";

        public string ToLine() =>
            $"{(Preset is null ? "" : $"{Preset} ({Place}): ")}measuring {What}, {Threads} "
            + $"thread{(Threads == 1 ? "" : "s")}";

        public void WriteProperties(Utf8JsonWriter json)
        {
            if (Preset is not null)
                json.WriteString("preset", Preset);
            json.WriteString("measuring", What);
            json.WriteNumber("threads", Threads);
        }
    }
}
