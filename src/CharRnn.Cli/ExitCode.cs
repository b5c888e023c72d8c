namespace CharRnn.Cli;

/// <summary>Exit codes of the process; <c>docs/cli.md</c> lists them for the user.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int BadInput = 3;
    public const int Diverged = 4;

    /// <summary>128 + SIGINT, by the shells' convention.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;

    public static int Of(Exception exception) =>
        exception switch
        {
            SettingsException => Usage,
            CorpusException or ModelException => BadInput,
            _ => Failure,
        };
}
