using System.CommandLine;
using System.Globalization;
using System.Net;
using CharRnn.Cli.Flags;
using CharRnn.Training;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn serve</c>: serves models over HTTP. The server is a program of its own (<see cref="ServerHost"/>), so
/// that no other verb waits for ASP.NET Core; what is wrong with flags and models is said before it is started.
/// </summary>
internal sealed class ServeCommand : VerbCommand
{
    private const int MaxPort = 65535,
        MaxTexts = 100_000;

    private readonly Argument<string[]> _models = new("MODEL")
    {
        Description =
            "Run folders or .safetensors files, of language models or classifiers; each under its own name, or under "
            + "another as NAME=PATH.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Setting<string> _host = new(
        "--host",
        $"Address to listen on; one that other machines can reach needs a key (default: {IPAddress.Loopback}).",
        IPAddress.Loopback.ToString(),
        ListenAddress.Parse,
        "ADDRESS"
    );
    private readonly Setting<int> _port = Integer("--port", "Port; 0 for a free one", 8080, 0, MaxPort);
    private readonly Setting<string?> _key = new(
        "--api-key",
        "Key that clients must send. Others can read command lines: rather set CHARRNN_API_KEY (default: none).",
        null,
        text => text.Length > 0 ? text : throw new FormatException("a key; leave it out to serve without one"),
        "KEY"
    );
    private readonly Setting<IReadOnlyList<string>> _allowedHosts = Setting.List(
        "--allow-host",
        "Hosts beside this machine's own that requests may name, or * for any; may be repeated.",
        [],
        "NAME"
    );
    private readonly Setting<IReadOnlyList<string>> _allowedOrigins = Setting.List(
        "--allow-origin",
        "Origins of web pages that may use the server, such as https://chat.example; may be repeated.",
        [],
        "ORIGIN"
    );
    private readonly Setting<int> _maxConcurrency = Integer(
        "--max-concurrency",
        "Max number of texts that are written at once",
        256,
        1,
        MaxTexts
    );
    private readonly Setting<long> _maxBody = new(
        "--max-body",
        "Max size of a request in bytes (default: 1048576, 1 MiB).",
        1 << 20,
        text => SettingParser.LongInteger(text, 1, int.MaxValue),
        "BYTES"
    );
    private readonly Setting<int> _maxPrompt = Integer(
        "--max-prompt",
        "Max number of characters of a prompt or a text",
        100_000,
        1,
        int.MaxValue,
        "CHARS"
    );
    private readonly Setting<int> _maxTokens = Integer(
        "--max-tokens",
        "Max number of characters that a request may have written",
        100_000,
        1,
        int.MaxValue
    );
    private readonly Setting<int?> _threads = new(
        "--threads",
        "Threads that write texts, each for a share of the clients (default: as many as there are processors).",
        null,
        text => SettingParser.Integer(text, 1, TrainingSettings.MaxThreads),
        "N"
    );
    private readonly Setting<WeightFormat> _weights = WeightsFlag.Create();
    private readonly Setting<bool> _skipUnknown = SharedFlags.SkipUnknown();
    private readonly Setting<TimeSpan> _drainTimeout = new(
        "--drain-timeout",
        "Time that requests have to end once the server is asked to stop (default: 30s).",
        TimeSpan.FromSeconds(30),
        Duration.Parse,
        "TIME"
    );
    private readonly Setting<string> _logLevel = new(
        "--log-level",
        "What the server tells on standard error (default: warning).",
        "Warning",
        text =>
            SettingParser.Choice(
                text,
                ("none", "None"),
                ("error", "Error"),
                ("warning", "Warning"),
                ("information", "Information"),
                ("debug", "Debug")
            ),
        "none|error|warning|information|debug"
    );

    public ServeCommand(Shell shell)
        : base(shell, "serve", "Serve models over HTTP, to OpenAI's clients and others, until it is stopped.")
    {
        Add(_models);
        Add(FlagGroup.General, _host.Option, _port.Option, _threads.Option, _skipUnknown.Option);
        Add(FlagGroup.General, _weights.Option, _drainTimeout.Option, _logLevel.Option);
        Add(FlagGroup.Access, _key.Option, _allowedHosts.Option, _allowedOrigins.Option);
        Add(FlagGroup.Limits, _maxConcurrency.Option, _maxBody.Option, _maxPrompt.Option, _maxTokens.Option);
        MainFlags =
        [
            "--host",
            "--port",
            "--api-key",
            "--allow-host",
            "--allow-origin",
            "--max-concurrency",
            "--threads",
            "--weights",
            "--unknown",
            "--log-level",
        ];
        Examples =
        [
            new("charrnn serve runs/dragons-001", "Serve a model to programs on this machine."),
            new(
                "charrnn serve dragons=runs/dragons-001 names=runs/names-001 --port 9000",
                "Serve a language model and a classifier under names of one's own."
            ),
            new(
                "CHARRNN_API_KEY=$(cat key) charrnn serve runs/dragons-001 --host 0.0.0.0 --allow-host gpu.example",
                "Serve other machines too, to whoever has the key."
            ),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        var options = new ServeOptions
        {
            Host = _host.Resolve(sources).Value,
            Port = _port.Resolve(sources).Value,
            ApiKey = _key.Resolve(sources).Value,
            AllowedHosts = _allowedHosts.Resolve(sources).Value,
            AllowedOrigins = _allowedOrigins.Resolve(sources).Value,
            MaxConcurrency = _maxConcurrency.Resolve(sources).Value,
            MaxBodyBytes = _maxBody.Resolve(sources).Value,
            MaxPromptLength = _maxPrompt.Resolve(sources).Value,
            MaxTokens = _maxTokens.Resolve(sources).Value,
            Threads = _threads.Resolve(sources).Value,
            Weights = _weights.Resolve(sources).Value,
            SkipUnknown = _skipUnknown.Resolve(sources).Value,
            DrainTimeout = _drainTimeout.Resolve(sources).Value,
            LogLevel = _logLevel.Resolve(sources).Value,
            Models = [],
        };
        options.Validate();
        options = options with { Models = ServedModel.Find(parsed.GetRequiredValue(_models)) };
        var start = ServerHost.Find(Shell.HostFolder, Shell.RuntimeFolder).Start(options);
        // From here on signals are the server's.
        Shell.Interruption.StopWatching();
        Shell.Interruption.Token.ThrowIfCancellationRequested();
        Shell.Output.Flush();
        Shell.Terminal.Writer.Flush();
        return Shell.RunInstead(start);
    }

    private static Setting<int> Integer(
        string flag,
        string description,
        int fallback,
        int least,
        int most,
        string valueName = "N"
    ) =>
        new(
            flag,
            string.Create(CultureInfo.InvariantCulture, $"{description} (default: {fallback})."),
            fallback,
            text => SettingParser.Integer(text, least, most),
            valueName
        );
}
