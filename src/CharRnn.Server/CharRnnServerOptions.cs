using CharRnn.Checkpoints;

namespace CharRnn.Server;

/// <summary>
/// Options of a server: the models, and the limits of what a client may ask. In an application of one's own they are
/// set in <c>AddCharRnn</c>; the host of <c>charrnn serve</c> binds them from the section <c>CharRnn</c> of its
/// configuration.
/// </summary>
public sealed class CharRnnServerOptions
{
    private static readonly TimeSpan MaxDrainTimeout = TimeSpan.FromDays(1);

    /// <summary>
    /// The models: run folders or safetensors files, each under its own name, or under another as <c>NAME=PATH</c>.
    /// </summary>
    public IList<string> Models { get; } = [];

    /// <summary>The key that clients must send as <c>Authorization: Bearer …</c>; null, the default, for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Hosts, beside those of loopback, that a request's <c>Host</c> header may name; <c>*</c> for any. Others are
    /// refused, so that no page of the web reaches the server through a name of its own (DNS rebinding).
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Origins of pages, beside the server's own, that may use it from a browser: <c>https://chat.example</c>. None by
    /// default.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Max number of texts that are generated at once; more are answered with 429. Default 256.</summary>
    public int MaxConcurrency { get; set; } = 256;

    /// <summary>Max number of bytes of a request's body; more are answered with 413. Default 1 MiB.</summary>
    public long MaxBodyBytes { get; set; } = 1 << 20;

    /// <summary>Max number of characters of a prompt or a text. Default 100,000.</summary>
    public int MaxPromptLength { get; set; } = 100_000;

    /// <summary>Max number of characters that a text may be asked to have. Default 100,000.</summary>
    public int MaxTokens { get; set; } = 100_000;

    /// <summary>
    /// Number of threads that generate texts, each for a share of the clients; 0, the default, for one a processor.
    /// </summary>
    public int Threads { get; set; }

    /// <summary>
    /// Format of the models' weights in memory; <see cref="WeightFormat.F32"/>, as they were trained, by default.
    /// </summary>
    public WeightFormat Weights { get; set; }

    /// <summary>
    /// Whether characters that a model does not know are left out of prompts; false, the default, refuses them.
    /// </summary>
    public bool SkipUnknown { get; set; }

    /// <summary>Time that started requests have to end when the server is asked to stop. Default 30 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks every option but the models, which are checked by loading them.</summary>
    /// <exception cref="SettingsException">One cannot be used; the message names the first.</exception>
    internal void Validate()
    {
        // Whoever gives an empty key means to have one.
        if (ApiKey is not null && string.IsNullOrWhiteSpace(ApiKey))
            throw new SettingsException("'ApiKey' is empty; give a key, or leave it out to ask for none.");
        RequireAtLeast(1, MaxConcurrency, nameof(MaxConcurrency));
        RequireAtLeast(1, MaxBodyBytes, nameof(MaxBodyBytes));
        RequireAtLeast(1, MaxPromptLength, nameof(MaxPromptLength));
        RequireAtLeast(1, MaxTokens, nameof(MaxTokens));
        RequireAtLeast(0, Threads, nameof(Threads));
        if (!Enum.IsDefined(Weights))
            throw new SettingsException(
                $"'Weights' is {(int)Weights}; it must be one of {string.Join(", ", Enum.GetNames<WeightFormat>())}."
            );
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > MaxDrainTimeout)
            throw new SettingsException(
                $"'DrainTimeout' is {DrainTimeout.TotalSeconds} s; it must be 0 to {MaxDrainTimeout.TotalSeconds} s."
            );
        foreach (string origin in AllowedOrigins)
            RequireOrigin(origin);
    }

    private static void RequireAtLeast(long least, long value, string name)
    {
        if (value < least)
            throw new SettingsException($"'{name}' is {value}; it must be at least {least}.");
    }

    /// <summary>Refuses what no browser sends as an origin, so that it would allow nothing.</summary>
    private static void RequireOrigin(string origin)
    {
        bool isOne =
            Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase);
        if (!isOne)
            throw new SettingsException(
                $"'AllowedOrigins' has {OneLine.Quote(origin)}; an origin is needed, without a path: "
                    + "https://chat.example."
            );
    }
}
