using System.Security.Cryptography;
using CharRnn.Checkpoints;

namespace CharRnn.Datasets;

/// <summary>
/// Keeps ids in a file that nobody else can find, gone as soon as it is closed, however the process ends.
/// </summary>
internal sealed class UnnamedIdSink : IdFileSink
{
    private bool _isMapped;

    /// <param name="folder">A folder on the file system that is to hold it.</param>
    /// <param name="bytes">How long it will be, about.</param>
    /// <param name="vocabularyCount">V.</param>
    /// <exception cref="IdFileException">The file cannot be made, or there is no room for it.</exception>
    internal static UnnamedIdSink Open(string folder, long bytes, int vocabularyCount)
    {
        string path = Path.Combine(folder, $"charrnn-{Guid.NewGuid():N}{AtomicFile.TemporarySuffix}");
        try
        {
            var file = Create(path, bytes, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
            // An open file needs no name, except on Windows.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return new UnnamedIdSink(file, vocabularyCount);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw new IdFileException(refusal);
        }
    }

    private UnnamedIdSink(FileStream file, int vocabularyCount)
        : base(file, vocabularyCount, new byte[SHA256.HashSizeInBytes]) { }

    protected override FileStream Settle(FileStream whole)
    {
        _isMapped = true;
        return whole;
    }

    protected override void Abandon(FileStream file)
    {
        if (!_isMapped)
            file.Dispose();
    }
}
