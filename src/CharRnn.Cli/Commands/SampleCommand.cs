using System.CommandLine;
using CharRnn.Cli.Rendering;
using CharRnn.Cli.Settings;
using CharRnn.Models;
using CharRnn.Sampling;
using CharRnn.Text;

namespace CharRnn.Cli.Commands;

/// <summary><c>charrnn sample</c>: writes from a model, a character at a time.</summary>
internal sealed class SampleCommand : VerbCommand
{
    private const int DefaultLength = 500;
    private static readonly SamplingOptions Defaults = new();

    private readonly ModelArgument model = new();
    private readonly SamplingSettings sampling = new();
    private readonly Setting<string> prompt = new("--prompt", "What the model reads first; nothing makes it start as after a line's end.", "", text => text, "TEXT");
    private readonly Setting<long> length = new(
        "--length", $"How many characters to write after the prompt; 0 to go on until stopped (default: {DefaultLength}).", DefaultLength,
        text => SettingParser.LongInteger(text, 0, long.MaxValue), "CHARS");
    private readonly Setting<ulong> seed = new(
        "--seed", $"What the choices are drawn from; the same seed gives the same text (default: {Defaults.Seed}).", Defaults.Seed, SettingParser.Seed, "N");
    private readonly Setting<int> samples = new(
        "--num-samples", "How many texts to write, each with draws of its own (default: 1).", 1, text => SettingParser.Integer(text, 1, int.MaxValue), "N");
    private readonly Setting<string?> stop = new("--stop", "End before this text, once the model has written it.", null, ParseStop, "TEXT");
    private readonly Setting<bool> skipUnknown = UnknownFlag.Make();
    private readonly Option<bool> noEcho = new("--no-echo") { Description = "Do not write the prompt." };

    public SampleCommand(Shell shell) : base(shell, "sample", "Write text from a model.")
    {
        model.AddTo(this);
        prompt.Option.Aliases.Add("-p");
        length.Option.Aliases.Add("-n");
        Add(prompt.Option);
        Add(length.Option);
        sampling.AddTo(this);
        Add(seed.Option);
        Add(samples.Option);
        Add(stop.Option);
        Add(skipUnknown.Option);
        Add(noEcho);
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var options = sampling.Resolve(sources) with { Seed = seed.Resolve(sources).Value };
        var (mostCharacters, count) = (length.Resolve(sources).Value, samples.Resolve(sources).Value);
        var (promptText, stopText, skip) = (prompt.Resolve(sources).Value, stop.Resolve(sources).Value, skipUnknown.Resolve(sources).Value);

        using var loaded = model.Load(parsed);
        var promptIds = Encode(promptText, loaded.Vocabulary, skip);
        var stopIds = stopText is null ? null : EncodeStop(stopText, loaded.Vocabulary);
        var generator = new TextGenerator(loaded);
        var writer = SampleWriter.Open(Shell, loaded.Vocabulary);
        try
        {
            for (var sample = 0; sample < count && !Shell.Interruption.Token.IsCancellationRequested; sample++)
            {
                if (sample > 0)
                    Shell.Terminal.Message($"sample {sample + 1} of {count}");
                if (!parsed.GetValue(noEcho))
                    writer.Write(promptIds);
                Write(generator.Ids(promptIds, options, (ulong)sample), mostCharacters, stopIds, writer);
                writer.EndSample();
            }
        }
        catch (IOException failure) when (StandardOutput.IsReaderGone(failure))
        {
            // Whoever reads has enough: sample | head.
        }

        return ExitCode.Success;
    }

    private void Write(IEnumerable<int> ids, long mostCharacters, int[]? stopIds, SampleWriter writer)
    {
        var stopAt = stopIds is null ? null : new StopText(stopIds);
        var released = new List<int>();
        long written = 0;
        foreach (var id in ids.TakeWhile(_ => !Shell.Interruption.Token.IsCancellationRequested))
        {
            released.Clear();
            if (stopAt is null)
                released.Add(id);
            else if (stopAt.Push(id, released))
                return;
            writer.Write([.. released]);
            if (++written == mostCharacters)
                break;
        }

        // It was not the text to stop at after all.
        if (stopAt is not null)
            writer.Write([.. stopAt.Held]);
    }

    private int[] Encode(string text, Vocabulary vocabulary, bool skip)
    {
        try
        {
            var ids = vocabulary.Encode(text, skip, out var skipped);
            if (skipped > 0)
                Shell.Terminal.Message($"characters of the prompt left out, since the model's vocabulary lacks them: {Quantity.Count(skipped)}");
            return ids;
        }
        catch (SettingsException failure)
        {
            throw new SettingsException($"--prompt: {failure.Message}");
        }
    }

    private static int[] EncodeStop(string text, Vocabulary vocabulary)
    {
        var ids = vocabulary.Encode(text, skipUnknown: true, out var skipped);
        return skipped == 0
            ? ids
            : throw new SettingsException($"--stop is '{text}'; the model's vocabulary lacks {skipped} of its characters, so that it would never be written. Give a text that the model can write.");
    }

    private static string ParseStop(string text) => text.Length > 0 ? text : throw new FormatException("at least one character");
}
