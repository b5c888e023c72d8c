using System.Diagnostics;
using System.Globalization;
using System.Text;
using CharRnn.Engine;

namespace CharRnn.Tests;

/// <summary>
/// samples/min-char-rnn.cs, run as a reader runs it, with an empty package folder and no network, against the twin of
/// min-char-rnn. At rate 0.1 training is chaotic (see <see cref="MinCharRnnTests"/>): there the first figure is
/// compared, and a late one on the chain of characters.
/// </summary>
public sealed class MinCharRnnSampleTests : IDisposable
{
    private const string Asked = "CHARRNN_BUILD_SAMPLE",
        SampleName = "min-char-rnn.cs",
        Rule = "----\n";
    private const int SampleLength = 200,
        SampleEvery = 100;

    // Far longer than it takes on a busy machine; what hangs is killed then, and fails by its exit code.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly MinCharRnnTrace _trace = MinCharRnnTrace.Load();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FromTheRepository_ItPrintsWhatMinCharRnnPrints_AndLearnsAsTheTwinDoes()
    {
        SkipUnlessAsked();
        int iterations = LongTests.Samples(4001, byDefault: 1001);
        const double LateTolerance = 0.05;
        string text = new([.. _trace.ChainIds.Select(id => Characters()[id])]);
        File.WriteAllText(_folder.File("chain.txt"), text);

        string output = await RunAsync(
            Repository(),
            Path.Combine("samples", SampleName),
            "--",
            _folder.File("chain.txt"),
            $"{iterations}",
            $"{_trace.Seed}"
        );

        var screen = new Screen(output);
        screen.Expect($"data has {text.Length} characters, {_trace.Vocabulary} unique.\n");
        for (int iteration = 0; iteration < iterations; iteration += SampleEvery)
        {
            screen.Expect(Rule);
            Assert.All(screen.Take(SampleLength), character => Assert.Contains(character, Characters()));
            screen.Expect($"\n{Rule}iter {iteration}, loss: ");
            double smoothed = screen.TakeNumber();
            double expected = MinCharRnnTwin.Late.At(iteration).Smoothed;
            if (iteration == 0)
                Assert.Equal(expected, smoothed, tolerance: 1e-6);
            if (iteration == iterations - 1)
                Assert.Equal(expected, smoothed, tolerance: LateTolerance * expected);
        }
        screen.ExpectEnd();
    }

