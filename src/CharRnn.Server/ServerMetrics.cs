using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CharRnn.Server;

/// <summary>
/// Measurements of the server, under OpenTelemetry's names for generative models where it has them. A token is a
/// character.
/// </summary>
internal sealed class ServerMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CharRnn.Server";

    private static readonly double[] Seconds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _promptCharacters,
        _writtenCharacters,
        _steps,
        _stepped,
        _refused;
    private readonly Histogram<double> _firstCharacter,
        _request;

    /// <summary>Makes the instruments.</summary>
    public ServerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _active = meter.CreateUpDownCounter<int>("charrnn.requests.active", "{request}", "Requests being answered.");
        _promptCharacters = meter.CreateCounter<long>("charrnn.prompt.characters", "{character}", "Characters read.");
        _writtenCharacters = meter.CreateCounter<long>(
            "charrnn.written.characters",
            "{character}",
            "Characters written."
        );
        _steps = meter.CreateCounter<long>("charrnn.batch.steps", "{step}", "Steps of batches.");
        _stepped = meter.CreateCounter<long>(
            "charrnn.batch.generations",
            "{generation}",
            "Generations over all steps of batches; a step's average batch is this by that."
        );
        _refused = meter.CreateCounter<long>("charrnn.requests.refused", "{request}", "Requests refused, by status.");
        _firstCharacter = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token",
            "s",
            "Time to the first character of a stream.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds }
        );
        _request = meter.CreateHistogram(
            "gen_ai.server.request.duration",
            "s",
            "Time to answer a request for text.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds }
        );
    }

    /// <summary>A request is being answered, until the result is disposed of.</summary>
    public void Began() => _active.Add(1);

    /// <summary>A request was answered.</summary>
    public void Ended() => _active.Add(-1);

    /// <summary>A batch made a step.</summary>
    /// <param name="generations">Generations that go on.</param>
    public void Stepped(int generations)
    {
        _steps.Add(1);
        _stepped.Add(generations);
    }

    /// <summary>A request was refused.</summary>
    public void Refused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>The first character of a stream was sent.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">When its request came, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    public void SentFirst(string model, long start) =>
        _firstCharacter.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, OfModel(model));

    /// <summary>A request for text was answered.</summary>
    /// <param name="model">The model.</param>
    /// <param name="start">When it came.</param>
    /// <param name="read">Characters of its prompts.</param>
    /// <param name="written">Characters written.</param>
    public void Answered(string model, long start, int read, int written)
    {
        _promptCharacters.Add(read, OfModel(model));
        _writtenCharacters.Add(written, OfModel(model));
        _request.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, OfModel(model));
    }

    private static KeyValuePair<string, object?> OfModel(string model) => new("gen_ai.request.model", model);
}
