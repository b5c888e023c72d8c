using System.CommandLine;
using System.Globalization;
using System.Net;
using CharRnn.Cli.Flags;

namespace CharRnn.Cli.Commands;

/// <summary>
/// <c>charrnn studio</c>: pages on which runs are started and watched, and models looked into and played with. Shown by
/// the same program as serves models (<see cref="ServerHost"/>), to browsers of this machine alone.
/// </summary>
internal sealed class StudioCommand : VerbCommand
{
    private const int DefaultPort = 8090,
        MaxPort = 65535;

    // Pages have nothing to gain from profiles of what runs; taking them is half of the studio's work in its first minute.
    private const string ProfilingVariable = "DOTNET_TieredPGO";
    private const string Verb = "studio",
        Dotnet = "dotnet";

    private readonly Argument<string?> _folder = new("FOLDER")
    {
        Description = $"The folder of runs (default: {RunsFolder}).",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Setting<int> _port = new(
        "--port",
        $"Port; 0 for a free one (default: {DefaultPort.ToString(CultureInfo.InvariantCulture)}, or a free one where that is taken).",
        DefaultPort,
        text => SettingParser.Integer(text, 0, MaxPort),
        "N"
    );
    private readonly Option<bool> _noBrowser = new("--no-browser")
    {
        Description = "Open no browser; print the address alone.",
    };
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "A folder with texts that may be trained on; may be repeated (default: the current folder).",
        HelpName = "FOLDER",
    };

    public StudioCommand(Shell shell)
        : base(shell, Verb, "Watch networks learn, look inside, and play with them, in a browser.")
    {
        Add(_folder);
        Add(FlagGroup.General, _port.Option, _noBrowser, _data);
        Examples =
        [
            new("charrnn studio", "Open the studio on the runs in the folder 'runs'."),
            new("charrnn studio experiments --data books --port 9000", "Use other folders and another port."),
        ];
    }

    protected override int Run(ParseResult parsed)
    {
        var sources = new SettingSources(parsed, Shell.Environment);
        string folder = Path.GetFullPath(parsed.GetValue(_folder) ?? RunsFolder);
        if (File.Exists(folder))
            throw new SettingsException($"{folder} is a file; name a folder of runs.");
        int port = FreePort(_port.Resolve(sources).Value, isAsked: sources.IsGiven(_port.Option));
        string[] data =
        [
            .. (parsed.GetValue(_data) is { Length: > 0 } named ? named : ["."]).Select(path =>
                Directory.Exists(path)
                    ? Path.GetFullPath(path)
                    : throw new SettingsException($"there is no folder {path}; --data names folders with texts.")
            ),
        ];
        var start = ServerHost
            .Find(Shell.HostFolder, Shell.RuntimeFolder, Verb)
            .Start(
                [Verb],
                [
                    $"--urls={ListenAddress.Url(IPAddress.Loopback.ToString(), port)}",
                    "--Logging:LogLevel:Default=Warning",
                    $"--Studio:Folder={folder}",
                    $"--Studio:OpensBrowser={!parsed.GetValue(_noBrowser)}",
                    .. Items("DataFolders", data),
                    .. Items("Command", OwnProgram()),
                ],
                [new(ProfilingVariable, "0")]
            );
        // From here on signals are the studio's.
        Shell.Interruption.StopWatching();
        Shell.Interruption.Token.ThrowIfCancellationRequested();
        Shell.Output.Flush();
        Shell.Terminal.Writer.Flush();
        return Shell.RunInstead(start);
    }

    private static IEnumerable<string> Items(string property, IEnumerable<string> values) =>
        values.Select(
            (value, place) => string.Create(CultureInfo.InvariantCulture, $"--Studio:{property}:{place}={value}")
        );

    /// <summary>The port itself, or where nobody asked for it and another program has it, 0.</summary>
    private static int FreePort(int port, bool isAsked)
    {
        if (isAsked || port == 0)
            return port;
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return port;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return 0;
        }
    }

    /// <summary>This very command: its launcher, or .NET and the command's assembly.</summary>
    private static string[] OwnProgram()
    {
        string program = Environment.ProcessPath ?? Dotnet;
        return Path.GetFileNameWithoutExtension(program).Equals(Dotnet, StringComparison.OrdinalIgnoreCase)
            ? [program, Path.Combine(AppContext.BaseDirectory, "CharRnn.Cli.dll")]
            : [program];
    }
}
