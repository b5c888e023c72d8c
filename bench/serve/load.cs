// Load on a server of CharRnn: throughput and latency by the number of clients, what a client that leaves or does not
// read costs the others, and memory over a long time.
//
//     charrnn serve runs/lstm --port 8080 --max-concurrency 512
//     dotnet run -c Release bench/serve/load.cs -- http://127.0.0.1:8080 throughput [seconds] [clients…]
//     dotnet run -c Release bench/serve/load.cs -- http://127.0.0.1:8080 leave [times]
//     dotnet run -c Release bench/serve/load.cs -- http://127.0.0.1:8080 slow [seconds]
//     dotnet run -c Release bench/serve/load.cs -- http://127.0.0.1:8080 soak PID [minutes] [clients]

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Characters = 400;
if (args.Length < 2)
{
    Console.Error.WriteLine("URL and one of throughput, leave, slow, soak are needed.");
    return 2;
}
var address = new Uri(args[0]);
using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1024 })
{
    BaseAddress = address,
    Timeout = TimeSpan.FromMinutes(5),
};
string model = await FirstModel();
switch (args[1])
{
    case "throughput":
        await Throughput(Number(2, 5), args.Length > 3 ? [.. args[3..].Select(int.Parse)] : [1, 8, 32, 64, 200]);
        break;
    case "leave":
        await Leave((int)Number(2, 50));
        break;
    case "slow":
        await Slow(Number(2, 5));
        break;
    case "soak":
        await Soak(int.Parse(args[2]), Number(3, 60), (int)Number(4, 16));
        break;
    default:
        Console.Error.WriteLine($"there is no {args[1]}.");
        return 2;
}
return 0;

async Task<string> FirstModel()
{
    using var models = JsonDocument.Parse(await http.GetStringAsync("/v1/models"));
    return models
        .RootElement.GetProperty("data")
        .EnumerateArray()
        .First(each => each.GetProperty("kind").GetString() == "language-model")
        .GetProperty("id")
        .GetString()!;
}

double Number(int index, double otherwise) => args.Length > index ? double.Parse(args[index]) : otherwise;

async Task Throughput(double seconds, int[] counts)
{
    foreach (bool isStreamed in new[] { false, true })
    {
        // What is compiled again while it runs, and connections, are not measured.
        await Run(Math.Min(8, counts.Max()), TimeSpan.FromSeconds(2), isStreamed);
        double one = 0;
        Console.WriteLine(isStreamed ? "streamed" : "unstreamed");
        Console.WriteLine("clients   chars/s   ×one   request p50   p99 ms   first character p50   p99 ms   failed");
        foreach (int clients in counts)
        {
            var load = await Run(clients, TimeSpan.FromSeconds(seconds), isStreamed);
            one = one == 0 ? load.Rate : one;
            string first = isStreamed
                ? $"{Percentile(load.Firsts, 50), 19:0.0} {Percentile(load.Firsts, 99), 8:0.0}"
                : "";
            Console.WriteLine(
                $"{clients, 7} {load.Rate, 9:#,0} {load.Rate / one, 6:0.00} {Percentile(load.Latencies, 50), 13:0.0} "
                    + $"{Percentile(load.Latencies, 99), 8:0.0} {first, 30} {load.Failures, 8}"
            );
        }
    }
}

async Task<Load> Run(int clients, TimeSpan time, bool isStreamed)
{
    long start = Stopwatch.GetTimestamp();
    var load = new Load();
    await Task.WhenAll(
        Enumerable
            .Range(0, clients)
            .Select(async client =>
            {
                for (int request = 0; Stopwatch.GetElapsedTime(start) < time; request++)
                    await One(load, seed: client * 100_000 + request, isStreamed);
            })
    );
    load.Rate = load.Written / Stopwatch.GetElapsedTime(start).TotalSeconds;
    return load;
}

