// A language model of given sizes in LibTorch, through TorchSharp: training speed and one-stream sampling speed.
//
// usage: LibTorchPeer TEXT SECONDS CELL EMBEDDING HIDDEN LAYERS BATCH STEPS RESIDUAL(0|1) OPTIMIZER THREADS
//        LibTorchPeer --version
// Prints one JSON object, or LibTorch's version. Exits with 1 and one line of reason where LibTorch cannot be loaded.
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using LibTorchPeer;
using static TorchSharp.torch;

const int WarmUpSteps = 3;
const int MinSteps = 5;
const int MinSymbols = 50;
const float ClipValue = 5;

try
{
    NativeLibrary.Load("LibTorchSharp", typeof(Tensor).Assembly, searchPath: null);
}
catch (DllNotFoundException e)
{
    // What the loader says of each place that it tried is a line of its own; that of a place without the file is noise.
    Console.Error.WriteLine(e.Message.Split('\n').FirstOrDefault(line => line.Contains("version `")) ?? e.Message);
    return 1;
}

if (args is ["--version"])
{
    string wrapper = typeof(Tensor)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion;
    Console.WriteLine($"LibTorch {Version.Parse(__version__).ToString(3)} (TorchSharp {wrapper.Split('+')[0]})");
    return 0;
}

double seconds = double.Parse(args[1], CultureInfo.InvariantCulture);
int[] sizes = [.. args[3..9].Select(int.Parse)];
var spec = new NetworkSpec(args[2], sizes[0], sizes[1], sizes[2], Residual: sizes[5] == 1);
int streams = sizes[3],
    steps = sizes[4];
set_num_threads(int.Parse(args[10], CultureInfo.InvariantCulture));
random.manual_seed(1);

string text = File.ReadAllText(args[0]);
var runes = text.EnumerateRunes().ToArray();
var idOf = runes.Distinct().Order().Index().ToDictionary(pair => pair.Item, pair => (long)pair.Index);
int symbols = idOf.Count;
int span = runes.Length / streams;

// (span, B): a window is some rows of it, without a copy.
using var ids = tensor(runes.Take(span * streams).Select(rune => idOf[rune]).ToArray())
    .view(streams, span)
    .t()
    .contiguous();
using var model = new LanguageModel(spec, symbols);
using var optimizer = OptimizerOf(args[9]);

double perStep = MeasureSteps();
Console.WriteLine(
    JsonSerializer.Serialize(
        new Dictionary<string, double>
        {
            ["steps_per_sec"] = 1 / perStep,
            ["chars_per_sec"] = streams * steps / perStep,
            ["sample_chars_per_sec"] = MeasureSampling(),
        }
    )
);
return 0;

optim.Optimizer OptimizerOf(string name) =>
    name switch
    {
        "adagrad" => optim.Adagrad(model.parameters(), lr: 0.1),
        "adam" => optim.Adam(model.parameters(), lr: 2e-3),
        "rmsprop" => optim.RMSProp(model.parameters(), lr: 2e-3, alpha: 0.95),
        _ => throw new ArgumentException($"There is no optimizer '{name}'; there are adagrad, adam and rmsprop."),
    };

// Seconds of a training step: the median.
double MeasureSteps()
{
    var parameters = model.parameters().ToArray();
    var times = new List<double>();
    long position = 0;
    var total = Stopwatch.StartNew();
    for (int number = 0; times.Count < MinSteps || total.Elapsed.TotalSeconds < seconds; number++)
    {
        long start = Stopwatch.GetTimestamp();
        using (NewDisposeScope())
        {
            if (position + steps + 1 > span)
                position = 0;
            model.zero_grad(set_to_none: true);
            var (logits, _) = model.Forward(ids.narrow(0, position, steps), states: null);
            var targets = ids.narrow(0, position + 1, steps).view(-1);
            nn.functional.cross_entropy(logits.view(-1, symbols), targets).backward();
            nn.utils.clip_grad_value_(parameters, ClipValue);
            optimizer.step();
            position += steps;
        }
        if (number >= WarmUpSteps)
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        else if (number == WarmUpSteps - 1)
            total.Restart();
    }
    times.Sort();
    return times[times.Count / 2];
}

// Symbols a second that one stream writes.
double MeasureSampling()
{
    using var inference = inference_mode();
    var symbol = zeros(1, 1, dtype: ScalarType.Int64);
    BlockState[]? states = null;
    long written = 0;
    var time = Stopwatch.StartNew();
    for (; written < MinSymbols || time.Elapsed.TotalSeconds < seconds / 4; written++)
    {
        using var scope = NewDisposeScope();
        var (logits, after) = model.Forward(symbol, states);
        var drawn = multinomial(nn.functional.softmax(logits.view(1, symbols), dim: 1), 1);
        symbol.Dispose();
        symbol = drawn.DetachFromDisposeScope();
        foreach (var state in states ?? [])
            state.Dispose();
        foreach (var state in after)
            state.DetachFromScope();
        states = after;
    }
    return written / time.Elapsed.TotalSeconds;
}
