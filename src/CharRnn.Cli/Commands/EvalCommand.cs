using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Models;
using CharRnn.Structure;
using CharRnn.Text;
using CharRnn.Text.Caching;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn eval</c>: how well a model predicts a text, read in one stream from its beginning.</summary>
internal sealed class EvalCommand : VerbCommand
{
    private const int DefaultStructureCharacters = 20_000;

    private readonly ModelArgument model = new();
    private readonly Argument<string> file = new("FILE") { Description = "The text to score." };
    private readonly Setting<bool> skipUnknown = UnknownFlag.Make();

    private readonly Setting<int?> threads = new(
        "--threads", "Worker threads; the result is the same for any number (default: as many as are useful).", null, text => SettingParser.Integer(text, 1, TrainingSettings.MostThreads), "N");
    private readonly Setting<ProgressMode> progress = ProgressFlag.Make();
    private readonly Setting<bool> noCache = CacheFlag.Make();
    private readonly Setting<bool> structure = Setting.Switch("--structure", "Measure samples of the model beside the text: brackets, quotes, environments and tags closed, real words, copied spans.");
    private readonly Setting<int> structureCharacters = new(
        "--structure-chars", $"With --structure: how many characters to sample (default: {DefaultStructureCharacters}).", DefaultStructureCharacters,
        text => SettingParser.Integer(text, 1, StructureEvaluation.MostCharacters), "N");
    private readonly Setting<ulong> seed = new("--seed", "With --structure: what the samples are drawn from (default: 1).", 1, SettingParser.Seed, "N");
    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object instead." };

    public EvalCommand(Shell shell) : base(shell, "eval", "Score a text with a model: nats and bits per character, perplexity, accuracy.")
    {
        model.AddTo(this);
        Add(file);
        Add(skipUnknown.Option);
        Add(threads.Option);
        Add(progress.Option);
        Add(noCache.Option);
        Add(structure.Option);
        Add(structureCharacters.Option);
        Add(seed.Option);
        Add(json);
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var (skip, threadCount, progressMode) = (skipUnknown.Resolve(sources).Value, threads.Resolve(sources).Value, progress.Resolve(sources).Value);
        var (isStructure, sampled, drawnFrom) = (structure.Resolve(sources).Value, structureCharacters.Resolve(sources).Value, seed.Resolve(sources).Value);
        if (!isStructure && (Option[])[structureCharacters.Option, seed.Option] is var needing && Array.Find(needing, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
            throw new SettingsException($"{given.Name} says what {structure.Option.Name} samples; give that too.");
        var path = parsed.GetRequiredValue(file);

        using var loaded = model.Load(parsed);
        using var text = Read(path, loaded, skip, noCache.Resolve(sources).Value ? null : Shell.Cache.Ids, progressMode);
        if (text.Skipped > 0)
            Shell.Terminal.Message($"characters of {path} left out, since the model's vocabulary lacks them: {Quantity.Count(text.Skipped)}");
        if (text.Unknown > 0)
            Shell.Terminal.Message($"characters of {path} read as the unknown symbol, since the model's vocabulary lacks them: {Quantity.Count(text.Unknown)}");

        using var evaluator = new Evaluator(loaded, streams: 1, threadCount ?? loaded.UsefulThreads(streams: 1));
        var start = Shell.Clock.GetTimestamp();
        var score = Score(evaluator, text.Ids, progressMode);
        var charactersPerSecond = score.Characters / Shell.Clock.GetElapsedTime(start).TotalSeconds;
        if (!double.IsFinite(score.NatsPerChar))
            throw new ModelException($"{model.FileOf(parsed)}: the model's output on this text is not a number: its weights are damaged, or training had diverged; use an earlier checkpoint.");

        var report = isStructure ? Measure(loaded, text.Ids, sampled, drawnFrom, progressMode) : null;
        if (parsed.GetValue(json))
            WriteJson(score, charactersPerSecond, report);
        else
            WriteScreen(score, charactersPerSecond, report);
        return ExitCode.Success;
    }

    private EncodedText Read(string path, LanguageModel loaded, bool skip, IdCache? cache, ProgressMode mode)
    {
        using var line = new ReadingLine(Shell, mode);
        var text = Corpus.EncodeFile(path, loaded.Vocabulary, skip, new CorpusOptions { Preparation = loaded.Preparation, Cache = cache, Progress = line, Cancellation = Shell.Interruption.Token });
        line.Tell(text.Notes, text.Hints);
        return text;
    }

    private EvaluationResult Score(Evaluator evaluator, SymbolIds ids, ProgressMode mode)
    {
        using var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock);
        return evaluator.Run(ids, new IdRange(0, ids.Length), new Reporter(line, ids.Length - 1, Shell.Clock), Shell.Interruption.Token);
    }

    private StructureReport Measure(LanguageModel loaded, SymbolIds ids, int sampled, ulong drawnFrom, ProgressMode mode)
    {
        using var line = ProgressLine.Start(Shell.Terminal, mode, Shell.Clock);
        return new(StructureEvaluation.Run(loaded, ids, sampled, drawnFrom, new StructureReporter(line), Shell.Interruption.Token));
    }

    private void WriteJson(EvaluationResult score, double charactersPerSecond, StructureReport? structured) => JsonLine.Write(Shell.Output, json =>
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
        json.WriteNumber("chars_per_sec", charactersPerSecond);
        structured?.WriteJson(json);
    });

