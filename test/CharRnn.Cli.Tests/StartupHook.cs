/// <summary>
/// Run by the runtime before the command's own Main where DOTNET_STARTUP_HOOKS names this assembly: at the process's
/// end, the names of all assemblies it has loaded go to the file that a variable names.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for it outside any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    public const string FileVariable = "LOADED_ASSEMBLIES_FILE";

    public static void Initialize() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            File.WriteAllLines(
                Environment.GetEnvironmentVariable(FileVariable)!,
                AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name!)
            );
}
