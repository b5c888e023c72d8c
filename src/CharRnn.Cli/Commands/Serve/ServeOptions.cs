using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CharRnn.Checkpoints;

namespace CharRnn.Cli.Commands;

/// <summary>
/// What the server is started with, and how it is told: as ASP.NET Core's configuration, in which the section
/// <c>CharRnn</c> has the properties of the server's options.
/// </summary>
internal sealed record ServeOptions
{
    /// <summary>Environment variable by which the server gets the key: other users may read command lines.</summary>
    public const string KeyVariable = "CharRnn__ApiKey";

    private const char FirstVisible = '!',
        LastVisible = '~';
    private const string AnyHost = "*";

    public required IReadOnlyList<ServedModel> Models { get; init; }

    /// <summary>An IP address or <c>localhost</c>.</summary>
    public required string Host { get; init; }

    /// <summary>The port; 0 for a free one.</summary>
    public required int Port { get; init; }

    public required string? ApiKey { get; init; }

    public required IReadOnlyList<string> AllowedHosts { get; init; }

    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public required int MaxConcurrency { get; init; }

    public required long MaxBodyBytes { get; init; }

    public required int MaxPromptLength { get; init; }

    public required int MaxTokens { get; init; }

    /// <summary>Threads that write texts; null for the server's default.</summary>
    public required int? Threads { get; init; }

    public required WeightFormat Weights { get; init; }

    public required bool SkipUnknown { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Level by its name in ASP.NET Core's configuration.</summary>
    public required string LogLevel { get; init; }

    /// <summary>Arguments of the server, without the key.</summary>
    public IEnumerable<string> Arguments =>
        [
            $"--urls={ListenAddress.Url(Host, Port)}",
            $"--Logging:LogLevel:Default={LogLevel}",
            .. Items("Models", Models.Select(model => $"{model.Name}={model.Path}")),
            .. Items("AllowedHosts", AllowedHosts),
            .. Items("AllowedOrigins", AllowedOrigins),
            Item("MaxConcurrency", MaxConcurrency),
            Item("MaxBodyBytes", MaxBodyBytes),
            Item("MaxPromptLength", MaxPromptLength),
            Item("MaxTokens", MaxTokens),
            .. Threads is { } threads ? [Item("Threads", threads)] : Array.Empty<string>(),
            Item("Weights", Weights),
            Item("SkipUnknown", SkipUnknown),
            Item("DrainTimeout", DrainTimeout),
        ];

    /// <summary>Refuses what the server could not work with, or should not.</summary>
    /// <exception cref="SettingsException">The message names the flag.</exception>
    public void Validate()
    {
        // The key itself is not repeated: messages end in logs.
        if (ApiKey?.All(character => character is >= FirstVisible and <= LastVisible) == false)
            throw new SettingsException(
                "--api-key has characters that clients cannot send; it needs letters, digits and signs of ASCII, "
                    + "without spaces."
            );
        if (ApiKey is null && !ListenAddress.IsLoopback(Host))
            throw new SettingsException(
                $"--host is {Host}, which other machines can reach; that needs a key that clients must send: set the "
                    + "environment variable CHARRNN_API_KEY, or leave --host out."
            );
        if (AllowedHosts.FirstOrDefault(host => !IsHost(host)) is { } badHost)
            throw new SettingsException(
                $"--allow-host is {OneLine.Quote(badHost)}; it needs the name or address of a host, without scheme "
                    + $"and port, or {AnyHost} for any."
            );
        if (AllowedOrigins.FirstOrDefault(origin => !IsOrigin(origin)) is { } badOrigin)
            throw new SettingsException(
                $"--allow-origin is {OneLine.Quote(badOrigin)}; it needs scheme and host of a page, such as "
                    + "https://chat.example or http://localhost:3000."
            );
    }

    private static bool IsHost(string text) =>
        text == AnyHost || Uri.CheckHostName(text) is not UriHostNameType.Unknown and not UriHostNameType.Basic;

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin)
        && (origin.Scheme == Uri.UriSchemeHttp || origin.Scheme == Uri.UriSchemeHttps)
        && text == origin.GetLeftPart(UriPartial.Authority)
        && origin.UserInfo.Length == 0;

    private static IEnumerable<string> Items(string property, IEnumerable<string> values) =>
        values.Select((value, place) => Item(FormattableString.Invariant($"{property}:{place}"), value));

    private static string Item<T>(string property, T value) =>
        string.Create(CultureInfo.InvariantCulture, $"--CharRnn:{property}={value}");
}

/// <summary>The address that a server listens on, in text: an IP address or <c>localhost</c>.</summary>
internal static class ListenAddress
{
    private const string ThisMachine = "localhost";

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none; the message says what is needed.</exception>
    public static string Parse(string text)
    {
        if (text == ThisMachine)
            return text;
        // A bare number is an address too, for the parser: 8080 would be 0.0.31.144.
        bool isAddress = text.AsSpan().IndexOfAny('.', ':') >= 0 && IPAddress.TryParse(text, out _);
        return isAddress
            ? IPAddress.Parse(text).ToString()
            : throw new FormatException(
                $"an IP address, such as {IPAddress.Loopback}, 0.0.0.0 or ::1, or {ThisMachine}"
            );
    }

    /// <summary>Whether only this machine can reach the address.</summary>
    public static bool IsLoopback(string host) => host == ThisMachine || IPAddress.IsLoopback(IPAddress.Parse(host));

    /// <summary>The URL that the server listens on.</summary>
    public static string Url(string host, int port)
    {
        // It is two addresses, which would be given different free ports.
        var address = host == ThisMachine ? (port == 0 ? IPAddress.Loopback : null) : IPAddress.Parse(host);
        string inUrl = address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{address}]" : $"{address}";
        return string.Create(CultureInfo.InvariantCulture, $"http://{(address is null ? ThisMachine : inUrl)}:{port}");
    }
}
