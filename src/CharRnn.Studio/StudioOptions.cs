using CharRnn.Checkpoints;

namespace CharRnn.Studio;

/// <summary>What the studio is started with.</summary>
public sealed class StudioOptions
{
    /// <summary>
    /// .NET's own variable for profiling what runs (<c>0</c> for not). Without it the pages take half of the processor's
    /// time in their first minute; a training, which runs long, is better off with it.
    /// </summary>
    public const string ProfilingVariable = "DOTNET_TieredPGO";

    /// <summary>Name of the folder of uploads, beside the runs.</summary>
    internal const string Uploads = "uploads";

    /// <summary>Absolute path of the folder of runs, which need not exist yet.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Absolute paths of folders whose texts may be trained on, beside what is uploaded.</summary>
    public IList<string> DataFolders { get; } = [];

    /// <summary>The command <c>charrnn</c> as program and first arguments, which trains runs.</summary>
    public IList<string> Command { get; } = [];

    /// <summary>Whether a browser is opened.</summary>
    public bool OpensBrowser { get; set; } = true;

    /// <summary>Max size of a text that is uploaded, in bytes.</summary>
    public long MaxUploadBytes { get; set; } = 256L << 20;

    /// <summary>Path of the model that comes with the studio; empty for none.</summary>
    public string ExamplePath { get; set; } = "";

    /// <summary>Folder of uploaded texts.</summary>
    public string UploadsFolder => Path.Combine(Folder, Uploads);

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="SettingsException">The message names the option.</exception>
    public void Validate()
    {
        if (!Path.IsPathFullyQualified(Folder))
            throw new SettingsException($"'Folder' is {OneLine.Quote(Folder)}; it must be an absolute path.");
        if (Command.Count == 0)
            throw new SettingsException("'Command' is empty; it must be the program that trains.");
    }
}