async Task One(Load load, int seed, bool isStreamed)
{
    long start = Stopwatch.GetTimestamp();
    string body =
        $$"""{"model":"{{model}}","prompt":"The ","max_tokens":{{Characters}},"seed":{{seed}},"stream":{{(isStreamed ? "true" : "false")}}}""";
    using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };
    using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    if (!response.IsSuccessStatusCode)
    {
        load.Failed();
        return;
    }
    double? first = null;
    if (isStreamed)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? last = null;
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
                continue;
            first ??= Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            last = line;
        }
        if (last != "data: [DONE]")
        {
            load.Failed();
            return;
        }
    }
    else
    {
        _ = await response.Content.ReadAsByteArrayAsync();
    }
    load.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds, first, Characters);
}

async Task Leave(int times)
{
    var freed = new List<double>();
    for (int i = 0; i < times; i++)
    {
        using var client = await Open(maxTokens: 100_000);
        await client.GetStream().ReadAtLeastAsync(new byte[64], 64);
        await WaitForActive(1);
        client.Client.Close();
        long start = Stopwatch.GetTimestamp();
        await WaitForActive(0);
        freed.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
    Console.WriteLine(
        $"place free after a client has left: p50 {Percentile(freed, 50):0.0} ms, largest of {times} {freed.Max():0.0} ms"
    );
}

async Task Slow(double seconds)
{
    await Run(8, TimeSpan.FromSeconds(2), isStreamed: false);
    double before = (await Run(16, TimeSpan.FromSeconds(seconds), isStreamed: false)).Rate;
    var slow = new List<TcpClient>();
    for (int i = 0; i < 16; i++)
        slow.Add(await Open(maxTokens: 100_000));
    // Until their texts are written and wait to be read.
    await WaitForActive(0);
    var beside = await Run(16, TimeSpan.FromSeconds(seconds), isStreamed: false);
    slow.ForEach(each => each.Dispose());
    Console.WriteLine(
        $"16 clients: {before:#,0} chars/s; beside 16 that do not read {beside.Rate:#,0}, {beside.Failures} failed"
    );
}

async Task Soak(int process, double minutes, int clients)
{
    long start = Stopwatch.GetTimestamp();
    Console.WriteLine("minute   chars/s   resident MB   failed");
    for (int minute = 0; minute <= minutes; minute++)
    {
        var load = await Run(clients, TimeSpan.FromSeconds(minute == 0 ? 5 : 60), isStreamed: minute % 2 == 1);
        Console.WriteLine($"{minute, 6} {load.Rate, 9:#,0} {Resident(process), 13:0.0} {load.Failures, 8}");
    }
}

// A connection that has asked for a long text, and of which nothing is read but by the caller.
async Task<TcpClient> Open(int maxTokens)
{
    var client = new TcpClient();
    await client.ConnectAsync(address.Host, address.Port);
    string body = $$"""{"model":"{{model}}","prompt":"The ","max_tokens":{{maxTokens}},"stream":true}""";
    string request =
        $"POST /v1/completions HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {body.Length}\r\n\r\n{body}";
    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
    return client;
}

async Task WaitForActive(int count)
{
    while (true)
    {
        using var health = JsonDocument.Parse(await http.GetStringAsync("/health"));
        if (health.RootElement.GetProperty("active_generations").GetInt32() == count)
            return;
        await Task.Delay(1);
    }
}

static double Resident(int process) =>
    File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024)
        .Single();

static double Percentile(List<double> values, double percent)
{
    if (values.Count == 0)
        return double.NaN;
    values.Sort();
    return values[(int)Math.Min(values.Count - 1, values.Count * percent / 100)];
}

/// <summary>What some clients measured together.</summary>
internal sealed class Load
{
    private readonly Lock _gate = new();

    public List<double> Latencies { get; } = [];

    public List<double> Firsts { get; } = [];

    public long Written { get; private set; }

    public int Failures { get; private set; }

    public double Rate { get; set; }

    public void Add(double latency, double? first, int written)
    {
        lock (_gate)
        {
            Latencies.Add(latency);
            if (first is { } time)
                Firsts.Add(time);
            Written += written;
        }
    }

    public void Failed()
    {
        lock (_gate)
            Failures++;
    }
}