    private void WriteScreen(EvaluationResult score, double charactersPerSecond, StructureReport? structured)
    {
        Row("characters", Quantity.Count(score.Characters));
        Row("nats/char", $"{score.NatsPerChar:0.0000}");
        Row("bits/char", $"{score.BitsPerChar:0.0000}");
        Row("perplexity", $"{score.Perplexity:0.000}");
        Row("accuracy", $"{score.Accuracy:0.0000}");
        Row("characters/s", Quantity.Count((long)charactersPerSecond));
        if (structured is null)
            return;
        Shell.Output.WriteLine();
        structured.WriteTable(Shell.Output);
    }

    private void Row(string what, FormattableString value) => Row(what, value.ToString(CultureInfo.InvariantCulture));

    private void Row(string what, string value) => Shell.Output.WriteLine($"{what,-12}  {value}");

    /// <summary>Hands the evaluator's count on to the progress line.</summary>
    private sealed class Reporter(ProgressLine line, long total, TimeProvider clock) : IProgress<long>
    {
        private readonly long start = clock.GetTimestamp();

        public void Report(long value) => line.Report(new EvalProgress(value, total, clock.GetElapsedTime(start)));
    }

    private sealed class StructureReporter(ProgressLine line) : IProgress<StructureProgress>
    {
        public void Report(StructureProgress value) => line.Report(new StructureLine(value));
    }

    private sealed record StructureLine(StructureProgress Progress) : IProgressReport
    {
        public string ToLine() =>
            $"{(Progress.IsSampling ? "writing samples" : "reading the text beside them")}: {Quantity.Count(Progress.Characters)} of {Quantity.Count(Progress.Total)} characters";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteString("phase", Progress.IsSampling ? "sampling" : "reading");
            json.WriteNumber("chars", Progress.Characters);
            json.WriteNumber("total_chars", Progress.Total);
        }
    }

    private sealed record EvalProgress(long Done, long Total, TimeSpan Elapsed) : IProgressReport
    {
        private double CharactersPerSecond => Done / Elapsed.TotalSeconds;

        public string ToLine() =>
            $"{Quantity.Count(Done)} of {Quantity.Count(Total)} characters, {Quantity.Count((long)CharactersPerSecond)}/s, {Quantity.Time((Total - Done) / (double)Done * Elapsed)} left";

        public void WriteProperties(Utf8JsonWriter json)
        {
            json.WriteNumber("chars", Done);
            json.WriteNumber("total_chars", Total);
            json.WriteNumber("chars_per_sec", CharactersPerSecond);
        }
    }
}