    [Fact]
    public async Task CopiedElsewhere_WithOtherHyperParameters_ItFollowsTheTwin()
    {
        SkipUnlessAsked();
        string sample = File.ReadAllText(Path.Combine(Repository(), "samples", SampleName));
        // The rate becomes an argument, so that the copy need be compiled only once.
        sample = Replace(
            sample,
            "const double learningRate = 0.1;",
            "double learningRate = double.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture);"
        );
        sample = Replace(sample, $"sampleEvery = {SampleEvery};", "sampleEvery = 1;");
        sample = Replace(sample, $"sampleLength = {SampleLength};", "sampleLength = 1;");
        sample = Replace(sample, "{smoothedLoss:F6}", "{smoothedLoss:R}");
        File.WriteAllText(_folder.File(SampleName), sample);
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "Fixtures", "min_char_rnn_text.txt"),
            _folder.File("text.txt")
        );

        await AssertFollowsTheTwinAsync(MinCharRnnTwin.Fast, _trace.Fast.LearningRate, iterations: 5);
        await AssertFollowsTheTwinAsync(MinCharRnnTwin.Slow, _trace.Slow.LearningRate, iterations: 600);
    }

    private static void SkipUnlessAsked() =>
        Assert.SkipUnless(
            LongTests.AreAsked || Environment.GetEnvironmentVariable(Asked) == "1",
            $"building the sample takes long: it is built where {Asked} is 1, as in .ci/run"
        );

    private async Task AssertFollowsTheTwinAsync(MinCharRnnTwin twin, double learningRate, int iterations)
    {
        string output = await RunAsync(
            _folder.Path,
            SampleName,
            "--",
            "text.txt",
            $"{iterations}",
            $"{_trace.Seed}",
            learningRate.ToString(CultureInfo.InvariantCulture)
        );

        double[] smoothed =
        [
            .. output
                .Split('\n')
                .Where(line => line.StartsWith("iter "))
                .Select(line => double.Parse(line.Split(": ")[1], CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(iterations, smoothed.Length);
        double before = twin.InitialSmoothedLoss;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            var (_, loss, smoothedLoss) = twin.At(iteration);
            AssertRelative(loss, (smoothed[iteration] - 0.999 * before) / 0.001, $"loss at {iteration}");
            AssertRelative(smoothedLoss, smoothed[iteration], $"smoothed loss at {iteration}");
            before = smoothed[iteration];
        }
    }

    [Fact]
    public void HowItWorks_QuotesTheSampleAsItIs()
    {
        string[] sample = File.ReadAllLines(Path.Combine(Repository(), "samples", SampleName));
        string[] page = File.ReadAllLines(Path.Combine(Repository(), "docs", "how-it-works.md"));
        string[] quoted = [.. page.SkipWhile(line => line != "```csharp")];
        int quotes = 0;
        while (quoted.Length > 0)
        {
            string[] quote = [.. quoted.Skip(1).TakeWhile(line => line != "```")];
            Assert.True(
                sample
                    .Select((_, start) => sample.Skip(start).Take(quote.Length))
                    .Any(lines => lines.SequenceEqual(quote)),
                $"not in the sample:\n{string.Join('\n', quote)}"
            );
            quotes++;
            quoted = [.. quoted.Skip(quote.Length + 1).SkipWhile(line => line != "```csharp")];
        }
        Assert.InRange(quotes, 10, int.MaxValue);
    }

    private static void AssertRelative(double expected, double actual, string what) =>
        Assert.True(
            Math.Abs(actual - expected) <= 1e-9 * expected,
            $"{what} is {actual:R}; the twin's is {expected:R}"
        );

    private static string Replace(string text, string old, string fresh)
    {
        Assert.Contains(old, text);
        return text.Replace(old, fresh);
    }

    private static char[] Characters() =>
        [
            .. File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "min_char_rnn_text.txt"))
                .Distinct()
                .Order(),
        ];

    /// <summary>The folder that holds the solution.</summary>
    private static string Repository()
    {
        string path = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(path, "CharRnn.slnx")))
            path = Path.GetDirectoryName(path)!;
        return path;
    }

    /// <summary><c>dotnet run</c> in a folder; gives standard output, with line feeds alone.</summary>
    private async Task<string> RunAsync(string where, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["run", .. arguments])
        {
            WorkingDirectory = where,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // Nothing is left behind, and nothing can be restored.
        foreach (string variable in new[] { "XDG_DATA_HOME", "DOTNET_CLI_HOME", "NUGET_PACKAGES" })
            start.Environment[variable] = _folder.File(variable);
        foreach (string variable in new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY" })
            start.Environment[variable] = "http://127.0.0.1:9";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        using var process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        using var ending = patience.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet run ended with {process.ExitCode}:\n{await error}\n{await output}");
        return (await output).ReplaceLineEndings("\n");
    }

    /// <summary>What was printed, read from its beginning.</summary>
    private sealed class Screen(string text)
    {
        private int _position;

        public void Expect(string expected) => Assert.Equal(expected, Take(expected.Length));

        public string Take(int length)
        {
            Assert.True(
                _position + length <= text.Length,
                $"the output ends too soon: …{text[Math.Max(0, text.Length - SampleLength)..]}"
            );
            _position += length;
            return text[(_position - length).._position];
        }

        public double TakeNumber()
        {
            int end = text.IndexOf('\n', _position);
            double number = double.Parse(text[_position..end], CultureInfo.InvariantCulture);
            _position = end + 1;
            return number;
        }

        public void ExpectEnd() => Assert.Equal(text.Length, _position);
    }
}
