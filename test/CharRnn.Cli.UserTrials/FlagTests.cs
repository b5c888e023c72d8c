using System.Collections.Concurrent;

namespace CharRnn.Cli.UserTrials;

/// <summary>
/// Rules that hold for every flag of every verb: none is without effect in silence, and none takes an absurd value.
/// </summary>
public sealed class FlagTests : IDisposable
{
    /// <summary>Values that differ from the defaults and from what the verbs' command lines say.</summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["--output"] = "elsewhere",
        ["--preset"] = "gru-lm-128",
        ["classify train --preset"] = "pooled",
        ["--include"] = "*.md",
        ["--encoding"] = "bytes",
        ["--normalize"] = "nfkc",
        ["--fold"] = "ascii",
        ["--min-count"] = "3",
        ["--skip-chars"] = "7",
        ["--max-chars"] = "2000",
        ["--text-column"] = "kind",
        ["--label-column"] = "kind",
        ["--label-weights"] = "balanced",
        ["--class-weights"] = "balanced",
        ["--cell"] = "gru",
        ["--embedding-activation"] = "tanh",
        ["--head-activation"] = "tanh",
        ["--biases"] = "double",
        ["--init"] = "orthogonal",
        ["--max-time"] = "90s",
        ["--max-epochs"] = "0.1",
        ["--sampling"] = "random",
        ["--epoch-start"] = "fixed",
        ["--carry-state"] = "always",
        ["--loss-reduction"] = "sum",
        ["--optimizer"] = "sgd",
        ["--schedule"] = "constant",
        ["--val-split"] = "interleaved",
        ["--val-file"] = "other.txt",
        ["--eval-every"] = "3",
        ["--save-every"] = "3",
        ["--sample-every"] = "3",
        ["--sample-from"] = "state",
        ["--prompt"] = "the",
        ["--progress"] = "json",
        ["--replay"] = "text",
        ["--init-from"] = "text",
        ["--pooling"] = "mean",
        ["--unknown"] = "skip",
        ["--weights"] = "int8",
        ["--stop"] = "e",
        ["--label"] = "Polish",
        ["--starts"] = "AB",
        ["--classifier"] = "classifier",
        ["--corpus"] = "text.txt",
        ["--file"] = "other.txt",
        ["--model"] = "text",
        ["--text"] = "abba",
        ["--format"] = "markdown",
        ["--title"] = "A title",
        ["--sort"] = "name",
        ["--duration"] = "2ms",
        ["--presets"] = "gru-lm-128",
        ["--temperature"] = "0.4",
        ["--bidirectional"] = "false",
        ["--output-dropout"] = "0.6",
        ["--dropout"] = "0.4",
        ["--grad-clip"] = "1e-6",
        ["--grad-clip-norm"] = "1e-6",
        ["--length"] = "20",
        ["--top"] = "1",
        ["explain --optimizer"] = "adam",
        ["--host"] = "localhost",
        ["--port"] = "9000",
        ["--allow-host"] = "gpu.example",
        ["--allow-origin"] = "https://chat.example",
        ["--max-concurrency"] = "2",
        ["--max-body"] = "5000",
        ["--max-prompt"] = "500",
        ["--max-tokens"] = "500",
        ["--drain-timeout"] = "3s",
        ["--log-level"] = "debug",
        ["--unit"] = "0:3",
        ["--find"] = "space",
        ["--find-regex"] = "[bd]",
        ["--search-chars"] = "30",
        ["--chars"] = "7",
        ["--text-file"] = "other.txt",
        ["--data"] = "text",
    };

    /// <summary>Flags that may change nothing to be noticed, and why.</summary>
    private static readonly Dictionary<string, string> Unnoticed = new()
    {
        ["--no-cache"] = "it forbids files that a small text never makes",
        ["--threads"] = "the result is the same for any number: a promise",
        ["--save-every"] = "what is saved is pruned to the last and the best",
        ["data get --force"] = "an embedded text is never downloaded",
        ["eval --progress"] = "a short text is scored before there is progress to show",
        ["neurons --unknown"] = "the text has no characters that the model does not know",
        ["eval --unknown"] = "the text has no characters that the model does not know",
        ["sample --weights"] = "a few characters of a tiny model are likely the same",
        ["classify predict --weights"] = "the digits that are shown are likely the same",
        ["runs list --sort"] = "runs that were copied one after another may stand in that order already",
        ["runs delete --yes"] = "asked or not, a run is deleted",
    };

    private static readonly ConcurrentDictionary<string, string> Without = [];

    private readonly FlagGround _ground = new();

    /// <summary>Flags whose effect can be noticed. All that <c>bench</c> prints is measured, and differs each time.</summary>
    public static TheoryData<string, string> Noticeable =>
        new(
            FlagGround
                .All()
                .Where(entry =>
                    entry.Verb != "bench"
                    && !Unnoticed.ContainsKey(entry.Flag.Name)
                    && !Unnoticed.ContainsKey($"{entry.Verb} {entry.Flag.Name}")
                )
                .Select(entry => (entry.Verb, entry.Flag.Name))
        );

    /// <summary>Flags that take a value.</summary>
    public static TheoryData<string, string> WithValues =>
        new(
            FlagGround
                .All()
                .Where(entry => entry.Flag is not System.CommandLine.Option<bool>)
                .Select(entry => (entry.Verb, entry.Flag.Name))
        );

    public void Dispose() => _ground.Dispose();

    /// <summary>
    /// A flag given by hand changes something, or is refused by its name (code 2), or its name stands in a line that
    /// says that it has no effect.
    /// </summary>
    [Theory]
    [MemberData(nameof(Noticeable))]
    public void Flag_ChangesSomething_OrIsRefused_OrIsSaidToHaveNoEffect(string verb, string flag)
    {
        string[] line = FlagGround.CommandLine(verb, without: flag);
        string without = Without.GetOrAdd(verb, Noticed);
        var outcome = _ground.Run([.. line, .. WithValue(verb, flag)]);

        Assert.Contains(
            outcome.ExitCode,
            new[] { ExitCode.Success, ExitCode.Usage, ExitCode.BadInput, ExitCode.Failure }
        );
        if (outcome.ExitCode == ExitCode.Usage)
            Assert.Contains(flag, outcome.Error);
        Assert.NotEqual(without, _ground.Noticed(outcome));
    }

    /// <summary>An absurd value is refused in one line that names the flag, and leaves nothing behind.</summary>
    [Theory]
    [MemberData(nameof(WithValues))]
    public void Flag_WithAnAbsurdValue_IsRefusedInOneLine_AndNothingIsLeft(string verb, string flag)
    {
        string[] line = FlagGround.CommandLine(verb, without: flag);
        _ground.Provide(line);
        foreach (string absurd in new[] { "", "-1e999", "no/such/thing\u0001", new string('x', 5000) })
        {
            string[] before = _ground.Everything();
            var outcome = _ground.Run([.. line, $"{flag}={absurd}"]);
            if (outcome.ExitCode == ExitCode.Success)
                return;
            string error = outcome.Error.TrimEnd();
            Assert.DoesNotContain("   at ", error);
            Assert.DoesNotContain("a defect of charrnn", error);
            Assert.DoesNotContain("Exception", error);
            string last = error.Split('\n')[^1];
            Assert.StartsWith("charrnn: error: ", last);
            Assert.InRange(last.Length, 20, 600);
            Assert.Equal(before, _ground.Everything());
        }
    }

    private static string Noticed(string verb)
    {
        using var ground = new FlagGround();
        return ground.Noticed(ground.Run(FlagGround.CommandLine(verb)));
    }

    private static bool IsSwitch(string verb, string flag) =>
        FlagGround.All().First(entry => entry.Verb == verb && entry.Flag.Name == flag).Flag
        is System.CommandLine.Option<bool>;

    private static string[] WithValue(string verb, string flag)
    {
        if (IsSwitch(verb, flag) && !Values.ContainsKey(flag))
            return [flag];
        string value =
            Values.GetValueOrDefault($"{verb} {flag}")
            ?? Values.GetValueOrDefault(flag)
            ?? (flag.EndsWith("-size") || flag.StartsWith("--num") || flag.EndsWith("-steps") ? "2" : "0.3");
        return [flag, value];
    }
}
