using CharRnn.Checkpoints;

namespace CharRnn.Cli.Commands;

/// <summary>
/// The program that serves models and shows the studio: an ASP.NET Core application in the folder <c>host</c> beside the
/// command. It runs on the same .NET as the command, where the ASP.NET Core runtime must lie too, or has a runtime of
/// its own.
/// </summary>
internal sealed class ServerHost
{
    private const string Name = "CharRnn.Host",
        AspNetCore = "Microsoft.AspNetCore.App",
        NetCore = "Microsoft.NETCore.App",
        Shared = "shared";

    private static readonly string[] OwnRuntimes = ["libhostfxr.so", "libhostfxr.dylib", "hostfxr.dll"];

    private readonly string _folder;
    private readonly string _program;
    private readonly string[] _firstArguments;

    private ServerHost(string folder, string program, string[] firstArguments) =>
        (_folder, _program, _firstArguments) = (folder, program, firstArguments);

    /// <summary>Finds the program and what it needs to run.</summary>
    /// <param name="folder">The host's folder.</param>
    /// <param name="runtimeFolder">Folder of the runtime that runs the command.</param>
    /// <param name="verb">The verb that starts it.</param>
    /// <exception cref="CharRnnException">It, or the ASP.NET Core runtime, is not there.</exception>
    public static ServerHost Find(string folder, string runtimeFolder, string verb = "serve")
    {
        string assembly = Path.Combine(folder, $"{Name}.dll");
        if (!File.Exists(assembly))
            throw new CharRnnException(
                $"the server is missing: there is no {assembly}, which comes with charrnn; install charrnn again."
            );
        if (Array.Exists(OwnRuntimes, file => File.Exists(Path.Combine(folder, file))))
            return new(folder, Path.Combine(folder, Executable(Name)), []);
        // dotnet/shared/Microsoft.NETCore.App/10.0.1
        string root = Path.GetFullPath(Path.Combine(runtimeFolder, "..", "..", ".."));
        RequireAspNetCore(root, verb);
        string dotnet = Path.Combine(root, Executable("dotnet"));
        return File.Exists(dotnet)
            ? new(folder, dotnet, [assembly])
            : throw new CharRnnException(
                $"'charrnn {verb}' starts its server with {dotnet}, which is not there; install the .NET runtime anew."
            );
    }

    /// <summary>How the server is started with these options.</summary>
    public ProgramStart Start(ServeOptions options) =>
        Start([], options.Arguments, options.ApiKey is { } key ? [new(ServeOptions.KeyVariable, key)] : []);

    /// <summary>How the program is started.</summary>
    /// <param name="mode">What comes before its configuration.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="variables">Environment variables beside the command's own.</param>
    public ProgramStart Start(
        IEnumerable<string> mode,
        IEnumerable<string> configuration,
        IReadOnlyList<KeyValuePair<string, string>> variables
    ) =>
        new(
            _program,
            [
                .. _firstArguments,
                .. mode,
                // Settings of whatever lies in the working folder are not the server's.
                $"--contentRoot={_folder}",
                "--environment=Production",
                .. configuration,
            ],
            variables
        );

    private static string Executable(string name) => OperatingSystem.IsWindows() ? $"{name}.exe" : name;

    private static void RequireAspNetCore(string root, string verb)
    {
        int major = Environment.Version.Major;
        string[] versions = VersionsOf(AspNetCore, root);
        if (Array.Exists(versions, version => version.StartsWith($"{major}.", StringComparison.Ordinal)))
            return;
        string found = string.Join(
            ", ",
            VersionsOf(NetCore, root)
                .Select(version => $"{NetCore} {version}")
                .Concat(versions.Select(version => $"{AspNetCore} {version}"))
        );
        throw new CharRnnException(
            $"'charrnn {verb}' needs the ASP.NET Core runtime {major}.0, and {root} has only "
                + $"{(found.Length > 0 ? found : "other files")}; install it there: the package "
                + $"aspnetcore-runtime-{major}.0, or https://dotnet.microsoft.com/download/dotnet/{major}.0"
        );
    }

    private static string[] VersionsOf(string framework, string root)
    {
        string folder = Path.Combine(root, Shared, framework);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Order()]
            : [];
    }
}
